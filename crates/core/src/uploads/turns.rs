//! Limits how many files are read at the same time: in total, and one for each person, so that nobody blocks the
//! others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

/// The slots for reading files.
#[derive(Debug)]
pub(super) struct Turns {
    places: Arc<Semaphore>,
    people: StdMutex<HashMap<i64, Arc<Mutex<()>>>>,
}

/// A slot, taken until this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _of_person: OwnedMutexGuard<()>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// A number of slots.
    pub(super) fn new(places: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), people: StdMutex::default() }
    }

    /// Waits until no other file of the user `owner` is being read, and a slot is free.
    pub(super) async fn take(&self, owner: i64) -> Turn {
        let of_person = self.of(owner).lock_owned().await;
        // The semaphore is never closed.
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        Turn { _of_person: of_person, _place: place }
    }

    fn of(&self, owner: i64) -> Arc<Mutex<()>> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(people.entry(owner).or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt as _;

    use super::*;

    // Case: uploads/one-file-each
    #[tokio::test]
    async fn one_person_cannot_take_the_places_of_others() {
        let turns = Turns::new(2);
        let first = turns.take(1).await;
        let mut second = pin!(turns.take(1));
        assert!(second.as_mut().now_or_never().is_none(), "two files of one person are read at once");
        let other = turns.take(2).await;
        let mut third = pin!(turns.take(3));
        assert!(third.as_mut().now_or_never().is_none(), "three files are read at once");
        drop(other);
        assert!(third.as_mut().now_or_never().is_some());
        drop(first);
        assert!(second.as_mut().now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_waiter_that_left_is_removed() {
        let turns = Turns::new(2);
        for owner in 0..10 {
            drop(turns.take(owner).await);
        }
        drop(turns.take(99).await);
        assert_eq!(turns.people.lock().unwrap().len(), 1);
    }
}
