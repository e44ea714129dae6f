//! Limits the number of queries that run at the same time, and decides which one is next.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::oneshot;

use super::asker::QueryAsker;
use super::error::QueryError;
use super::queue::{Queue, Recipient, Waiter};

/// One or more places, given back when dropped.
pub(super) struct Place {
    shared: Arc<Shared>,
    count: u32,
}

/// The places in which queries run. Askers take turns.
pub(super) struct Places {
    shared: Arc<Shared>,
    count: u32,
    begun: AtomicU64,
    /// What is waited for, by its key.
    turns: Mutex<HashMap<String, Weak<Turn>>>,
}

struct Shared(Mutex<Queue<Place>>);

/// The shared turn of all waiters for the same query.
struct Turn {
    count: u32,
    to: Recipient<Place>,
    /// `None` once a waiter has taken the place.
    place: tokio::sync::Mutex<Option<oneshot::Receiver<Place>>>,
}

/// A waiter in the line of its asker, until it is dropped.
pub(super) struct Waiting {
    asker: QueryAsker,
    turn: Arc<Turn>,
    // Must be dropped first: the next waiter to be served must not find this one.
    _stays: Arc<()>,
    _leaving: Leaving,
}

/// Serves the next waiters when one leaves the queue.
struct Leaving(Arc<Shared>);

impl Places {
    pub(super) fn new(count: u32) -> Self {
        let shared = Arc::new(Shared(Mutex::new(Queue::new(count))));
        Self { shared, count, begun: AtomicU64::new(0), turns: Mutex::default() }
    }

    /// Lets `asker` wait for a place for the query with this `key`. Waiters for the same key share the place, which is
    /// assigned at the first turn of any of them.
    pub(super) fn wait(&self, asker: &QueryAsker, key: &str) -> Waiting {
        let turn = self.turn_of(key);
        self.wait_for(asker, turn)
    }

    /// Runs `attempt` in a place, at the turn of any waiter that shares that of `waiting`.
    ///
    /// All queries share the memory. A query that ran out of memory next to others is tried again alone, in all places;
    /// only if it fails then is it too large. If it `is_wanted` no more by then, it is not tried again.
    ///
    /// # Errors
    /// Those of `attempt`.
    pub(super) async fn run<T, Attempt>(
        &self,
        waiting: &Waiting,
        is_wanted: impl Fn() -> bool,
        attempt: impl Fn(Place) -> Attempt,
    ) -> Result<T, QueryError>
    where
        Attempt: Future<Output = Result<T, QueryError>>,
    {
        let place = match waiting.turn.wait().await {
            Some(place) => place,
            // Another waiter had the place, and left before there was an answer.
            None => self.take(&waiting.asker, 1).await?,
        };
        let began_alone = self.shared.queue().free() + 1 == self.count;
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let result = attempt(place).await;
        let was_alone = || began_alone && self.begun.load(Ordering::SeqCst) == number;
        if matches!(result, Err(QueryError::TooLarge)) && !was_alone() && is_wanted() {
            return attempt(self.take(&waiting.asker, self.count).await?).await;
        }
        result
    }

    async fn take(&self, asker: &QueryAsker, count: u32) -> Result<Place, QueryError> {
        let waiting = self.wait_for(asker, Arc::new(Turn::new(count)));
        // The place always exists, since nobody else knows of this turn.
        waiting.turn.wait().await.ok_or_else(|| QueryError::Failed("a place was given to nobody".to_owned()))
    }

    fn turn_of(&self, key: &str) -> Arc<Turn> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = turns.get(key).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::new(Turn::new(1));
        turns.insert(key.to_owned(), Arc::downgrade(&turn));
        turn
    }

    fn wait_for(&self, asker: &QueryAsker, turn: Arc<Turn>) -> Waiting {
        let stays = Arc::new(());
        let waiter = Waiter { count: turn.count, to: turn.to.clone(), stays: Arc::downgrade(&stays) };
        self.shared.queue().join(asker, waiter);
        self.shared.serve();
        Waiting { asker: asker.clone(), turn, _stays: stays, _leaving: Leaving(Arc::clone(&self.shared)) }
    }
}

impl Turn {
    fn new(count: u32) -> Self {
        let (to, place) = oneshot::channel();
        Self { count, to: Recipient::new(to), place: tokio::sync::Mutex::new(Some(place)) }
    }

    /// Waits for the place. `None` if another waiter has taken it already.
    async fn wait(&self) -> Option<Place> {
        let mut waits = self.place.lock().await;
        let place = waits.as_mut()?.await.ok();
        *waits = None;
        place
    }
}

impl Waiting {
    /// Whether another waiter waits for the same query.
    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.turn) > 1
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue<Place>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Assigns free places to the waiters whose turn it is.
    fn serve(self: &Arc<Self>) {
        let served = self.queue().served();
        for (to, count) in served {
            // If a caller has just gone, its slot is returned immediately, so the queue must not be locked here.
            _ = to.send(Place { shared: Arc::clone(self), count });
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.queue().give_back(self.count);
        self.shared.serve();
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.serve();
    }
}
