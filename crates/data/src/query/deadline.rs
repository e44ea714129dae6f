//! Waits for queries until a deadline without wasting what they have computed by then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, timeout_at};

tokio::task_local! {
    /// The deadline of the current task's work.
    static DEADLINE: Instant;
}

/// The result of `work`, or `None` if it is not ready by `deadline`.
///
/// Queries that are already computing then continue up to their own time limit: their results are cached, and anyone
/// who requests the same in the meantime waits for the running query. Queries that still wait for a place are
/// cancelled, even if they wait to be tried again alone, so that opening and closing pages does not take up turns. If
/// this future is dropped before the deadline, nobody wants the results, and all queries are cancelled at once.
pub async fn in_time<T>(deadline: Instant, work: impl Future<Output = T>) -> Option<T> {
    timeout_at(deadline, DEADLINE.scope(deadline, work)).await.ok()
}

/// The state of some work, and whether somebody still waits for it.
#[derive(Default)]
pub(super) struct Progress {
    computes: AtomicBool,
    is_left: AtomicBool,
}

/// Runs `work` in its own task and returns its result. Dropping this future cancels the work, unless the deadline of
/// [`in_time`] has passed and the work is computing, according to its `progress`.
///
/// # Errors
///
/// If the work panics.
pub(super) async fn beyond_deadline<T: Send + 'static>(
    progress: Arc<Progress>,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, JoinError> {
    let deadline = DEADLINE.try_with(|deadline| *deadline).ok();
    let mut begun = Begun { task: tokio::spawn(work), deadline, progress };
    (&mut begun.task).await
}

/// Work with a waiting caller, and the caller's deadline, if any.
struct Begun<T> {
    task: JoinHandle<T>,
    deadline: Option<Instant>,
    progress: Arc<Progress>,
}

impl Progress {
    /// Records that the work is computing.
    pub(super) fn compute(&self) {
        self.computes.store(true, Ordering::SeqCst);
    }

    /// Records that the work waits before it computes again. Returns whether somebody still waits for it.
    pub(super) fn wait_again(&self) -> bool {
        self.computes.store(false, Ordering::SeqCst);
        !self.is_left.load(Ordering::SeqCst)
    }

    /// Records that nobody waits any more. Returns whether the work is computing.
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
