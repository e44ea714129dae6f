//! Waiting for something to happen, rather than for a time to pass.

use std::time::Duration;

/// How long to wait before the test fails.
const WAIT_LIMIT: Duration = Duration::from_secs(15);
/// How long to wait between two checks.
const INTERVAL: Duration = Duration::from_millis(5);

/// Waits until `condition` holds, and fails if that takes too long. `what` describes the condition.
pub async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(INTERVAL).await;
        }
    };
    assert!(tokio::time::timeout(WAIT_LIMIT, waiting).await.is_ok(), "waited in vain until {what}");
}
