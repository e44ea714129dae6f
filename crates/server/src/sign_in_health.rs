//! Numbers about the success of sign-ins, cached for some seconds: counting takes longer the more sign-ins there are.

use std::sync::Arc;

use rolecall_sign_in::Auth;
use rolecall_sign_in::session::{RecordError, SignInHealth};
use tokio::sync::Mutex;

/// How long a count is cached, in milliseconds, so that a page that refreshes while the doctor runs does not count each
/// time.
const HOLDS_MS: i64 = 10_000;

/// The latest count. Clones share it.
#[derive(Clone)]
pub struct KeptSignInHealth {
    auth: Auth,
    latest: Arc<Mutex<Option<Counted>>>,
}

#[derive(Clone, Copy)]
struct Counted {
    at_ms: i64,
    health: SignInHealth,
}

impl KeptSignInHealth {
    /// No count yet.
    pub fn new(auth: Auth) -> Self {
        Self { auth, latest: Arc::default() }
    }

    /// The numbers. Concurrent callers share one count.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn now(&self) -> Result<SignInHealth, RecordError> {
        let mut latest = self.latest.lock().await;
        let now_ms = self.auth.clock().now_ms();
        if let Some(counted) = *latest
            && (0..HOLDS_MS).contains(&(now_ms - counted.at_ms))
        {
            return Ok(counted.health);
        }
        let health = self.auth.sign_ins().health(now_ms).await?;
        *latest = Some(Counted { at_ms: now_ms, health });
        Ok(health)
    }
}
