//! Locks for making snapshots, one at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use strum::EnumCount as _;
use tokio::sync::{Mutex, MutexGuard};

use super::contents::OwnData;

/// The lock of each data set.
#[derive(Clone, Default)]
pub struct Refreshes(Arc<[RefreshLock; OwnData::COUNT]>);

/// The lock of one data set.
#[derive(Default)]
pub(super) struct RefreshLock {
    /// How long the last snapshot took. Locked while one is being made.
    took: Mutex<Duration>,
    failures: AtomicU64,
}

impl Refreshes {
    pub(super) fn of(&self, own: OwnData) -> &RefreshLock {
        &self.0[own as usize]
    }
}

impl RefreshLock {
    /// The count of failures. Take it before waiting.
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::SeqCst)
    }

    /// Waits for the lock, and returns how long the last snapshot took. `None` if one has failed since `failures` was
    /// taken: otherwise all waiting callers would fail one after the other, long after their requests have ended.
    pub(super) async fn next(&self, failures: u64) -> Option<MutexGuard<'_, Duration>> {
        let took = self.took.lock().await;
        (self.failures() == failures).then_some(took)
    }

    /// Records a failure, while holding this lock.
    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waited_while_one_failed_does_not_try_again() {
        let lock = RefreshLock::default();
        let failures = lock.failures();
        let guard = lock.next(failures).await;
        assert!(guard.is_some());
        lock.failed();
        drop(guard);
        assert!(lock.next(failures).await.is_none());
        assert!(lock.next(lock.failures()).await.is_some(), "who comes later tries again");
    }
}
