//! Keeps database rows that were read before a change, but arrive after it, out of the in-memory cache.

use std::sync::{Arc, Mutex, PoisonError};

/// Counts how often something was forgotten that is held in memory. Clones share the count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forgotten(Arc<Mutex<u64>>);

/// The count before a read.
pub(crate) struct Ticket(u64);

impl Forgotten {
    /// Take this before reading a value that will be cached.
    pub(crate) fn ticket(&self) -> Ticket {
        Ticket(*self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Caches the value with `hold`, unless something was dropped since the ticket was taken.
    pub(crate) fn unless_since(&self, ticket: &Ticket, hold: impl FnOnce()) {
        let forgotten = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *forgotten == ticket.0 {
            hold();
        }
    }

    /// Drops cached values with `let_go`, and keeps reads in progress from being cached.
    pub(crate) fn forget(&self, let_go: impl FnOnce()) {
        let mut forgotten = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *forgotten += 1;
        let_go();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::Forgotten;

    #[test]
    fn what_was_read_before_a_change_is_not_held_after_it() {
        let (forgotten, held) = (Forgotten::default(), Cell::new(None));
        let ticket = forgotten.ticket();
        forgotten.unless_since(&ticket, || held.set(Some("in time")));
        forgotten.clone().forget(|| held.set(None));
        forgotten.unless_since(&ticket, || held.set(Some("too late")));
        assert_eq!(held.get(), None);
        forgotten.unless_since(&forgotten.ticket(), || held.set(Some("read again")));
        assert_eq!(held.get(), Some("read again"));
    }
}
