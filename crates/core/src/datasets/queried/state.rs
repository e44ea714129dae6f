//! How a queried data set stands.

use std::time::Duration;

/// A snapshot that is this many times as old as it is good is shown to nobody before a new one was tried.
const TOO_OLD: i64 = 10;

/// How a queried data set stands: read with the catalogue, so without its SELECT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryState {
    /// The name of its connection.
    pub connection: String,
    /// How long a snapshot is good.
    pub fresh: Duration,
    /// When the current snapshot was asked for, Unix milliseconds (UTC).
    pub refreshed_at_ms: i64,
    /// Why there is no newer one, where that was tried.
    pub failing: Option<Failing>,
    /// Before this moment nobody tries again, Unix milliseconds (UTC).
    pub retry_at_ms: i64,
    /// Whether a file made the data set, and says what it is.
    pub is_in_file: bool,
}

/// A snapshot that could not be refreshed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// Since when, Unix milliseconds (UTC).
    pub since_ms: i64,
    /// How often it was tried.
    pub tries: u32,
    /// Why, for administrators.
    pub why: String,
}

/// How old a snapshot is, as far as somebody who looks is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It is good.
    Fresh,
    /// It will do while a new one is made.
    Stale,
    /// A new one is worth waiting for.
    TooOld,
}

impl QueryState {
    /// How old the snapshot is at `now_ms`.
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

    /// Whether the snapshot is older than it should be, because no newer one could be had.
    #[must_use]
    pub const fn is_overdue(&self) -> bool {
        self.failing.is_some()
    }

    /// Whether a new snapshot is not to be tried yet.
    pub(super) const fn is_backing_off(&self, now_ms: i64) -> bool {
        now_ms < self.retry_at_ms
    }
}

/// What a data set is queried by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredQuery {
    /// The name of the connection.
    pub connection: String,
    /// The SELECT.
    pub statement: String,
    /// How long a snapshot is good.
    pub fresh: Duration,
    /// SHA-256 of the file of the current version, as base64.
    pub digest: String,
}

/// `time` as the database has it.
pub fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_good_then_stale_then_too_old() {
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
        // The clock was put back: nobody knows how old it is.
        assert_eq!(age(-1), Age::Stale);
    }
}
