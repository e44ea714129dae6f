//! The stored versions of a data set.

use rolecall_sign_in::db::{Db, Transaction, in_transaction, reading_on_both};
use serde::Deserialize;

use super::super::dataset::DataSet;
use super::super::error::DatasetError;
use super::super::source::{FileOfVersion, VersionSource};
use super::json;

/// A stored version of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub number: u64,
    /// How many rows it has.
    pub rows: u64,
    /// How large its files are, in bytes.
    pub bytes: u64,
    /// When it was made, Unix milliseconds (UTC).
    pub created_at_ms: i64,
    /// The user who made it; `None` for the command line and for data sets that come with Rolecall.
    pub created_by: Option<String>,
    /// The version that it restored.
    pub restored_from: Option<u64>,
    /// The file that it was made from, if known.
    pub file: Option<FileOfVersion>,
}

/// A row of [`versions`].
type DataSetVersionRow = (i64, i64, i64, i64, Option<String>, Option<i64>, Option<String>);

/// The part of a [`VersionSource`] that lists show.
#[derive(Deserialize)]
struct ListedSource {
    file: FileOfVersion,
}

/// The stored versions of the data set `id`, the latest first.
pub async fn versions(db: &Db, id: &str) -> Result<Vec<Version>, DatasetError> {
    const VERSIONS: &str = "SELECT v.version, v.row_count, v.bytes, v.created_at, u.name, v.restored_from, v.source \
                            FROM dataset_versions v LEFT JOIN users u ON u.id = v.created_by \
                            WHERE v.dataset = $1 ORDER BY v.version DESC";
    let rows: Vec<DataSetVersionRow> =
        reading_on_both!(db, |pool| sqlx::query_as(VERSIONS).bind(id).fetch_all(pool).await)?;
    let version =
        |(number, rows, bytes, created_at_ms, created_by, restored_from, source): DataSetVersionRow| Version {
            number: number.unsigned_abs(),
            rows: rows.unsigned_abs(),
            bytes: bytes.unsigned_abs(),
            created_at_ms,
            created_by,
            restored_from: restored_from.map(i64::unsigned_abs),
            file: source.and_then(|source| json::<ListedSource>(&source).ok()).map(|source| source.file),
        };
    Ok(rows.into_iter().map(version).collect())
}

/// The files that the stored versions of the data set `id` were made from, and when, in Unix milliseconds (UTC): the
/// latest first. Unreadable entries are skipped: without them the next file is read with fewer hints, which does not
/// block an import.
pub async fn sources(db: &Db, id: &str) -> Result<Vec<(VersionSource, i64)>, DatasetError> {
    const SOURCES: &str = "SELECT source, created_at FROM dataset_versions \
                           WHERE dataset = $1 AND source IS NOT NULL ORDER BY version DESC";
    let rows: Vec<(String, i64)> = reading_on_both!(db, |pool| sqlx::query_as(SOURCES).bind(id).fetch_all(pool).await)?;
    let read = |(source, at_ms): (String, i64)| match json(&source) {
        Ok(source) => Some((source, at_ms)),
        Err(error) => {
            tracing::warn!(?error, dataset = id, "the file that a version was made from cannot be read");
            None
        }
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Stores a new version of `dataset` with the rows of `from`, after the version `current`, as part of `transaction`.
/// `false`: that is no longer current, `dataset` has changed, or `from` is no longer kept, and nothing was changed.
///
/// The row of the data set is locked before the version is read: the sweep does the same, so it never deletes the files
/// of a version that is being restored.
pub async fn restore_version(
    transaction: &mut Transaction,
    dataset: &DataSet,
    from: u64,
    current: u64,
    by: i64,
    now_ms: i64,
) -> Result<bool, DatasetError> {
    const NEXT: &str = "UPDATE datasets SET version = version + 1 \
                        WHERE id = $1 AND version = $2 AND revision = $3 AND deleted_at IS NULL";
    const COPY: &str = "INSERT INTO dataset_versions \
                        (dataset, version, columns, files, row_count, bytes, source, created_by, created_at, \
                        restored_from) SELECT dataset, $3, columns, files, row_count, bytes, source, $4, $5, version \
                        FROM dataset_versions WHERE dataset = $1 AND version = $2";
    let (id, from, current) = (&dataset.data.dataset, from.cast_signed(), current.cast_signed());
    in_transaction!(transaction, |connection| {
        let next = sqlx::query(NEXT).bind(id).bind(current).bind(dataset.revision).execute(&mut *connection).await?;
        if next.rows_affected() == 0 {
            return Ok(false);
        }
        let copy = sqlx::query(COPY).bind(id).bind(from).bind(current + 1).bind(by).bind(now_ms);
        Ok(copy.execute(connection).await?.rows_affected() > 0)
    })
}
