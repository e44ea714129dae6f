//! The figures about sign-ins, counted once for all who look at them: counting takes the longer the more there are.

use std::sync::{Arc, Mutex, PoisonError};

use rolecall_model::panels::SignInFigures;
use rolecall_sign_in::Auth;

use super::error::DashboardsError;

/// How long a count is as good as a new one, in milliseconds.
const FRESH_MS: i64 = 5_000;
/// How long it is shown, in milliseconds, while a new one is being made.
const SHOWN_MS: i64 = 60_000;

/// The latest count. Clones share it.
#[derive(Clone)]
pub(super) struct SharedCount {
    auth: Auth,
    latest: Arc<Mutex<Option<SignInFigures>>>,
    /// Held by whoever is counting.
    counting: Arc<tokio::sync::Mutex<()>>,
}

impl SharedCount {
    pub(super) fn new(auth: Auth) -> Self {
        Self { auth, latest: Arc::default(), counting: Arc::default() }
    }

    /// The figures. Never are they counted twice at once, nor more often than every few seconds.
    pub(super) async fn figures(&self) -> Result<SignInFigures, DashboardsError> {
        if let Some(fresh) = self.not_older_than(FRESH_MS) {
            return Ok(fresh);
        }
        if let Some(shown) = self.not_older_than(SHOWN_MS) {
            if let Ok(counting) = Arc::clone(&self.counting).try_lock_owned() {
                let this = self.clone();
                tokio::spawn(async move {
                    if let Err(error) = this.count().await {
                        tracing::warn!(?error, "the sign-ins cannot be counted");
                    }
                    drop(counting);
                });
            }
            return Ok(shown);
        }
        let _counting = self.counting.lock().await;
        match self.not_older_than(FRESH_MS) {
            Some(counted_meanwhile) => Ok(counted_meanwhile),
            None => self.count().await,
        }
    }

    async fn count(&self) -> Result<SignInFigures, DashboardsError> {
        let now_ms = self.auth.clock().now_ms();
        let counts = self.auth.sign_ins().counts(now_ms).await?;
        let figures = SignInFigures {
            live: counts.live,
            people: counts.people,
            last_day: counts.last_day,
            by_role: counts.by_role,
            counted_at_ms: now_ms,
        };
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(figures.clone());
        Ok(figures)
    }

    fn not_older_than(&self, age_ms: i64) -> Option<SignInFigures> {
        let now_ms = self.auth.clock().now_ms();
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.clone().filter(|latest| (0..age_ms).contains(&(now_ms - latest.counted_at_ms)))
    }
}
