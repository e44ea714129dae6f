//! What is held in memory of people: what administrators have decided of those who call the API, and who has no new browser.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use rolecall_model::Role;

use crate::forgotten::{Forgotten, Ticket};

/// How many people are held at most.
const CAPACITY: u64 = 50_000;
/// How long one is held without being asked for.
const KEEP_IDLE: Duration = Duration::from_secs(30 * 60);
/// How long, and for how many people, it is remembered that somebody has no new browser to show.
const NO_NEW_BROWSER: Duration = Duration::from_secs(60);
const PEOPLE: u64 = 10_000;

/// What was decided of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Why they may not come in; `None` where they may.
    pub disabled: Option<String>,
    /// Whether the directory of the provider says that they are not active.
    pub is_inactive: bool,
    /// The roles that they were given here, each with its end, Unix milliseconds (UTC).
    pub(super) grants: Vec<(Role, Option<i64>)>,
}

impl Standing {
    /// The highest role that they were given here, at `now_ms`.
    #[must_use]
    pub fn granted(&self, now_ms: i64) -> Option<Role> {
        let in_force = self.grants.iter().filter(|(_, ends_at_ms)| ends_at_ms.is_none_or(|end| end > now_ms));
        in_force.map(|(role, _)| *role).max()
    }
}

/// The standings that are held, by issuer and subject. Clones share them.
#[derive(Clone)]
pub struct Standings {
    held: Cache<(String, String), Arc<Standing>>,
    /// What was read before all were forgotten is not held after.
    forgotten: Forgotten,
}

impl Default for Standings {
    fn default() -> Self {
        let held = Cache::builder().max_capacity(CAPACITY).time_to_idle(KEEP_IDLE).build();
        Self { held, forgotten: Forgotten::default() }
    }
}

impl Standings {
    /// Lets go of all.
    pub(crate) fn forget_all(&self) {
        self.forgotten.forget(|| self.held.invalidate_all());
    }

    /// What is held of the person of that issuer and subject.
    pub(super) fn find(&self, key: &(String, String)) -> Option<Arc<Standing>> {
        self.held.get(key)
    }

    /// To be taken before something is read that will be held.
    pub(super) fn ticket(&self) -> Ticket {
        self.forgotten.ticket()
    }

    /// Holds what was read, unless all was forgotten since `ticket` was taken.
    pub(super) fn insert(&self, key: (String, String), standing: &Arc<Standing>, ticket: &Ticket) {
        self.forgotten.unless_since(ticket, || self.held.insert(key, Arc::clone(standing)));
    }
}

/// The people who lately had no new browser to show. Clones share them.
#[derive(Clone)]
pub(crate) struct NoNewBrowsers {
    people: Cache<i64, ()>,
    /// What was read before somebody signed in is not held after.
    forgotten: Forgotten,
}

impl Default for NoNewBrowsers {
    fn default() -> Self {
        let people = Cache::builder().max_capacity(PEOPLE).time_to_live(NO_NEW_BROWSER).build();
        Self { people, forgotten: Forgotten::default() }
    }
}

impl NoNewBrowsers {
    /// Whether it is known of the person `user_id`.
    pub(super) fn is_known_of(&self, user_id: i64) -> bool {
        self.people.contains_key(&user_id)
    }

    /// To be taken before it is read.
    pub(super) fn ticket(&self) -> Ticket {
        self.forgotten.ticket()
    }

    /// Holds that there are none, unless somebody signed in since `ticket` was taken.
    pub(super) fn insert(&self, user_id: i64, ticket: &Ticket) {
        self.forgotten.unless_since(ticket, || self.people.insert(user_id, ()));
    }

    /// To be called when the person `user_id` has signed in.
    pub(crate) fn forget(&self, user_id: i64) {
        self.forgotten.forget(|| self.people.invalidate(&user_id));
    }
}
