//! Counts events, and stores the counts in the database.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rolecall_sign_in::db::Db;
use rolecall_sign_in::{Clock, Event};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::slot::{Refusal, Slot};
use super::store;

/// The length of a period.
const SLOT_MS: i64 = 10 * 60 * 1000;
/// How many periods wait while the database does not answer. Older ones are dropped.
const MOST_WAITING: usize = 36;
/// How often counts are stored.
const STORE_EVERY: Duration = Duration::from_mins(1);

/// Statistics about Rolecall itself. Clones share the counts.
#[derive(Clone)]
pub struct Statistics(Arc<SharedStatistics>);

struct SharedStatistics {
    clock: Clock,
    /// Distinguishes this process from others that count in the same periods.
    instance: String,
    slots: Mutex<Slots>,
}

/// The current period, and earlier ones that are not stored completely.
struct Slots {
    current: Slot,
    ended: VecDeque<Slot>,
}

impl Slots {
    /// The period of `now_ms`.
    fn at(&mut self, now_ms: i64) -> &mut Slot {
        let begins_ms = now_ms - now_ms.rem_euclid(SLOT_MS);
        if self.current.begins_ms != begins_ms {
            let ended = std::mem::replace(&mut self.current, Slot::begun(begins_ms));
            self.ended.push_back(ended);
            if self.ended.len() > MOST_WAITING {
                self.ended.pop_front();
            }
        }
        &mut self.current
    }
}

impl Statistics {
    /// Empty counts, with the time from `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let current = Slot::begun(clock.now_ms() - clock.now_ms().rem_euclid(SLOT_MS));
        let slots = Mutex::new(Slots { current, ended: VecDeque::new() });
        Self(Arc::new(SharedStatistics { clock, instance: Uuid::new_v4().simple().to_string(), slots }))
    }

    /// Counts `event` if it is a refusal.
    pub fn happened(&self, event: &Event) {
        let (reason, provider) = match event {
            Event::SignInNotBegun { reason, provider, .. }
            | Event::SignInRefused { reason, provider, .. }
            | Event::ProviderSignOutRefused { reason, provider, .. } => (*reason, provider.as_str()),
            Event::SignInStopped { provider, .. } => ("too_many_in_a_row", provider.as_str()),
            Event::AccessDenied { reason, .. } => (reason.name(), ""),
            Event::ApiTokenRefused { reason, .. } => (*reason, ""),
            Event::ApiDenied { reason, provider, .. } => (reason.name(), provider.as_str()),
            Event::SignedIn { .. }
            | Event::Refreshed { .. }
            | Event::NotRefreshed { .. }
            | Event::SignedOutByProvider { .. }
            | Event::SignOutWithoutMatch { .. }
            | Event::LogoutTokenWithoutEnd { .. }
            | Event::SignedOut { .. } => return,
        };
        let refusal = Refusal { event: event.name(), reason, provider: provider.to_owned() };
        self.slots().at(self.0.clock.now_ms()).refused(refusal);
    }

    /// Counts an answer of `route`.
    pub fn answered(&self, route: &str, took: Duration, is_failure: bool) {
        self.slots().at(self.0.clock.now_ms()).answered(route, took, is_failure);
    }

    /// Stores the counts so far, and deletes those older than 30 days.
    ///
    /// # Errors
    /// When the database does not answer. Then no counts are lost.
    pub async fn store(&self, db: &Db) -> Result<(), sqlx::Error> {
        let rows: Vec<_> = {
            let mut slots = self.slots();
            slots.at(self.0.clock.now_ms());
            slots.ended.iter().chain([&slots.current]).map(store::SlotRows::of).collect()
        };
        for slot in rows {
            store::write(db, &self.0.instance, &slot).await?;
            self.slots().ended.retain(|ended| ended.begins_ms != slot.begins_ms);
        }
        store::delete_old(db, self.0.clock.now_ms()).await
    }

    /// Stores the counts once a minute, for ever.
    pub async fn keep_up(&self, db: &Db) {
        let mut ticks = tokio::time::interval(STORE_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.store(db).await {
                tracing::warn!(?error, "the statistics cannot be stored at the moment");
            }
        }
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.0.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
