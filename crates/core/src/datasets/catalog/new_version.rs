//! Stores the next version of a data set, if the version that it was made from is still current.

use rolecall_model::data::DataColumn;
use rolecall_sign_in::db::{BeginWriting as _, Db, on_both};

use super::super::dataset::DataSet;
use super::super::error::DatasetError;
use super::super::push::{Claim, Pushed};
use super::super::source::VersionSource;

/// The content of a new version.
#[derive(Debug)]
pub struct NewVersion<'a> {
    pub version: u64,
    pub columns: &'a [DataColumn],
    pub files: &'a [String],
    pub rows: u64,
    pub bytes: u64,
    /// The file that it is made from, if any.
    pub source: Option<&'a VersionSource>,
    pub created_by: Option<i64>,
    pub created_at_ms: i64,
}

/// Stores a version, on the database of the transaction.
macro_rules! insert_version {
    ($transaction:expr, $id:expr, $new:expr) => {{
        const INSERT: &str = "INSERT INTO dataset_versions \
                              (dataset, version, columns, files, row_count, bytes, created_by, created_at, source) \
                              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let as_json = |error: serde_json::Error| DatasetError::Entry { name: $id.to_owned(), source: error.into() };
        sqlx::query(INSERT)
            .bind($id)
            .bind($new.version.cast_signed())
            .bind(serde_json::to_string($new.columns).map_err(as_json)?)
            .bind(serde_json::to_string($new.files).map_err(as_json)?)
            .bind($new.rows.cast_signed())
            .bind($new.bytes.cast_signed())
            .bind($new.created_by)
            .bind($new.created_at_ms)
            .bind($new.source.map(serde_json::to_string).transpose().map_err(as_json)?)
            .execute($transaction)
            .await?;
    }};
}
pub(super) use insert_version;

/// Stores `new` as the version of `dataset` after the one that was read. `false`: another version was first, it is
/// deleted, or the properties that decide who may change it have changed; then nothing was changed.
pub async fn add_version(db: &Db, dataset: &DataSet, new: &NewVersion<'_>) -> Result<bool, DatasetError> {
    add_version_with(db, dataset, new, None).await
}

/// The same, and stores `answer` for the claimed request in the same transaction, so that both or neither are stored.
///
/// # Errors
/// [`DatasetError::KeyInUse`] if the claim has expired, and another request has the key now.
pub async fn add_version_with(
    db: &Db,
    dataset: &DataSet,
    new: &NewVersion<'_>,
    answer: Option<(&Claim, &Pushed)>,
) -> Result<bool, DatasetError> {
    const KEEP: &str = "UPDATE push_keys SET answer = $4 \
                        WHERE pusher = $1 AND idempotency_key = $2 AND claim = $3 AND answer IS NULL";
    const NEXT: &str = "UPDATE datasets SET version = $2 WHERE id = $1 AND version = $2 - 1 AND deleted_at IS NULL \
                        AND kind = $3 AND role = $4 AND owner IS NOT DISTINCT FROM $5";
    let id = dataset.data.dataset.as_str();
    on_both!(db, |pool| {
        let mut transaction = pool.begin_writing().await?;
        let next = sqlx::query(NEXT).bind(id).bind(new.version.cast_signed());
        let next = next.bind(dataset.kind.to_string()).bind(dataset.role.key()).bind(dataset.owner);
        if next.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        insert_version!(&mut *transaction, id, new);
        if let Some((claim, pushed)) = answer {
            let as_json = |error: serde_json::Error| DatasetError::Entry { name: id.to_owned(), source: error.into() };
            let keep = sqlx::query(KEEP).bind(claim.pusher).bind(&claim.key).bind(&claim.id);
            let answer = serde_json::to_string(pushed).map_err(as_json)?;
            if keep.bind(answer).execute(&mut *transaction).await?.rows_affected() == 0 {
                return Err(DatasetError::KeyInUse);
            }
        }
        transaction.commit().await?;
        Ok(true)
    })
}
