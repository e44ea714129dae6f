//! What administrators have decided of people who call the API, held in memory.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use rolecall_model::Role;

/// How many people are held at most.
const CAPACITY: u64 = 50_000;
/// How long one is held without being asked for.
const KEEP_IDLE: Duration = Duration::from_secs(30 * 60);

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
    /// Counts how often all were forgotten: what was read before is not held after.
    forgotten: Arc<Mutex<u64>>,
}

impl Default for Standings {
    fn default() -> Self {
        let held = Cache::builder().max_capacity(CAPACITY).time_to_idle(KEEP_IDLE).build();
        Self { held, forgotten: Arc::default() }
    }
}

impl Standings {
    /// Lets go of all.
    pub(crate) fn forget_all(&self) {
        *self.forgotten.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.held.invalidate_all();
    }

    /// What is held of the person of that issuer and subject.
    pub(super) fn find(&self, key: &(String, String)) -> Option<Arc<Standing>> {
        self.held.get(key)
    }

    /// To be taken before something is read that will be held.
    pub(super) fn count(&self) -> u64 {
        *self.forgotten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds what was read, unless all was forgotten since `count` was taken.
    pub(super) fn insert(&self, key: (String, String), standing: &Arc<Standing>, count: u64) {
        let forgotten = self.forgotten.lock().unwrap_or_else(PoisonError::into_inner);
        if *forgotten == count {
            self.held.insert(key, Arc::clone(standing));
        }
    }
}
