//! Whether and when a request is repeated.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Method;

use super::error::GraphError;

/// The most tries of one request.
pub(super) const MAX_TRIES: u32 = 4;
/// How long to wait after the first failure if Graph does not say; twice as long after each further one.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// How to wait, passed in so that tests need not wait. Clones wait in the same way.
#[derive(Clone)]
pub struct Pauses(Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>);

impl Pauses {
    /// Waits with `wait`.
    pub fn new(wait: impl Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        Self(Arc::new(wait))
    }

    /// Waits for `time`.
    pub(super) async fn wait(&self, time: Duration) {
        (self.0)(time).await;
    }
}

impl Default for Pauses {
    /// Really waits.
    fn default() -> Self {
        Self::new(|time| Box::pin(tokio::time::sleep(time)))
    }
}

impl fmt::Debug for Pauses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pauses")
    }
}

/// How long to wait before a request with `method` is repeated after `error`, the result of the `tries`-th try (from
/// 1); `None` if it must not be repeated. Graph did not process a request that came too often, so any method may be
/// repeated then; after an outage only idempotent ones (RFC 9110, section 9.2.2).
pub(super) fn wait_after(error: &GraphError, method: &Method, tries: u32) -> Option<Duration> {
    let may_be_repeated = match error {
        GraphError::Throttled { .. } => true,
        GraphError::Unavailable { .. } => method.is_idempotent(),
        _ => false,
    };
    let own = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
    (may_be_repeated && tries < MAX_TRIES).then(|| error.retry_after().unwrap_or(own))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn only_what_may_happen_twice_is_asked_again_after_an_outage() {
        let outage = GraphError::Unavailable { status: StatusCode::SERVICE_UNAVAILABLE, retry_after: None };
        let throttled = GraphError::Throttled { retry_after: Some(Duration::from_secs(3)) };
        assert_eq!(wait_after(&outage, &Method::GET, 1), Some(FIRST_WAIT));
        assert_eq!(wait_after(&outage, &Method::GET, 3), Some(4 * FIRST_WAIT));
        assert_eq!(wait_after(&outage, &Method::GET, MAX_TRIES), None);
        assert_eq!(wait_after(&outage, &Method::POST, 1), None);
        assert_eq!(wait_after(&throttled, &Method::POST, 1), Some(Duration::from_secs(3)));
        assert_eq!(wait_after(&GraphError::NotFound, &Method::GET, 1), None);
    }
}
