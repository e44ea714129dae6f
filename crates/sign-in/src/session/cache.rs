//! Live sign-ins cached in memory, so that checking one needs no query. Every revocation must go through here.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::watch;

use super::sign_in::SignIn;
use crate::forgotten::{Forgotten, Ticket};

/// How many sign-ins are cached at most: about 1 kB each.
const CAPACITY: u64 = 50_000;
/// How long an unused sign-in is cached.
const KEEP_IDLE: Duration = Duration::from_secs(30 * 60);
/// Below this number of watched sign-ins no cleanup of unwatched ones is worth its cost.
const LEAST_CLEARED: usize = 64;

/// The cached sign-ins. Clones share them.
#[derive(Clone)]
pub struct LiveSignIns {
    held: Cache<String, CachedSignIn>,
    /// Whether the cache may be used: not while revocations by other instances cannot be received.
    trusted: Arc<AtomicBool>,
    /// Keeps rows that were read before a revocation out of the cache.
    forgotten: Forgotten,
    watched: Arc<Mutex<Watched>>,
}

/// The sign-ins that are being watched, by their ids.
#[derive(Default)]
struct Watched {
    by_id: HashMap<String, watch::Sender<()>>,
    /// At how many entries those without a watcher are removed.
    clear_at: usize,
}

/// Reports that a sign-in may have changed or ended, here or at another instance. Its record tells whether it did.
pub struct SignInChanges(watch::Receiver<()>);

impl SignInChanges {
    /// Waits for the next change.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// A sign-in, and when it was last seen.
#[derive(Clone)]
pub struct CachedSignIn {
    /// The sign-in.
    pub sign_in: Arc<SignIn>,
    last_seen_ms: Arc<AtomicI64>,
    written_ms: Arc<AtomicI64>,
}

impl Default for LiveSignIns {
    fn default() -> Self {
        let held = Cache::builder().max_capacity(CAPACITY).time_to_idle(KEEP_IDLE).build();
        Self {
            held,
            trusted: Arc::new(AtomicBool::new(true)),
            forgotten: Forgotten::default(),
            watched: Arc::default(),
        }
    }
}

impl LiveSignIns {
    /// The sign-in `id`, if it is cached and the cache may be used.
    pub fn find(&self, id: &str) -> Option<CachedSignIn> {
        self.held.get(id).filter(|_| self.trusted.load(Ordering::Acquire))
    }

    /// Whether the cache may be used.
    pub fn is_trusted(&self) -> bool {
        self.trusted.load(Ordering::Acquire)
    }

    /// Sets whether the cache may be used from now on.
    pub fn set_trusted(&self, trusted: bool) {
        self.trusted.store(trusted, Ordering::Release);
    }

    /// Take this before reading a row that will be cached.
    pub fn ticket(&self) -> Ticket {
        self.forgotten.ticket()
    }

    /// Caches the row, unless something was dropped since `ticket` was taken.
    pub fn insert(&self, sign_in: SignIn, last_seen_ms: i64, ticket: &Ticket) -> CachedSignIn {
        let cached = CachedSignIn {
            sign_in: Arc::new(sign_in),
            last_seen_ms: Arc::new(AtomicI64::new(last_seen_ms)),
            written_ms: Arc::new(AtomicI64::new(last_seen_ms)),
        };
        self.forgotten.unless_since(ticket, || self.held.insert(cached.sign_in.id.clone(), cached.clone()));
        cached
    }

    /// Drops the sign-in `id` from the cache, because it changed.
    pub fn forget(&self, id: &str) {
        self.forgotten.forget(|| self.held.invalidate(id));
        if let Some(watched) = self.watched.lock().unwrap_or_else(PoisonError::into_inner).by_id.get(id) {
            watched.send_replace(());
        }
    }

    /// Clears the cache.
    pub fn forget_all(&self) {
        self.forgotten.forget(|| self.held.invalidate_all());
        for watched in self.watched.lock().unwrap_or_else(PoisonError::into_inner).by_id.values() {
            watched.send_replace(());
        }
    }

    /// Watches the sign-in `id` for changes from now on.
    pub fn watch(&self, id: &str) -> SignInChanges {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if watched.by_id.len() >= watched.clear_at {
            watched.by_id.retain(|_, sender| sender.receiver_count() > 0);
            watched.clear_at = (2 * watched.by_id.len()).max(LEAST_CLEARED);
        }
        SignInChanges(watched.by_id.entry(id.to_owned()).or_insert_with(|| watch::Sender::new(())).subscribe())
    }
}

impl CachedSignIn {
    /// When the sign-in was last seen, Unix milliseconds (UTC).
    pub fn last_seen_ms(&self) -> i64 {
        self.last_seen_ms.load(Ordering::Relaxed)
    }

    /// Notes that the sign-in was seen at `now_ms`. Returns whether the caller must write that: one caller every
    /// `every_ms`.
    pub fn touch(&self, now_ms: i64, every_ms: i64) -> bool {
        self.last_seen_ms.fetch_max(now_ms, Ordering::Relaxed);
        let written = self.written_ms.load(Ordering::Relaxed);
        now_ms - written >= every_ms
            && self.written_ms.compare_exchange(written, now_ms, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Notes that the sign-in was seen at `at_ms` at another instance, which has already written it.
    pub fn was_seen(&self, at_ms: i64) {
        self.last_seen_ms.fetch_max(at_ms, Ordering::Relaxed);
    }

    /// Undoes the note of [`touch`](Self::touch) after a failed write: the next caller writes.
    pub fn touch_failed(&self) {
        self.written_ms.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use rolecall_model::CurrentUser;

    use super::*;

    fn sign_in() -> SignIn {
        let user = CurrentUser { name: "Ada".into(), email: None, role: None, provider: "demo".into() };
        SignIn {
            id: "1".into(),
            user_id: 1,
            provider: "demo".into(),
            user,
            user_json: OnceLock::new(),
            created_at_ms: 0,
            roles_read_at_ms: 0,
            authenticated_at_ms: None,
            refresh_at_ms: None,
            tokens_end_at_ms: None,
            provider_role: None,
            view_as: None,
            role_changes_at_ms: None,
        }
    }

    #[test]
    fn what_was_read_before_a_revocation_is_not_held_after_it() {
        let live = LiveSignIns::default();
        let ticket = live.ticket();
        live.forget("1");
        live.insert(sign_in(), 0, &ticket);
        assert!(live.find("1").is_none());
        live.insert(sign_in(), 0, &live.ticket());
        assert!(live.find("1").is_some());
    }

    #[tokio::test]
    async fn whoever_watches_a_sign_in_hears_of_it_alone() {
        let live = LiveSignIns::default();
        let (mut first, mut second) = (live.watch("1"), live.watch("2"));
        live.forget("1");
        first.changed().await;
        assert!(!second.0.has_changed().unwrap());
        live.forget_all();
        first.changed().await;
        second.changed().await;
    }

    #[test]
    fn what_nobody_watches_any_more_takes_no_room() {
        let live = LiveSignIns::default();
        let kept = live.watch("kept");
        for id in 0..10 * LEAST_CLEARED {
            drop(live.watch(&id.to_string()));
        }
        let watched = live.watched.lock().unwrap();
        assert!(watched.by_id.len() <= LEAST_CLEARED, "{}", watched.by_id.len());
        assert!(watched.by_id.contains_key("kept"));
        drop(kept);
    }

    // Case: session/reading-is-activity
    #[test]
    fn being_seen_is_written_once_a_minute_and_remembered_at_once() {
        let live = LiveSignIns::default();
        let seen = live.insert(sign_in(), 0, &live.ticket());
        assert!(!seen.touch(59_999, 60_000));
        assert_eq!(seen.last_seen_ms(), 59_999);
        assert!(seen.touch(60_000, 60_000));
        assert!(!seen.touch(60_001, 60_000));
    }
}
