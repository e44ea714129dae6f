//! People's bookmarks and visits; visits are collected before they are stored.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::future::Cache;
use rolecall_sign_in::Clock;
use rolecall_sign_in::db::Db;
use tokio::time::{MissedTickBehavior, interval};

use super::mark::{Marks, Thing};
use super::store;

/// How old cached bookmarks may be on pages that list them: other instances change them, too.
const FRESH_MS: i64 = 5_000;
/// How old they may be on pages that only show a star.
const STAR: Duration = Duration::from_mins(1);
/// How long a change made here is remembered: longer than a read that began before it can take.
const MARKED: Duration = Duration::from_mins(5);
/// For how many people it is cached.
const PEOPLE: u64 = 10_000;
/// How often visits are stored.
const STORE_EVERY: Duration = Duration::from_mins(1);
/// How often bookmarks of deleted things are cleaned up, and how long they must be unused before: as long as a deleted
/// dashboard can be restored.
const FORGET_EVERY: Duration = Duration::from_hours(24);
const GONE_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How many visits wait while the database does not answer. More are dropped.
const MOST_WAITING: usize = 50_000;

/// People's bookmarks and visits. Clones share everything.
#[derive(Clone)]
pub struct Bookmarks(Arc<SharedBookmarks>);

struct SharedBookmarks {
    db: Db,
    clock: Clock,
    read: Cache<i64, Arc<Read>>,
    /// How many changes were made here.
    writes: AtomicU64,
    /// The number of each person's last change.
    last_write: Cache<i64, u64>,
    /// Each person's latest visits that are not stored yet.
    visits: Mutex<HashMap<(i64, Thing), i64>>,
}

/// The cached bookmarks of a person.
struct Read {
    marks: Arc<Marks>,
    /// When the read began, Unix milliseconds (UTC).
    at_ms: i64,
    /// How many changes had been made here by then.
    writes: u64,
}

impl Bookmarks {
    /// The bookmarks in `db`, with the time from `clock`.
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        let read = Cache::builder().max_capacity(PEOPLE).time_to_live(STAR).build();
        let last_write = Cache::builder().max_capacity(PEOPLE).time_to_live(MARKED).build();
        Self(Arc::new(SharedBookmarks {
            db,
            clock,
            read,
            writes: AtomicU64::new(0),
            last_write,
            visits: Mutex::default(),
        }))
    }

    /// The bookmarks and visits of the person `user`, at most a few seconds old: from the cache, or by one short query.
    /// Changes made here are always included.
    pub async fn of(&self, user: i64) -> Result<Arc<Marks>, sqlx::Error> {
        let oldest_ms = self.0.clock.now_ms() - FRESH_MS;
        match self.known(user).await {
            Some(read) if read.at_ms >= oldest_ms => Ok(Arc::clone(&read.marks)),
            _ => self.read(user).await,
        }
    }

    /// The same for a page that only shows stars: changes by another instance can take a minute to appear.
    pub async fn stars_of(&self, user: i64) -> Result<Arc<Marks>, sqlx::Error> {
        match self.known(user).await {
            Some(read) => Ok(Arc::clone(&read.marks)),
            None => self.read(user).await,
        }
    }

    /// Makes `thing` a favourite of the person `user`, or removes it. The caller has checked that the thing exists for
    /// the person.
    pub async fn set_favourite(&self, user: i64, thing: &Thing, is_favourite: bool) -> Result<(), sqlx::Error> {
        store::set_favourite(&self.0.db, user, thing, is_favourite.then(|| self.0.clock.now_ms())).await?;
        let write = self.0.writes.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.last_write.insert(user, write).await;
        Ok(())
    }

    /// Records that the person `user` looks at `thing` now. The caller does not wait for the database.
    pub async fn visited(&self, user: i64, thing: Thing) {
        let now_ms = self.0.clock.now_ms();
        if let Some(read) = self.0.read.get(&user).await {
            read.marks.set_visited(&thing, now_ms);
        }
        let mut visits = self.visits();
        if visits.len() < MOST_WAITING || visits.contains_key(&(user, thing.clone())) {
            visits.insert((user, thing), now_ms);
        }
    }

    /// Stores the visits so far, and deletes those that are too old to be of use.
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

    /// Deletes bookmarks of things that no longer exist: names that are not stored dashboards, that were unused for a
    /// long time, and for which `is_there` knows neither a file nor an app. On an instance that lacks one of them for a
    /// day, nothing is deleted.
    pub async fn forget_gone(&self, is_there: impl Fn(&Thing) -> bool) -> Result<(), sqlx::Error> {
        let unseen = store::long_unseen(&self.0.db, self.0.clock.now_ms() - GONE_MS).await?;
        for thing in unseen.iter().filter(|thing| !is_there(thing)) {
            store::forget(&self.0.db, thing).await?;
        }
        Ok(())
    }

    /// Runs for ever: stores visits once a minute, and cleans up once a day. `is_there` tells whether something is a
    /// file or an app.
    pub async fn keep_up(&self, is_there: impl Fn(&Thing) -> bool) {
        let (mut storing, mut forgetting) = (interval(STORE_EVERY), interval(FORGET_EVERY));
        storing.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let kept_up = tokio::select! {
                _ = storing.tick() => self.store().await,
                _ = forgetting.tick() => self.forget_gone(&is_there).await,
            };
            if let Err(error) = kept_up {
                tracing::warn!(?error, "bookmarks and visits cannot be stored at the moment");
            }
        }
    }

    /// The cached bookmarks of a person, unless they changed something since.
    async fn known(&self, user: i64) -> Option<Arc<Read>> {
        let last_write = self.0.last_write.get(&user).await.unwrap_or_default();
        self.0.read.get(&user).await.filter(|read| read.writes >= last_write)
    }

    async fn read(&self, user: i64) -> Result<Arc<Marks>, sqlx::Error> {
        let (at_ms, writes) = (self.0.clock.now_ms(), self.0.writes.load(Ordering::SeqCst));
        let marks = Arc::new(store::marks(&self.0.db, user).await?);
        for ((_, thing), at_ms) in self.visits().iter().filter(|((of, _), _)| *of == user) {
            marks.set_visited(thing, *at_ms);
        }
        self.0.read.insert(user, Arc::new(Read { marks: Arc::clone(&marks), at_ms, writes })).await;
        Ok(marks)
    }

    fn visits(&self) -> MutexGuard<'_, HashMap<(i64, Thing), i64>> {
        self.0.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
