//! How many queries run at once, and whose is next.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::asker::QueryAsker;
use super::error::QueryError;
use super::lines::Lines;

/// One place or several; given back when dropped.
pub(super) struct Place {
    shared: Arc<Shared>,
    count: u32,
}

/// The places in which queries run. Who asks takes turns with the others who do.
pub(super) struct Places {
    shared: Arc<Shared>,
    count: u32,
    begun: AtomicU64,
}

struct Shared(Mutex<Queue>);

struct Queue {
    free: u32,
    waiting: Lines<Waiter>,
}

/// Somebody who waits for so many places at once.
struct Waiter {
    count: u32,
    to: oneshot::Sender<Place>,
}

/// Who leaves while they wait holds up nobody behind them.
struct Leaving<'a>(&'a Arc<Shared>);

impl Places {
    pub(super) fn new(count: u32) -> Self {
        let queue = Queue { free: count, waiting: Lines::new() };
        Self { shared: Arc::new(Shared(Mutex::new(queue))), count, begun: AtomicU64::new(0) }
    }

    /// What `attempt` gives in a place, when it is the turn of `asker`.
    ///
    /// All queries share the memory. One that had too little of it beside others is tried again in all places, so that nothing
    /// else runs: only then is it too large.
    ///
    /// # Errors
    /// Those of `attempt`.
    pub(super) async fn run<T, Attempt>(
        &self,
        asker: &QueryAsker,
        attempt: impl Fn(Place) -> Attempt,
    ) -> Result<T, QueryError>
    where
        Attempt: Future<Output = Result<T, QueryError>>,
    {
        let place = self.take(asker, 1).await?;
        let began_alone = self.shared.queue().free + 1 == self.count;
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        match attempt(place).await {
            Err(QueryError::TooLarge) if !began_alone || self.begun.load(Ordering::SeqCst) != number => {
                attempt(self.take(asker, self.count).await?).await
            }
            result => result,
        }
    }

    async fn take(&self, asker: &QueryAsker, count: u32) -> Result<Place, QueryError> {
        let (to, place) = oneshot::channel();
        self.shared.queue().waiting.join(asker, Waiter { count, to });
        // Dropped after `place`, which nobody waits for then.
        let _leaving = Leaving(&self.shared);
        self.shared.serve();
        place.await.map_err(|_| QueryError::Failed("the engine was stopped".to_owned()))
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives places to those whose turn it is, as long as there are some.
    fn serve(self: &Arc<Self>) {
        let served = self.queue().served();
        for Waiter { count, to } in served {
            // Where somebody has just left, the place comes back at once, so the queue must be free here.
            _ = to.send(Place { shared: Arc::clone(self), count });
        }
    }
}

impl Queue {
    /// Those whose turn it is now.
    fn served(&mut self) -> Vec<Waiter> {
        self.waiting.retain(|waiter| !waiter.to.is_closed());
        let mut served = Vec::new();
        while let Some(waiter) = self.waiting.next_if(|waiter| waiter.count <= self.free) {
            self.free -= waiter.count;
            served.push(waiter);
        }
        served
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.queue().free += self.count;
        self.shared.serve();
    }
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.serve();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::ready;

    use futures_util::FutureExt as _;
    use futures_util::future::join_all;
    use tokio::task::yield_now;

    use super::*;

    static ADA: QueryAsker = QueryAsker::Numbered(1);
    static BO: QueryAsker = QueryAsker::Numbered(2);

    /// How many places each attempt of something had that needs `needed` of them, and what came of it. Of three places one is
    /// taken by another until that waits for it.
    async fn attempts(needed: u32, beside: bool) -> (Vec<u32>, Result<(), QueryError>) {
        let places = Places::new(3);
        let other = if beside { Some(places.take(&BO, 1).await.unwrap()) } else { None };
        let had = RefCell::new(Vec::new());
        let run = places.run(&ADA, |place| {
            had.borrow_mut().push(place.count);
            ready(if place.count < needed { Err(QueryError::TooLarge) } else { Ok(()) })
        });
        let (result, ()) = tokio::join!(run, async { drop(other) });
        (had.into_inner(), result)
    }

    #[tokio::test]
    async fn what_is_too_large_beside_others_is_tried_again_alone() {
        assert_eq!(attempts(1, true).await, (vec![1], Ok(())));
        assert_eq!(attempts(3, true).await, (vec![1, 3], Ok(())));
        assert_eq!(attempts(4, true).await, (vec![1, 3], Err(QueryError::TooLarge)));
    }

    #[tokio::test]
    async fn what_is_too_large_alone_is_told_at_once() {
        assert_eq!(attempts(3, false).await, (vec![1], Err(QueryError::TooLarge)));
    }

    #[tokio::test]
    async fn what_began_meanwhile_counts_as_beside() {
        let places = Places::new(2);
        let tried = RefCell::new(0);
        let result = places.run(&ADA, |place| {
            *tried.borrow_mut() += 1;
            let (places, is_first) = (&places, *tried.borrow() == 1);
            async move {
                // Taken whole, not its number alone.
                let place = place;
                if is_first {
                    places.run(&ADA, |_| ready(Ok(()))).await?;
                }
                if place.count < 2 { Err(QueryError::TooLarge) } else { Ok(()) }
            }
        });
        assert_eq!((result.await, tried.into_inner()), (Ok(()), 2));
    }

    // Case: data/fair-turns
    #[tokio::test]
    async fn who_asks_for_one_waits_for_one_of_somebody_who_asks_for_five() {
        let (places, turns) = (&Places::new(1), &RefCell::new(Vec::new()));
        let turn = |asker: &'static QueryAsker| async move {
            let attempt = |place: Place| async move {
                turns.borrow_mut().push(asker);
                // Until it goes on, all others wait.
                yield_now().await;
                drop(place);
                Ok(())
            };
            places.run(asker, attempt).await
        };
        let all = join_all([&ADA, &ADA, &ADA, &ADA, &ADA, &BO].map(turn)).await;
        assert!(all.iter().all(Result::is_ok));
        assert_eq!(*turns.borrow(), [&ADA, &BO, &ADA, &ADA, &ADA, &ADA]);
    }

    #[tokio::test]
    async fn who_leaves_while_they_wait_for_all_places_holds_nobody_up() {
        let places = Places::new(2);
        let held = places.take(&BO, 1).await.unwrap();
        let mut all = Box::pin(places.take(&ADA, 2));
        assert!(all.as_mut().now_or_never().is_none());
        let mut one = Box::pin(places.take(&BO, 1));
        assert!(one.as_mut().now_or_never().is_none(), "all places are for who came first");
        drop(all);
        assert!(one.as_mut().now_or_never().is_some());
        drop(held);
    }
}
