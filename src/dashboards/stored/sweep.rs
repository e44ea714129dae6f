//! Takes away for ever what was deleted 30 days ago, with its history and its notes.

use rolecall_sign_in::db::{Db, on_both, reading_on_both};

use crate::dashboards::{Dashboards, DashboardsError};

/// How long a deleted dashboard is kept, in milliseconds: as long as a deleted data set.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How many one sweep takes away; the next one goes on.
const AT_ONCE: i64 = 1000;

impl Dashboards {
    /// Takes away what was deleted 30 days ago.
    ///
    /// # Errors
    /// When the database does not answer. What is left goes the next time.
    pub async fn sweep(&self) -> Result<(), DashboardsError> {
        let before_ms = self.clock.now_ms().saturating_sub(KEPT_MS);
        Ok(forget_deleted(self.db(), before_ms, |slug| self.shelf.file(slug).is_some()).await?)
    }
}

/// Forgets the dashboards that were deleted before `before_ms`, with all their versions, and the notes of those whose name is not
/// that of a file by now.
async fn forget_deleted(db: &Db, before_ms: i64, is_file: impl Fn(&str) -> bool) -> Result<(), sqlx::Error> {
    const LONG_DELETED: &str = "SELECT slug FROM dashboards WHERE deleted_at < $1 LIMIT $2";
    const LOCK: &str = "UPDATE dashboards SET version = version WHERE slug = $1 AND deleted_at < $2";
    const DELETE: [&str; 2] =
        ["DELETE FROM dashboard_versions WHERE dashboard = $1", "DELETE FROM dashboards WHERE slug = $1"];
    const DELETE_NOTES: &str = "DELETE FROM notes WHERE dashboard = $1";
    let slugs: Vec<String> = reading_on_both!(db, |pool| {
        sqlx::query_scalar(LONG_DELETED).bind(before_ms).bind(AT_ONCE).fetch_all(pool).await
    })?;
    for slug in slugs {
        let notes = (!is_file(&slug)).then_some(DELETE_NOTES);
        on_both!(db, |pool| {
            let mut transaction = pool.begin().await?;
            let locked = sqlx::query(LOCK).bind(&slug).bind(before_ms).execute(&mut *transaction).await?;
            // Otherwise somebody took the deletion back.
            if locked.rows_affected() > 0 {
                for delete in notes.into_iter().chain(DELETE) {
                    sqlx::query(delete).bind(&slug).execute(&mut *transaction).await?;
                }
                transaction.commit().await?;
            }
        });
    }
    Ok(())
}
