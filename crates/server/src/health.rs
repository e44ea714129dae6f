//! Health checks: whether the process runs, and whether it can serve. A test row is written at intervals, however often
//! a check is requested.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use rolecall_sign_in::Clock;
use rolecall_sign_in::db::Db;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::limits::log_limit::{Line, LogLimit};
use super::stop::Stopping;

/// How long a result is cached, in milliseconds.
const HOLDS_MS: i64 = 3_000;
/// How long the test row may take. Load balancers wait for seconds at most.
const WITHIN: Duration = Duration::from_secs(2);
/// The answer of a process that runs.
pub const LIVE: &str = "live\n";
/// How many failures are logged a minute.
const FAILURES: u32 = 5;

/// Checks whether the database can be written. Clones share the result.
#[derive(Clone)]
pub struct Readiness {
    db: Db,
    clock: Clock,
    log_limit: LogLimit,
    latest: Arc<Mutex<Option<Found>>>,
}

#[derive(Clone, Copy)]
struct Found {
    at_ms: i64,
    is_ready: bool,
}

impl Readiness {
    /// No result yet.
    pub fn new(db: Db, clock: Clock, log_limit: LogLimit) -> Self {
        Self { db, clock, log_limit, latest: Arc::default() }
    }

    /// Whether people can sign in. Concurrent callers share one check.
    pub async fn is_ready(&self) -> bool {
        let mut latest = self.latest.lock().await;
        let now_ms = self.clock.now_ms();
        if let Some(found) = *latest
            && (0..HOLDS_MS).contains(&(now_ms - found.at_ms))
        {
            return found.is_ready;
        }
        let is_ready = self.can_write().await;
        *latest = Some(Found { at_ms: now_ms, is_ready });
        is_ready
    }

    async fn can_write(&self) -> bool {
        let failure = match timeout(WITHIN, self.db.write_a_row()).await {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => Some(error),
            Err(_) => None,
        };
        if self.log_limit.admits(Line::new("not_ready", "", None), FAILURES) {
            let error = failure.as_ref().map(tracing::field::debug);
            tracing::error!(event = "not_ready", error, "nobody can sign in: the database cannot be written");
        }
        false
    }
}

/// `GET /health/live`: 200 as long as the process answers.
pub async fn live() -> &'static str {
    LIVE
}

/// `GET /health/ready`: 200 when people can sign in, else 503. Also 503 once a stop was requested, so that load
/// balancers choose other instances.
pub async fn ready(State(stopping): State<Stopping>, State(readiness): State<Readiness>) -> (StatusCode, &'static str) {
    if stopping.has_begun() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    if readiness.is_ready().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be written\n")
    }
}
