//! Issues noticed at a provider during operation, stored for `rolecall doctor`, which cannot see them from outside.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr};

use super::session::RecordError;
use crate::db::{Db, on_both};

/// How long an issue that was noticed is not written again, in milliseconds.
const WRITTEN_EVERY_MS: i64 = 60 * 60 * 1000;

/// Something that is wrong at a provider, or with a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ProviderIssue {
    /// Its logout tokens have no expiry.
    LogoutTokenWithoutEnd,
    /// It returns no ID token with refreshed tokens.
    RefreshWithoutIdToken,
    /// Its clock and ours differed so much that its tokens were invalid.
    ClocksDiffer,
}

impl ProviderIssue {
    /// Its name in the database.
    fn key(self) -> &'static str {
        self.into()
    }
}

/// The issues of all providers.
#[derive(Clone)]
pub struct ProviderIssues {
    db: Db,
    /// When each was written last, Unix milliseconds (UTC).
    written: Arc<Mutex<HashMap<(String, ProviderIssue), i64>>>,
}

impl ProviderIssues {
    /// The issues in `db`.
    pub fn new(db: Db) -> Self {
        Self { db, written: Arc::default() }
    }

    /// Stores `issue` of `provider`, at most once an hour. If writing fails, the next occurrence is stored.
    pub(super) async fn note(&self, provider: &str, issue: ProviderIssue, now_ms: i64) {
        let key = (provider.to_owned(), issue);
        if !self.is_due(&key, now_ms) {
            return;
        }
        if let Err(error) = self.write(provider, issue, now_ms).await {
            tracing::warn!(?error, "an issue noticed at a provider could not be stored");
            self.written.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        }
    }

    /// Whether this instance has not written `key` within the hour. A caller that gets `true` must write it.
    fn is_due(&self, key: &(String, ProviderIssue), now_ms: i64) -> bool {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &i64| (*at..at.saturating_add(WRITTEN_EVERY_MS)).contains(&now_ms);
        let is_due = !written.get(key).is_some_and(is_recent);
        if is_due {
            written.insert(key.clone(), now_ms);
        }
        is_due
    }

    async fn write(&self, provider: &str, issue: ProviderIssue, now_ms: i64) -> Result<(), RecordError> {
        const WRITE: &str = "INSERT INTO provider_findings (provider, finding, noticed_at) VALUES ($1, $2, $3) \
                             ON CONFLICT (provider, finding) DO UPDATE SET noticed_at = excluded.noticed_at";
        on_both!(&self.db, |pool| {
            sqlx::query(WRITE).bind(provider).bind(issue.key()).bind(now_ms).execute(pool).await?;
        });
        Ok(())
    }

    /// The issues of `provider` since `since_ms`, each with its latest time, Unix milliseconds (UTC).
    pub async fn of(&self, provider: &str, since_ms: i64) -> Result<Vec<(ProviderIssue, i64)>, RecordError> {
        const READ: &str = "SELECT finding, noticed_at FROM provider_findings WHERE provider = $1 AND noticed_at >= $2";
        on_both!(&self.db, |pool| {
            let rows = sqlx::query(READ).bind(provider).bind(since_ms).fetch_all(pool).await?;
            let read = rows.into_iter().map(|row| {
                let (name, at): (String, i64) = (row.try_get("finding")?, row.try_get("noticed_at")?);
                // An issue from a newer version is unknown here, so it is skipped.
                Ok(name.parse().ok().map(|issue| (issue, at)))
            });
            read.filter_map(Result::transpose).collect()
        })
    }
}
