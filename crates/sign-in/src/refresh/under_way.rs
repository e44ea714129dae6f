//! The refreshes in progress, so that other requests can join them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, join_all};
use tracing::Instrument as _;

/// The refreshes in progress in this instance, by sign-in.
#[derive(Clone, Default)]
pub struct Refreshes(Arc<Mutex<HashMap<String, Shared<BoxFuture<'static, ()>>>>>);

impl Refreshes {
    /// The refresh of the sign-in `id` in progress, or a new one from `begin`.
    pub(super) fn join<F>(&self, id: &str, begin: impl FnOnce() -> F) -> Shared<BoxFuture<'static, ()>>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(refresh) = under_way.get(id) {
            return refresh.clone();
        }
        let entry = Entry { refreshes: self.clone(), id: id.to_owned() };
        let refresh = begin();
        // In the span of the first request that needed it, for the log.
        let task = tokio::spawn(
            async move {
                let _entry = entry;
                refresh.await;
            }
            .in_current_span(),
        );
        let refresh = task.map(|_| ()).boxed().shared();
        under_way.insert(id.to_owned(), refresh.clone());
        refresh
    }

    /// Completes when all refreshes in progress have ended.
    pub(super) async fn finished(&self) {
        let under_way: Vec<_> = self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        join_all(under_way).await;
    }
}

/// Keeps a refresh on the list until it is dropped: at its end, whatever the result.
struct Entry {
    refreshes: Refreshes,
    id: String,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.refreshes.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
