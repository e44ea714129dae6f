//! Numbers about sign-ins, for administrators.

use rolecall_model::Role;
use sqlx::Row as _;

use super::{RecordError, SignIns};
use crate::db::reading_on_both;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const WEEK_MS: i64 = 7 * DAY_MS;

/// Counts from the index `sign_ins_figures` alone, without reading rows; in it the sign-ins of a person are adjacent.
/// The plus keeps SQLite from using an index of that column, which would need every row.
const COUNTS: &str = "SELECT COUNT(*) AS live, \
    COUNT(CASE WHEN role IS NULL THEN 1 END) AS without_role, \
    COUNT(CASE WHEN role = 'read' THEN 1 END) AS read, \
    COUNT(CASE WHEN role = 'write' THEN 1 END) AS write, \
    COUNT(CASE WHEN role = 'admin' THEN 1 END) AS admin, \
    (SELECT COUNT(*) FROM (SELECT DISTINCT user_id FROM sign_ins \
     WHERE revoked_at IS NULL AND +created_at > $1 AND +last_seen_at > $2) AS people) AS people, \
    (SELECT COUNT(*) FROM sign_ins WHERE created_at > $3) AS last_day \
    FROM sign_ins WHERE revoked_at IS NULL AND +created_at > $1 AND +last_seen_at > $2";

/// How many sign-ins there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInCounts {
    /// Those that are live.
    pub live: i64,
    /// Number of different people among them.
    pub people: i64,
    /// Those begun in the last 24 hours, including ended ones.
    pub last_day: i64,
    /// The live ones by role, `None` first.
    pub by_role: Vec<(Option<Role>, i64)>,
}

/// Numbers about the success of sign-ins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignInHealth {
    /// How many sign-ins began in the last seven days.
    pub last_week: i64,
    /// To how many of them the provider gave no role.
    pub without_role: i64,
    /// How many live sign-ins were used after their tokens had expired, and still have no new ones.
    pub not_refreshed: i64,
}

impl SignIns {
    /// How many sign-ins there are at `now_ms`. Takes longer the more there are.
    pub async fn counts(&self, now_ms: i64) -> Result<SignInCounts, RecordError> {
        reading_on_both!(&self.db, |pool| {
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

    /// Numbers about the success of sign-ins at `now_ms`. Takes longer the more sign-ins there are.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;

    // Case: limit/counts
    #[tokio::test]
    async fn counting_looks_at_an_index_and_at_no_row() {
        let folder = tempfile::tempdir().unwrap();
        let db =
            Db::open(&format!("sqlite:{}", folder.path().join("db").display()), &crate::db::Migrations::of_sign_in())
                .await
                .unwrap();
        let Db::Sqlite(pools) = &db else { panic!("not SQLite") };
        let plan = format!("EXPLAIN QUERY PLAN {COUNTS}");
        let steps = sqlx::query(&plan).bind(0).bind(0).bind(0).fetch_all(&pools.reading).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.try_get("detail").unwrap()).collect();
        db.close().await;
        let looks: Vec<_> = steps.iter().filter(|step| step.contains("sign_ins")).collect();
        assert_eq!(looks.len(), 3, "{steps:?}");
        assert!(looks.iter().all(|look| look.contains("COVERING INDEX")), "{steps:?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
    }
}
