//! Whose turn it is to make a snapshot.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use strum::EnumCount as _;
use tokio::sync::{Mutex, MutexGuard};

use super::contents::OwnData;

/// Whose turn it is to make a snapshot of each.
#[derive(Clone, Default)]
pub struct Refreshes(Arc<[Turns; OwnData::COUNT]>);

/// Whose turn it is to make a snapshot of one of them.
#[derive(Default)]
pub(super) struct Turns {
    /// How long the last one took. Whoever makes one holds it.
    took: Mutex<Duration>,
    failures: AtomicU64,
}

impl Refreshes {
    pub(super) fn of(&self, own: OwnData) -> &Turns {
        &self.0[own as usize]
    }
}

impl Turns {
    /// How many failed. To be taken before one waits.
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::SeqCst)
    }

    /// Waits for a turn, and learns how long the last one took. There is none where one failed since `failures` was taken:
    /// otherwise all who waited with it would fail one after the other, long after everybody who asked them has gone.
    pub(super) async fn next(&self, failures: u64) -> Option<MutexGuard<'_, Duration>> {
        let took = self.took.lock().await;
        (self.failures() == failures).then_some(took)
    }

    /// Says that it failed, in whose turn this is.
    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waited_while_one_failed_does_not_try_again() {
        let turns = Turns::default();
        let failures = turns.failures();
        let turn = turns.next(failures).await;
        assert!(turn.is_some());
        turns.failed();
        drop(turn);
        assert!(turns.next(failures).await.is_none());
        assert!(turns.next(turns.failures()).await.is_some(), "who comes later tries again");
    }
}
