//! Cookie sessions held in memory, in front of a store. Code that only needs to know where one points to reads it
//! there, without a copy.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use moka::Expiry;
use moka::sync::Cache;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::Result;

use crate::clock::Clock;
use crate::forgotten::Forgotten;

/// How many cookie sessions are held at most.
const CAPACITY: u64 = 50_000;

/// A store whose sessions are held in memory as well, until they are changed, deleted or expired.
#[derive(Clone, Debug)]
pub struct HeldStore<S> {
    held: Cache<Id, Arc<Record>>,
    /// Keeps sessions that were read before a change out of memory.
    forgotten: Forgotten,
    inner: S,
}

impl<S> HeldStore<S> {
    /// A store in front of `inner`.
    pub(super) fn new(inner: S) -> Self {
        let held = Cache::builder().max_capacity(CAPACITY).expire_after(UntilExpired(Clock::system())).build();
        Self { held, forgotten: Forgotten::default(), inner }
    }

    /// The session `id`, if it is held.
    pub(super) fn held(&self, id: &Id) -> Option<Arc<Record>> {
        self.held.get(id)
    }

    /// The result of `change`, which changes the session `id` in the inner store. Afterwards the old one is not held.
    async fn changed<T>(&self, id: &Id, change: impl Future<Output = T>) -> T {
        let forget = || self.forgotten.forget(|| self.held.invalidate(id));
        // Before it, because the caller may be cancelled before its end; and after it, because the session may have
        // been read in the meantime.
        forget();
        let changed = change.await;
        forget();
        changed
    }
}

#[async_trait]
impl<S: SessionStore> SessionStore for HeldStore<S> {
    async fn create(&self, record: &mut Record) -> Result<()> {
        self.inner.create(record).await?;
        // Nobody knows its id yet, so nobody can have changed it.
        self.held.insert(record.id, Arc::new(record.clone()));
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.changed(&record.id, self.inner.save(record)).await
    }

    async fn load(&self, session_id: &Id) -> Result<Option<Record>> {
        if let Some(held) = self.held(session_id) {
            return Ok(Some(Record::clone(&held)));
        }
        let ticket = self.forgotten.ticket();
        let loaded = self.inner.load(session_id).await?;
        if let Some(record) = &loaded {
            self.forgotten.unless_since(&ticket, || self.held.insert(*session_id, Arc::new(record.clone())));
        }
        Ok(loaded)
    }

    async fn delete(&self, session_id: &Id) -> Result<()> {
        self.changed(session_id, self.inner.delete(session_id)).await
    }
}

/// Holds each session until it expires, by the system's clock, which the inner store uses too.
struct UntilExpired(Clock);

impl UntilExpired {
    /// How long `record` lasts from now on.
    fn left(&self, record: &Record) -> Duration {
        let left_ms = record.expiry_date.unix_timestamp().saturating_mul(1000).saturating_sub(self.0.now_ms());
        Duration::from_millis(u64::try_from(left_ms).unwrap_or_default())
    }
}

impl Expiry<Id, Arc<Record>> for UntilExpired {
    fn expire_after_create(&self, _: &Id, record: &Arc<Record>, _: Instant) -> Option<Duration> {
        Some(self.left(record))
    }

    fn expire_after_update(&self, _: &Id, record: &Arc<Record>, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(self.left(record))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Mutex;

    use time::OffsetDateTime;

    use super::*;

    const ID: Id = Id(1);

    /// A store that takes whatever it is given.
    #[derive(Debug, Default)]
    struct Table(Mutex<HashMap<Id, Record>>);

    #[async_trait]
    impl SessionStore for Table {
        async fn create(&self, record: &mut Record) -> Result<()> {
            self.save(record).await
        }

        async fn save(&self, record: &Record) -> Result<()> {
            self.0.lock().unwrap().insert(record.id, record.clone());
            Ok(())
        }

        async fn load(&self, session_id: &Id) -> Result<Option<Record>> {
            Ok(self.0.lock().unwrap().get(session_id).cloned())
        }

        async fn delete(&self, session_id: &Id) -> Result<()> {
            self.0.lock().unwrap().remove(session_id);
            Ok(())
        }
    }

    fn record(end_s: i64) -> Record {
        let expiry_date = OffsetDateTime::from_unix_timestamp(end_s).unwrap();
        Record { id: ID, data: HashMap::new(), expiry_date }
    }

    fn now_s() -> i64 {
        Clock::system().now_ms() / 1000
    }

    #[tokio::test]
    async fn a_session_is_held_until_it_is_changed_or_deleted() {
        let (store, end_s) = (HeldStore::new(Table::default()), now_s() + 3600);
        store.create(&mut record(end_s)).await.unwrap();
        assert_eq!(store.held(&ID).as_deref(), Some(&record(end_s)));

        store.save(&record(end_s + 1)).await.unwrap();
        assert!(store.held(&ID).is_none(), "the old one is not held");
        assert_eq!(store.load(&ID).await.unwrap(), Some(record(end_s + 1)));
        assert_eq!(store.held(&ID).as_deref(), Some(&record(end_s + 1)));

        store.delete(&ID).await.unwrap();
        assert!(store.held(&ID).is_none());
        assert_eq!(store.load(&ID).await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_has_expired_is_not_held() {
        let store = HeldStore::new(Table::default());
        store.create(&mut record(now_s() - 1)).await.unwrap();
        assert!(store.held(&ID).is_none());
    }

    #[tokio::test]
    async fn what_is_read_while_it_is_changed_is_not_held() {
        let store = HeldStore::new(Table::default());
        store.inner.save(&record(now_s() + 3600)).await.unwrap();
        assert!(store.changed(&ID, store.load(&ID)).await.unwrap().is_some());
        assert!(store.held(&ID).is_none());
    }
}
