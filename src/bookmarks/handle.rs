//! Keeps what people mark, and gathers what they look at until it is stored.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::future::Cache;
use rolecall_sign_in::Clock;
use rolecall_sign_in::db::Db;
use tokio::time::MissedTickBehavior;

use super::mark::{Marks, Thing};
use super::store;

/// How long what was read is as good as read again: other instances change it, too.
const FRESH: Duration = Duration::from_secs(5);
/// Of how many people it is kept at once.
const PEOPLE: u64 = 10_000;
/// How often what people looked at is stored.
const STORE_EVERY: Duration = Duration::from_mins(1);
/// How many visits wait for a database that does not answer. Others are let go.
const MOST_WAITING: usize = 50_000;

/// What people marked and looked at. Clones share everything.
#[derive(Clone)]
pub struct Bookmarks(Arc<Shared>);

struct Shared {
    db: Db,
    clock: Clock,
    read: Cache<i64, Arc<Marks>>,
    /// When each person looked at something last, as far as it is not stored yet.
    visits: Mutex<HashMap<(i64, Thing), i64>>,
}

impl Bookmarks {
    /// Those in `db`. Time is what `clock` says.
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        let read = Cache::builder().max_capacity(PEOPLE).time_to_live(FRESH).build();
        Self(Arc::new(Shared { db, clock, read, visits: Mutex::default() }))
    }

    /// What the person `user` marked and looked at: from memory, or by one short query.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(&self, user: i64) -> Result<Arc<Marks>, Arc<sqlx::Error>> {
        self.0.read.try_get_with(user, self.read(user)).await
    }

    /// Makes `thing` a favourite of the person `user`, or one no more. Whether there is such a thing for the person was decided
    /// before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_favourite(&self, user: i64, thing: &Thing, is_favourite: bool) -> Result<(), sqlx::Error> {
        store::set_favourite(&self.0.db, user, thing, is_favourite.then(|| self.0.clock.now_ms())).await?;
        if let Some(marks) = self.0.read.get(&user).await {
            marks.set_favourite(thing, is_favourite);
        }
        Ok(())
    }

    /// The person `user` looks at `thing` now. Nothing waits for the database.
    pub async fn visited(&self, user: i64, thing: Thing) {
        let now_ms = self.0.clock.now_ms();
        if let Some(marks) = self.0.read.get(&user).await {
            marks.set_visited(&thing, now_ms);
        }
        let mut visits = self.visits();
        if visits.len() < MOST_WAITING || visits.contains_key(&(user, thing.clone())) {
            visits.insert((user, thing), now_ms);
        }
    }

    /// Stores what people looked at so far, and deletes what is too old to be of use.
    ///
    /// # Errors
    /// When the database does not answer. Nothing is lost then.
    pub async fn store(&self) -> Result<(), sqlx::Error> {
        let stored = self.visits().clone();
        if !stored.is_empty() {
            store::write_visits(&self.0.db, &stored).await?;
            self.visits().retain(|visit, at_ms| stored.get(visit) != Some(at_ms));
        }
        store::delete_old(&self.0.db, self.0.clock.now_ms()).await
    }

    /// Stores what people looked at once a minute, for ever.
    pub async fn keep_up(&self) {
        let mut ticks = tokio::time::interval(STORE_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.store().await {
                tracing::warn!(?error, "what people looked at cannot be stored at the moment");
            }
        }
    }

    async fn read(&self, user: i64) -> Result<Arc<Marks>, sqlx::Error> {
        let marks = store::marks(&self.0.db, user).await?;
        for ((_, thing), at_ms) in self.visits().iter().filter(|((of, _), _)| *of == user) {
            marks.set_visited(thing, *at_ms);
        }
        Ok(Arc::new(marks))
    }

    fn visits(&self) -> MutexGuard<'_, HashMap<(i64, Thing), i64>> {
        self.0.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
