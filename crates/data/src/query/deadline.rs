//! Waiting for queries until a deadline, without losing what they have done by then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, timeout_at};

tokio::task_local! {
    /// Until when what a task does is waited for.
    static DEADLINE: Instant;
}

/// What `work` gives before `deadline`, or nothing.
///
/// Queries that compute by then go on, as long as any query may take: their results are kept, and who asks the same meanwhile waits
/// for the one that runs. Those that still wait for a place end, also those that are to be tried again in all places, so that nobody
/// who opens pages and closes them keeps a turn. Where this is dropped before the deadline, nobody wants them any more, and all end
/// at once.
pub async fn in_time<T>(deadline: Instant, work: impl Future<Output = T>) -> Option<T> {
    timeout_at(deadline, DEADLINE.scope(deadline, work)).await.ok()
}

/// How far some work is, and whether it is still waited for.
#[derive(Default)]
pub(super) struct Progress {
    computes: AtomicBool,
    is_left: AtomicBool,
}

/// What `work` gives, done in a task of its own. It ends when this is dropped, but goes on where the deadline has passed
/// [`in_time`] for which it was begun, and it computes, as its `progress` says.
///
/// # Errors
///
/// When it panics.
pub(super) async fn beyond_deadline<T: Send + 'static>(
    progress: Arc<Progress>,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, JoinError> {
    let deadline = DEADLINE.try_with(|deadline| *deadline).ok();
    let mut begun = Begun { task: tokio::spawn(work), deadline, progress };
    (&mut begun.task).await
}

/// Work that somebody waits for, until the deadline where there is one.
struct Begun<T> {
    task: JoinHandle<T>,
    deadline: Option<Instant>,
    progress: Arc<Progress>,
}

impl Progress {
    /// Says that the work computes from now on.
    pub(super) fn compute(&self) {
        self.computes.store(true, Ordering::SeqCst);
    }

    /// Says that it waits before it computes again, and returns whether that is still waited for.
    pub(super) fn wait_again(&self) -> bool {
        self.computes.store(false, Ordering::SeqCst);
        !self.is_left.load(Ordering::SeqCst)
    }

    /// Says that it is waited for no more, and returns whether it computes.
    pub(super) fn leave(&self) -> bool {
        self.is_left.store(true, Ordering::SeqCst);
        self.computes.load(Ordering::SeqCst)
    }
}

impl<T> Drop for Begun<T> {
    fn drop(&mut self) {
        let is_late = self.deadline.is_some_and(|deadline| deadline <= Instant::now());
        if !is_late || !self.progress.leave() {
            self.task.abort();
        }
    }
}
