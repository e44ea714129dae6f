//! Keeps what people mark, and gathers what they look at until it is stored.

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

/// How old what was read may be where it is the content of a page: other instances change it, too.
const FRESH_MS: i64 = 5_000;
/// How old it may be where a page only has a star.
const STAR: Duration = Duration::from_mins(1);
/// How long it is known that somebody marked something here: longer than a reading takes that began before.
const MARKED: Duration = Duration::from_mins(5);
/// Of how many people it is kept at once.
const PEOPLE: u64 = 10_000;
/// How often what people looked at is stored.
const STORE_EVERY: Duration = Duration::from_mins(1);
/// How often what is gone is looked for, and for how long nobody may have marked or looked at it: as long as a deleted dashboard can be
/// restored.
const FORGET_EVERY: Duration = Duration::from_hours(24);
const GONE_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How many visits wait for a database that does not answer. Others are let go.
const MOST_WAITING: usize = 50_000;

/// What people marked and looked at. Clones share everything.
#[derive(Clone)]
pub struct Bookmarks(Arc<Shared>);

struct Shared {
    db: Db,
    clock: Clock,
    read: Cache<i64, Arc<Read>>,
    /// How often somebody marked something here.
    writes: AtomicU64,
    /// Which of these was the last of each person.
    last_write: Cache<i64, u64>,
    /// When each person looked at something last, as far as it is not stored yet.
    visits: Mutex<HashMap<(i64, Thing), i64>>,
}

/// What was read of a person.
struct Read {
    marks: Arc<Marks>,
    /// When the reading began, Unix milliseconds (UTC).
    at_ms: i64,
    /// How many writes there had been here by then.
    writes: u64,
}

impl Bookmarks {
    /// Those in `db`. Time is what `clock` says.
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        let read = Cache::builder().max_capacity(PEOPLE).time_to_live(STAR).build();
        let last_write = Cache::builder().max_capacity(PEOPLE).time_to_live(MARKED).build();
        Self(Arc::new(Shared { db, clock, read, writes: AtomicU64::new(0), last_write, visits: Mutex::default() }))
    }

    /// What the person `user` marked and looked at, a few seconds old at most: from memory, or by one short query. What was marked
    /// here is always in it.
    pub async fn of(&self, user: i64) -> Result<Arc<Marks>, sqlx::Error> {
        let oldest_ms = self.0.clock.now_ms() - FRESH_MS;
        match self.known(user).await {
            Some(read) if read.at_ms >= oldest_ms => Ok(Arc::clone(&read.marks)),
            _ => self.read(user).await,
        }
    }

    /// The same for a page that has no more of it than stars: what another instance changed can take a minute to be seen.
    pub async fn stars_of(&self, user: i64) -> Result<Arc<Marks>, sqlx::Error> {
        match self.known(user).await {
            Some(read) => Ok(Arc::clone(&read.marks)),
            None => self.read(user).await,
        }
    }

    /// Makes `thing` a favourite of the person `user`, or ends that. Whether there is such a thing for the person was decided
    /// before.
    pub async fn set_favourite(&self, user: i64, thing: &Thing, is_favourite: bool) -> Result<(), sqlx::Error> {
        store::set_favourite(&self.0.db, user, thing, is_favourite.then(|| self.0.clock.now_ms())).await?;
        let write = self.0.writes.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.last_write.insert(user, write).await;
        Ok(())
    }

    /// The person `user` looks at `thing` now. Nothing waits for the database.
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

    /// Forgets what is gone for ever: names of no stored dashboard that nobody has marked or looked at for long, and for which
    /// `is_there` knows no file and no app. An instance that misses one of them for a day takes nothing away.
    pub async fn forget_gone(&self, is_there: impl Fn(&Thing) -> bool) -> Result<(), sqlx::Error> {
        let unseen = store::long_unseen(&self.0.db, self.0.clock.now_ms() - GONE_MS).await?;
        for thing in unseen.iter().filter(|thing| !is_there(thing)) {
            store::forget(&self.0.db, thing).await?;
        }
        Ok(())
    }

    /// Stores what people looked at once a minute, and forgets once a day what is gone, for ever. `is_there` says whether something
    /// is a file or an app.
    pub async fn keep_up(&self, is_there: impl Fn(&Thing) -> bool) {
        let (mut storing, mut forgetting) = (interval(STORE_EVERY), interval(FORGET_EVERY));
        storing.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let kept_up = tokio::select! {
                _ = storing.tick() => self.store().await,
                _ = forgetting.tick() => self.forget_gone(&is_there).await,
            };
            if let Err(error) = kept_up {
                tracing::warn!(?error, "what people marked and looked at cannot be stored at the moment");
            }
        }
    }

    /// What is in memory of a person, unless they marked something since.
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
