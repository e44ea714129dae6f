//! The in-memory cache about people: administrators' decisions about API callers, and who has no new browser.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use rolecall_model::Role;

use crate::forgotten::{Forgotten, Ticket};

/// How many people are cached at most.
const CAPACITY: u64 = 50_000;
/// How long an unused entry is cached.
const KEEP_IDLE: Duration = Duration::from_secs(30 * 60);
/// How long, and for how many people, "no new browser" is cached.
const NO_NEW_BROWSER: Duration = Duration::from_secs(60);
const PEOPLE: u64 = 10_000;

/// The decisions about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Why they may not come in; `None` where they may.
    pub disabled: Option<String>,
    /// Whether the provider's directory says that they are not active.
    pub is_inactive: bool,
    /// The roles that were given here, each with its expiry, Unix milliseconds (UTC).
    pub(super) grants: Vec<(Role, Option<i64>)>,
}

impl Standing {
    /// The highest role that was given here, at `now_ms`.
    #[must_use]
    pub fn granted(&self, now_ms: i64) -> Option<Role> {
        let in_force = self.grants.iter().filter(|(_, ends_at_ms)| ends_at_ms.is_none_or(|end| end > now_ms));
        in_force.map(|(role, _)| *role).max()
    }
}

/// The cached decisions, by issuer and subject. Clones share them.
#[derive(Clone)]
pub struct Standings {
    held: Cache<(String, String), Arc<Standing>>,
    /// Keeps rows that were read before the cache was cleared out of it.
    forgotten: Forgotten,
}

impl Default for Standings {
    fn default() -> Self {
        let held = Cache::builder().max_capacity(CAPACITY).time_to_idle(KEEP_IDLE).build();
        Self { held, forgotten: Forgotten::default() }
    }
}

impl Standings {
    /// Clears the cache.
    pub(crate) fn forget_all(&self) {
        self.forgotten.forget(|| self.held.invalidate_all());
    }

    /// The cached decisions about the person with that issuer and subject.
    pub(super) fn find(&self, key: &(String, String)) -> Option<Arc<Standing>> {
        self.held.get(key)
    }

    /// Take this before reading a value that will be cached.
    pub(super) fn ticket(&self) -> Ticket {
        self.forgotten.ticket()
    }

    /// Caches a value, unless the cache was cleared since `ticket` was taken.
    pub(super) fn insert(&self, key: (String, String), standing: &Arc<Standing>, ticket: &Ticket) {
        self.forgotten.unless_since(ticket, || self.held.insert(key, Arc::clone(standing)));
    }
}

/// The people who recently had no new browser to show. Clones share them.
#[derive(Clone)]
pub(crate) struct NoNewBrowsers {
    people: Cache<i64, ()>,
    /// Keeps rows that were read before a person signed in out of the cache.
    forgotten: Forgotten,
}

impl Default for NoNewBrowsers {
    fn default() -> Self {
        let people = Cache::builder().max_capacity(PEOPLE).time_to_live(NO_NEW_BROWSER).build();
        Self { people, forgotten: Forgotten::default() }
    }
}

impl NoNewBrowsers {
    /// Whether "no new browser" is cached for the person `user_id`.
    pub(super) fn is_known_of(&self, user_id: i64) -> bool {
        self.people.contains_key(&user_id)
    }

    /// Take this before reading it.
    pub(super) fn ticket(&self) -> Ticket {
        self.forgotten.ticket()
    }

    /// Caches that there are none, unless a person signed in since `ticket` was taken.
    pub(super) fn insert(&self, user_id: i64, ticket: &Ticket) {
        self.forgotten.unless_since(ticket, || self.people.insert(user_id, ()));
    }

    /// Call this when the person `user_id` has signed in.
    pub(crate) fn forget(&self, user_id: i64) {
        self.forgotten.forget(|| self.people.invalidate(&user_id));
    }
}
