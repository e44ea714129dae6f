//! Checks the whole chain in the background: one check at a time, whose result is kept until the next.

use std::sync::{Arc, Mutex, PoisonError};

use rolecall_sign_in::Clock;

use super::verify::{Broken, Verified};

/// The state of the check of the whole chain, at this instance since its start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    /// No check was requested.
    #[default]
    Never,
    /// It has been running since this time, Unix milliseconds (UTC).
    Running(i64),
    /// It ended at this time, Unix milliseconds (UTC), with this result.
    Done(i64, Result<Verified, Broken>),
    /// The database did not answer, at this time, Unix milliseconds (UTC).
    Failed(i64),
}

/// The check of this process. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Verifying(Arc<Mutex<Verification>>);

impl Verifying {
    pub(super) fn now(&self) -> Verification {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs `verify` in its own task, unless a check is running.
    pub(super) fn run<V>(&self, clock: Clock, verify: V)
    where
        V: Future<Output = Result<Result<Verified, Broken>, sqlx::Error>> + Send + 'static,
    {
        if !self.begin(clock.now_ms()) {
            return;
        }
        let mut running = RunningVerification(self.clone(), None);
        tokio::spawn(async move {
            let verified = verify.await;
            let now_ms = clock.now_ms();
            running.end_with(match verified {
                Ok(verified) => {
                    if let Err(broken) = &verified {
                        tracing::error!(event = "audit_chain_broken", %broken, "the audit's chain was changed");
                    }
                    Verification::Done(now_ms, verified)
                }
                Err(error) => {
                    tracing::error!(?error, "the audit cannot be read");
                    Verification::Failed(now_ms)
                }
            });
        });
    }

    /// Records that a check begins; `false` if one is already running.
    fn begin(&self, now_ms: i64) -> bool {
        let mut verification = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*verification, Verification::Running(_)) {
            return false;
        }
        *verification = Verification::Running(now_ms);
        true
    }

    fn end(&self, with: Verification) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = with;
    }
}

/// Marks the check as ended, even if it panics.
struct RunningVerification(Verifying, Option<Verification>);

impl RunningVerification {
    fn end_with(&mut self, verification: Verification) {
        self.1 = Some(verification);
    }
}

impl Drop for RunningVerification {
    fn drop(&mut self) {
        self.0.end(self.1.take().unwrap_or_default());
    }
}
