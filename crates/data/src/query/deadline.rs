//! Waiting for queries until a deadline, without losing what they have done by then.

use std::sync::{Arc, OnceLock};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, timeout_at};

tokio::task_local! {
    /// Until when what a task does is waited for.
    static DEADLINE: Instant;
}

/// What `work` gives before `deadline`, or nothing.
///
/// Queries that it began go on after that, as long as any query may take, unless [too many](super::Limits::left) do so already: their
/// results are kept, and who asks the same meanwhile waits for the one that runs. Where this is dropped before the deadline, nobody
/// wants them any more, and they end at once.
pub async fn in_time<T>(deadline: Instant, work: impl Future<Output = T>) -> Option<T> {
    timeout_at(deadline, DEADLINE.scope(deadline, work)).await.ok()
}

/// What `work` gives, done in a task of its own. It ends when this is dropped, but goes on where the deadline has passed
/// [`in_time`] for which it was begun, and one of the places `left` is free, which it has until it ends. Without that bound,
/// somebody who opens pages and closes them could begin more than is ever done.
///
/// # Errors
///
/// When it panics.
pub(super) async fn beyond_deadline<T: Send + 'static>(
    left: &Arc<Semaphore>,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, JoinError> {
    let deadline = DEADLINE.try_with(|deadline| *deadline).ok();
    let place = Arc::new(OnceLock::new());
    let held = Arc::clone(&place);
    let task = tokio::spawn(async move {
        let _held = held;
        work.await
    });
    let mut begun = Begun { task, deadline, left: Arc::clone(left), place };
    (&mut begun.task).await
}

/// Work that somebody waits for, until the deadline where there is one.
struct Begun<T> {
    task: JoinHandle<T>,
    deadline: Option<Instant>,
    left: Arc<Semaphore>,
    /// Of the places `left`, that of the task when nobody waits for it any more.
    place: Arc<OnceLock<OwnedSemaphorePermit>>,
}

impl<T> Drop for Begun<T> {
    fn drop(&mut self) {
        let is_late = self.deadline.is_some_and(|deadline| deadline <= Instant::now());
        let free = if is_late { Arc::clone(&self.left).try_acquire_owned().ok() } else { None };
        match free {
            // Nobody else sets it.
            Some(free) => _ = self.place.set(free),
            None => self.task.abort(),
        }
    }
}
