//! Deletes database rows about data sets that are no longer needed.

use std::collections::HashSet;

use rolecall_sign_in::db::{BeginWriting as _, Db, on_both, reading_on_both};

use super::super::error::DatasetError;

/// How many data sets one sweep checks; the next one continues.
const AT_ONCE: i64 = 1000;

/// Deletes the data sets that were deleted before `before_ms`, with all their versions. `false`: there may be more.
pub async fn forget_deleted(db: &Db, before_ms: i64) -> Result<bool, DatasetError> {
    const LONG_DELETED: &str = "SELECT id FROM datasets WHERE deleted_at < $1 LIMIT $2";
    const LOCK: &str = "UPDATE datasets SET revision = revision WHERE id = $1 AND deleted_at < $2";
    const DELETE: [&str; 3] = [
        "DELETE FROM dataset_queries WHERE dataset = $1",
        "DELETE FROM dataset_versions WHERE dataset = $1",
        "DELETE FROM datasets WHERE id = $1",
    ];
    let ids: Vec<String> = reading_on_both!(db, |pool| {
        sqlx::query_scalar(LONG_DELETED).bind(before_ms).bind(AT_ONCE).fetch_all(pool).await
    })?;
    let is_all = ids.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
    for id in ids {
        on_both!(db, |pool| {
            let mut transaction = pool.begin_writing().await?;
            let locked = sqlx::query(LOCK).bind(&id).bind(before_ms).execute(&mut *transaction).await?;
            // Otherwise the data set was restored.
            if locked.rows_affected() > 0 {
                for delete in DELETE {
                    sqlx::query(delete).bind(&id).execute(&mut *transaction).await?;
                }
                transaction.commit().await?;
            }
        });
    }
    Ok(is_all)
}

/// Deletes the versions of every data set beyond the latest `keep`, if they were replaced before `before_ms`.
///
/// The row of the data set is locked during this, as it is when a version is restored: so no version is copied whose
/// files are about to be deleted.
pub async fn forget_versions(db: &Db, keep: u32, before_ms: i64) -> Result<(), DatasetError> {
    const CROWDED: &str = "SELECT v.dataset, MAX(v.version) FROM dataset_versions v \
                           JOIN datasets d ON d.id = v.dataset WHERE v.version <= d.version - $1 \
                           AND NOT EXISTS (SELECT 1 FROM dataset_versions n WHERE n.dataset = v.dataset \
                           AND n.version = v.version + 1 AND n.created_at > $2) GROUP BY v.dataset LIMIT $3";
    const LOCK: &str = "UPDATE datasets SET revision = revision WHERE id = $1";
    const DELETE: &str = "DELETE FROM dataset_versions WHERE dataset = $1 AND version <= $2";
    let keep = i64::from(keep.max(1));
    let crowded: Vec<(String, i64)> = reading_on_both!(db, |pool| {
        sqlx::query_as(CROWDED).bind(keep).bind(before_ms).bind(AT_ONCE).fetch_all(pool).await
    })?;
    for (id, up_to) in crowded {
        on_both!(db, |pool| {
            let mut transaction = pool.begin_writing().await?;
            sqlx::query(LOCK).bind(&id).execute(&mut *transaction).await?;
            sqlx::query(DELETE).bind(&id).bind(up_to).execute(&mut *transaction).await?;
            transaction.commit().await?;
        });
    }
    Ok(())
}

/// The names of the files of all versions.
pub async fn named_files(db: &Db) -> Result<HashSet<String>, DatasetError> {
    const FILES: &str = "SELECT dataset, files FROM dataset_versions";
    let rows: Vec<(String, String)> = reading_on_both!(db, |pool| sqlx::query_as(FILES).fetch_all(pool).await)?;
    let mut named = HashSet::new();
    for (name, files) in rows {
        let files: Vec<String> =
            serde_json::from_str(&files).map_err(|error| DatasetError::Entry { name, source: error.into() })?;
        named.extend(files);
    }
    Ok(named)
}
