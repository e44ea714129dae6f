//! How many queries run at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::QueryError;

/// A place in which a query runs; given back when it is dropped.
pub(super) type Place = OwnedSemaphorePermit;

/// The places in which queries run. Who waits gets the next, in the order in which they came.
pub(super) struct Places {
    free: Arc<Semaphore>,
    count: u32,
    begun: AtomicU64,
}

impl Places {
    pub(super) fn new(count: u32) -> Self {
        Self { free: Arc::new(Semaphore::new(count as usize)), count, begun: AtomicU64::new(0) }
    }

    /// What `attempt` gives in a place.
    ///
    /// All queries share the memory. One that had too little of it beside others is tried again in all places, so that nothing
    /// else runs: only then is it too large.
    ///
    /// # Errors
    /// Those of `attempt`.
    pub(super) async fn run<T, Attempt>(&self, attempt: impl Fn(Place) -> Attempt) -> Result<T, QueryError>
    where
        Attempt: Future<Output = Result<T, QueryError>>,
    {
        let place = self.take(1).await?;
        let began_alone = self.free.available_permits() + 1 == self.count as usize;
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        match attempt(place).await {
            Err(QueryError::TooLarge) if !began_alone || self.begun.load(Ordering::SeqCst) != number => {
                attempt(self.take(self.count).await?).await
            }
            result => result,
        }
    }

    async fn take(&self, count: u32) -> Result<Place, QueryError> {
        let places = Arc::clone(&self.free).acquire_many_owned(count).await;
        places.map_err(|_| QueryError::Failed("the engine was stopped".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::ready;

    use super::*;

    /// How many places each attempt of something had that needs `needed` of them, and what came of it. Of three places one is
    /// taken by another until that waits for it.
    async fn attempts(needed: usize, beside: bool) -> (Vec<usize>, Result<(), QueryError>) {
        let places = Places::new(3);
        let other = if beside { Some(places.take(1).await.unwrap()) } else { None };
        let had = RefCell::new(Vec::new());
        let run = places.run(|place| {
            had.borrow_mut().push(place.num_permits());
            ready(if place.num_permits() < needed { Err(QueryError::TooLarge) } else { Ok(()) })
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
        let result = places.run(|place| {
            *tried.borrow_mut() += 1;
            let (places, is_first) = (&places, *tried.borrow() == 1);
            async move {
                if is_first {
                    places.run(|_| ready(Ok(()))).await?;
                }
                if place.num_permits() < 2 { Err(QueryError::TooLarge) } else { Ok(()) }
            }
        });
        assert_eq!((result.await, tried.into_inner()), (Ok(()), 2));
    }
}
