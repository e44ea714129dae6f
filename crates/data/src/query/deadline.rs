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
/// for the one that runs. Those that still wait for a place end, so that nobody who opens pages and closes them keeps a turn. Where
/// this is dropped before the deadline, nobody wants them any more, and all end at once.
pub async fn in_time<T>(deadline: Instant, work: impl Future<Output = T>) -> Option<T> {
    timeout_at(deadline, DEADLINE.scope(deadline, work)).await.ok()
}

/// What `work` gives, done in a task of its own. It ends when this is dropped, but goes on where the deadline has passed
/// [`in_time`] for which it was begun, and it `computes` already.
///
/// # Errors
///
/// When it panics.
pub(super) async fn beyond_deadline<T: Send + 'static>(
    computes: Arc<AtomicBool>,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, JoinError> {
    let deadline = DEADLINE.try_with(|deadline| *deadline).ok();
    let mut begun = Begun { task: tokio::spawn(work), deadline, computes };
    (&mut begun.task).await
}

/// Work that somebody waits for, until the deadline where there is one.
struct Begun<T> {
    task: JoinHandle<T>,
    deadline: Option<Instant>,
    computes: Arc<AtomicBool>,
}

impl<T> Drop for Begun<T> {
    fn drop(&mut self) {
        let is_late = self.deadline.is_some_and(|deadline| deadline <= Instant::now());
        if !is_late || !self.computes.load(Ordering::SeqCst) {
            self.task.abort();
        }
    }
}
