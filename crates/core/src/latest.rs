//! A short-lived cache for one value from the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::future::Cache;
use moka::policy::EvictionPolicy;

/// How many invalidated values stay in the cache until they expire.
const FORGOTTEN: u64 = 8;

/// The latest value, which is fresh for a while. Clones share it.
///
/// A caller after [`forget`](Self::forget) never gets a value that was read before it, even if that read ends later: a
/// page after a change always shows the change.
#[derive(Clone)]
pub struct Latest<T> {
    kept: Cache<u64, T>,
    /// Counts the invalidations. It is the key of the cached value.
    forgotten: Arc<AtomicU64>,
}

impl<T: Clone + Send + Sync + 'static> Latest<T> {
    /// An empty cache, whose values are `fresh` for this long.
    #[must_use]
    pub fn new(fresh: Duration) -> Self {
        let kept = Cache::builder().max_capacity(1 + FORGOTTEN).eviction_policy(EvictionPolicy::lru());
        Self { kept: kept.time_to_live(fresh).build(), forgotten: Arc::default() }
    }

    /// The cached value, or the result of `read`. Concurrent callers share one read.
    ///
    /// # Errors
    /// Errors of `read`, which are not cached.
    pub async fn get<E: Send + Sync + 'static>(&self, read: impl Future<Output = Result<T, E>>) -> Result<T, Arc<E>> {
        let forgotten = self.forgotten.load(Ordering::SeqCst);
        // Usually the value is cached; then the large future of `read` need not be moved.
        match self.kept.get(&forgotten).await {
            Some(kept) => Ok(kept),
            None => self.kept.try_get_with(forgotten, read).await,
        }
    }

    /// Makes the next call read again, because something changed.
    pub fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::ready;

    use tokio::sync::oneshot;

    use super::*;

    fn kept_for_long() -> Latest<&'static str> {
        Latest::new(Duration::from_hours(1))
    }

    async fn get(latest: &Latest<&'static str>, now: &'static str) -> &'static str {
        latest.get(ready(Ok::<_, Infallible>(now))).await.unwrap()
    }

    #[tokio::test]
    async fn a_value_is_cached_until_it_is_invalidated() {
        let latest = kept_for_long();
        assert_eq!(get(&latest, "first").await, "first");
        assert_eq!(get(&latest, "second").await, "first");
        for _ in 0..3 * FORGOTTEN {
            latest.forget();
            assert_eq!(get(&latest, "third").await, "third");
            assert_eq!(get(&latest, "fourth").await, "third");
        }
    }

    #[tokio::test]
    async fn a_caller_after_a_change_does_not_get_a_value_from_an_earlier_read() {
        let latest = kept_for_long();
        let (answers, answer) = oneshot::channel();
        let (begins, begun) = oneshot::channel();
        let slow = {
            let latest = latest.clone();
            tokio::spawn(async move {
                let read = async {
                    begins.send(()).unwrap();
                    answer.await
                };
                latest.get(read).await.unwrap()
            })
        };
        begun.await.unwrap();
        latest.forget();
        assert_eq!(get(&latest, "after the change").await, "after the change");
        answers.send("before the change").unwrap();
        assert_eq!(slow.await.unwrap(), "before the change");
        assert_eq!(get(&latest, "later").await, "after the change");
    }
}
