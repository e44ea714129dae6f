//! Checking the whole chain while nobody waits for it: one check at a time, whose result is kept until the next.

use std::sync::{Arc, Mutex, PoisonError};

use rolecall_sign_in::Clock;

use super::verify::{Broken, Verified};

/// How the check of the whole chain stands, at this instance since its start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    /// Nobody asked for it.
    #[default]
    Never,
    /// It runs since this time, Unix milliseconds (UTC).
    Running(i64),
    /// It ended at this time, Unix milliseconds (UTC), with this.
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

    /// Checks by `verify`, in a task of its own, unless that is being done.
    pub(super) fn run<V>(&self, clock: Clock, verify: V)
    where
        V: Future<Output = Result<Result<Verified, Broken>, sqlx::Error>> + Send + 'static,
    {
        if !self.begin(clock.now_ms()) {
            return;
        }
        let mut running = Running(self.clone(), None);
        tokio::spawn(async move {
            let verified = verify.await;
            let now_ms = clock.now_ms();
            running.end_with(match verified {
                Ok(verified) => {
                    if let Err(broken) = &verified {
                        tracing::error!(event = "audit_chain_broken", %broken, "the audit's chain is not as it was left");
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

    /// Notes that a check begins; `false` where one runs.
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

/// Ends the check however it comes to its end.
struct Running(Verifying, Option<Verification>);

impl Running {
    fn end_with(&mut self, verification: Verification) {
        self.1 = Some(verification);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.end(self.1.take().unwrap_or_default());
    }
}
