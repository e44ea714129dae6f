//! The state of a queried data set.

use std::time::Duration;

/// A snapshot that is this many times older than its lifetime is not shown before a new one was tried.
const TOO_OLD: i64 = 10;

/// The state of a queried data set, read with the catalogue, so without its SELECT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryState {
    /// The name of its connection.
    pub connection: String,
    /// How long a snapshot is fresh.
    pub fresh: Duration,
    /// When the query for the current snapshot was sent, Unix milliseconds (UTC).
    pub refreshed_at_ms: i64,
    /// Why there is no newer one, if that was tried.
    pub failing: Option<Failing>,
    /// The earliest time of a retry, Unix milliseconds (UTC).
    pub retry_at_ms: i64,
    /// Whether a file defines the data set.
    pub is_in_file: bool,
}

/// A snapshot that could not be refreshed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// Since when, Unix milliseconds (UTC).
    pub since_ms: i64,
    /// How many attempts failed.
    pub tries: u32,
    /// Why, for administrators.
    pub why: String,
}

/// The age of a snapshot, for a person who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It is fresh.
    Fresh,
    /// It can be shown while a new one is being made.
    Stale,
    /// A new one should be waited for.
    TooOld,
}

impl QueryState {
    /// The age of the snapshot at `now_ms`.
    pub(super) fn age(&self, now_ms: i64) -> Age {
        let (age_ms, fresh_ms) = (now_ms.saturating_sub(self.refreshed_at_ms), milliseconds(self.fresh));
        if (0..fresh_ms).contains(&age_ms) {
            Age::Fresh
        } else if age_ms < fresh_ms.saturating_mul(TOO_OLD) {
            Age::Stale
        } else {
            Age::TooOld
        }
    }

    /// Whether the snapshot is too old, because no newer one could be made.
    #[must_use]
    pub const fn is_overdue(&self) -> bool {
        self.failing.is_some()
    }

    /// Whether it is too early for a retry.
    pub(super) const fn is_backing_off(&self, now_ms: i64) -> bool {
        now_ms < self.retry_at_ms
    }
}

/// The query of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredQuery {
    /// The name of the connection.
    pub connection: String,
    /// The SELECT.
    pub statement: String,
    /// How long a snapshot is fresh.
    pub fresh: Duration,
    /// SHA-256 of the file of the current version, as base64.
    pub digest: String,
}

/// `time` in the unit of the database.
pub fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_fresh_then_stale_then_too_old() {
        let state = QueryState {
            connection: "crm".to_owned(),
            fresh: Duration::from_secs(10),
            refreshed_at_ms: 1_000,
            failing: None,
            retry_at_ms: 0,
            is_in_file: false,
        };
        let age = |seconds: i64| state.age(1_000 + seconds * 1_000);
        assert_eq!([age(0), age(9), age(10), age(99)], [Age::Fresh, Age::Fresh, Age::Stale, Age::Stale]);
        assert_eq!(age(100), Age::TooOld);
        // The clock was set back, so the age is unknown.
        assert_eq!(age(-1), Age::Stale);
    }
}
