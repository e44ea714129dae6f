//! How many sign-ins there are.

use sqlx::Row as _;

use super::{RecordError, SignIns};
use crate::db::on_both;
use crate::identity::Role;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How many sign-ins there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInCounts {
    /// Those that are live.
    pub live: i64,
    /// Different people among them.
    pub people: i64,
    /// Those begun in the last 24 hours, ended ones too.
    pub last_day: i64,
    /// The live ones by role, `None` first.
    pub by_role: Vec<(Option<Role>, i64)>,
}

impl SignIns {
    /// How many sign-ins there are at `now_ms`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn counts(&self, now_ms: i64) -> Result<SignInCounts, RecordError> {
        const COUNTS: &str = "SELECT COUNT(*) AS live, COUNT(DISTINCT user_id) AS people, \
                              COUNT(CASE WHEN role IS NULL THEN 1 END) AS without_role, \
                              COUNT(CASE WHEN role = 'read' THEN 1 END) AS read, \
                              COUNT(CASE WHEN role = 'write' THEN 1 END) AS write, \
                              COUNT(CASE WHEN role = 'admin' THEN 1 END) AS admin, \
                              (SELECT COUNT(*) FROM sign_ins WHERE created_at > $3) AS last_day \
                              FROM sign_ins WHERE revoked_at IS NULL AND created_at > $1 AND last_seen_at > $2";
        on_both!(&self.db, |pool| {
            let row = sqlx::query(COUNTS)
                .bind(now_ms.saturating_sub(self.limits.absolute_ms()))
                .bind(now_ms.saturating_sub(self.limits.idle_ms()))
                .bind(now_ms - DAY_MS)
                .fetch_one(pool)
                .await?;
            Ok(SignInCounts {
                live: row.try_get("live")?,
                people: row.try_get("people")?,
                last_day: row.try_get("last_day")?,
                by_role: vec![
                    (None, row.try_get("without_role")?),
                    (Some(Role::Read), row.try_get("read")?),
                    (Some(Role::Write), row.try_get("write")?),
                    (Some(Role::Admin), row.try_get("admin")?),
                ],
            })
        })
    }
}
