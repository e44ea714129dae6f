//! Permanently removes dashboards that were deleted 30 days ago, or whose owner deleted too many others since, with
//! their history, notes and bookmarks.

use rolecall_sign_in::db::{BeginWriting as _, Db, on_both, reading_on_both};

use crate::bookmarks::FORGET_DASHBOARD;
use crate::dashboards::{Dashboards, DashboardsError};

/// How long a deleted dashboard is kept, in milliseconds: as long as a deleted data set.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How many are removed in one batch.
const AT_ONCE: i64 = 1000;

impl Dashboards {
    /// Removes dashboards that were deleted 30 days ago, and the oldest versions of the others beyond the limit.
    ///
    /// # Errors
    /// When the database does not answer. The next run does the rest.
    pub async fn sweep(&self) -> Result<(), DashboardsError> {
        let before_ms = self.clock.now_ms().saturating_sub(KEPT_MS);
        while !forget_deleted(self.db(), before_ms, |slug| self.cache.file(slug).is_some()).await? {}
        Ok(forget_versions(self.db(), self.limits().versions).await?)
    }
}

/// Deletes the versions of every dashboard beyond the latest `keep`.
async fn forget_versions(db: &Db, keep: u32) -> Result<(), sqlx::Error> {
    const CROWDED: &str = "SELECT d.slug, d.version FROM dashboards d WHERE EXISTS (SELECT 1 FROM dashboard_versions v \
                           WHERE v.dashboard = d.slug AND v.version <= d.version - $1) LIMIT $2";
    const DELETE: &str = "DELETE FROM dashboard_versions WHERE dashboard = $1 AND version <= $2";
    let keep = i64::from(keep.max(1));
    let crowded: Vec<(String, i64)> =
        reading_on_both!(db, |pool| sqlx::query_as(CROWDED).bind(keep).bind(AT_ONCE).fetch_all(pool).await)?;
    for (slug, current) in crowded {
        on_both!(db, |pool| sqlx::query(DELETE).bind(&slug).bind(current - keep).execute(pool).await.map(drop))?;
    }
    Ok(())
}

/// Deletes the dashboards that were deleted before `before_ms`, with all their versions, and their notes and bookmarks,
/// unless a file has the name now and so uses them. `false`: there may be more.
async fn forget_deleted(db: &Db, before_ms: i64, is_file: impl Fn(&str) -> bool) -> Result<bool, sqlx::Error> {
    const LONG_DELETED: &str = "SELECT slug FROM dashboards WHERE deleted_at < $1 LIMIT $2";
    const LOCK: &str = "UPDATE dashboards SET version = version WHERE slug = $1 AND deleted_at < $2";
    const DELETE: [&str; 2] =
        ["DELETE FROM dashboard_versions WHERE dashboard = $1", "DELETE FROM dashboards WHERE slug = $1"];
    const BY_NAME: [&str; 2] = ["DELETE FROM notes WHERE dashboard = $1", FORGET_DASHBOARD];
    let slugs: Vec<String> = reading_on_both!(db, |pool| {
        sqlx::query_scalar(LONG_DELETED).bind(before_ms).bind(AT_ONCE).fetch_all(pool).await
    })?;
    let is_all = slugs.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
    for slug in slugs {
        let by_name = if is_file(&slug) { &[][..] } else { &BY_NAME[..] };
        on_both!(db, |pool| {
            let mut transaction = pool.begin_writing().await?;
            let locked = sqlx::query(LOCK).bind(&slug).bind(before_ms).execute(&mut *transaction).await?;
            // Otherwise the dashboard was restored.
            if locked.rows_affected() > 0 {
                for delete in by_name.iter().chain(&DELETE) {
                    sqlx::query(delete).bind(&slug).execute(&mut *transaction).await?;
                }
                transaction.commit().await?;
            }
        });
    }
    Ok(is_all)
}
