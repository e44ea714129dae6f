//! How signing in goes, for administrators.

use sqlx::Row as _;

use super::{RecordError, SignIns};
use crate::db::reading_on_both;

const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// How signing in goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignInHealth {
    /// How many sign-ins began in the last seven days.
    pub last_week: i64,
    /// How many of them the provider gave no role.
    pub without_role: i64,
    /// How many live sign-ins were used after their tokens had ended, and still have no new ones.
    pub not_refreshed: i64,
}

impl SignIns {
    /// How signing in goes at `now_ms`. That takes the longer the more sign-ins there are.
    pub async fn health(&self, now_ms: i64) -> Result<SignInHealth, RecordError> {
        const HEALTH: &str = "SELECT COUNT(*) AS last_week, COUNT(CASE WHEN role IS NULL THEN 1 END) AS without_role, \
                              (SELECT COUNT(*) FROM sign_ins WHERE revoked_at IS NULL AND created_at > $2 \
                              AND last_seen_at > $3 AND refresh_at IS NOT NULL AND tokens_end_at < last_seen_at) \
                              AS not_refreshed FROM sign_ins WHERE created_at > $1";
        let (begun_after, seen_after) = self.live_after(now_ms);
        reading_on_both!(&self.db, |pool| {
            let query = sqlx::query(HEALTH).bind(now_ms.saturating_sub(WEEK_MS)).bind(begun_after).bind(seen_after);
            let row = query.fetch_one(pool).await?;
            Ok(SignInHealth {
                last_week: row.try_get("last_week")?,
                without_role: row.try_get("without_role")?,
                not_refreshed: row.try_get("not_refreshed")?,
            })
        })
    }
}
