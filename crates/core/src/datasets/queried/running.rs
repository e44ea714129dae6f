//! The snapshots in progress in this instance.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{BoxFuture, Shared};

/// A snapshot in progress, which several requests can wait for.
pub type Refresh = Shared<BoxFuture<'static, ()>>;

/// The data sets, by id, whose snapshots are in progress.
pub type RunningRefreshes = Arc<Mutex<HashMap<String, Refresh>>>;

/// Removes the data set `id` from those in progress when dropped, even after a panic.
pub struct Ending {
    pub running: RunningRefreshes,
    pub id: String,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn what_panics_is_not_being_made_any_more() {
        let running = RunningRefreshes::default();
        let refresh: Refresh = async {}.boxed().shared();
        running.lock().unwrap().insert("one".to_owned(), refresh);
        let ending = Ending { running: Arc::clone(&running), id: "one".to_owned() };
        let made = tokio::spawn(async move {
            let _ending = ending;
            panic!("the snapshot cannot be made");
        });
        assert!(made.await.is_err());
        assert!(running.lock().unwrap().is_empty());
    }
}
