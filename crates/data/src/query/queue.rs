//! The queue of waiters for places.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::oneshot;

use super::asker::QueryAsker;
use super::lines::Lines;

/// The number of free places, and the queue of waiters, which receive a `P`.
pub(super) struct Queue<P> {
    total: u32,
    free: u32,
    waiting: Lines<Waiter<P>>,
    /// The waiter for several places whose turn it is: nobody else gets a place before it.
    next: Option<Waiter<P>>,
}

/// A caller that waits for this many slots.
pub(super) struct Waiter<P> {
    pub(super) count: u32,
    pub(super) to: Recipient<P>,
    /// Dropped when the caller leaves.
    pub(super) stays: Weak<()>,
}

/// The receiving end for places. Askers of the same query share one, which is empty after the turn of one of them.
pub(super) struct Recipient<P>(Arc<Mutex<Option<oneshot::Sender<P>>>>);

impl<P> Queue<P> {
    /// A queue without waiters and with `total` free places.
    pub(super) fn new(total: u32) -> Self {
        Self { total, free: total, waiting: Lines::new(), next: None }
    }

    pub(super) const fn free(&self) -> u32 {
        self.free
    }

    pub(super) const fn give_back(&mut self, count: u32) {
        self.free += count;
    }

    pub(super) fn join(&mut self, asker: &QueryAsker, waiter: Waiter<P>) {
        self.waiting.join(asker, waiter);
    }

    /// The waiters that get places now, and how many.
    pub(super) fn served(&mut self) -> Vec<(oneshot::Sender<P>, u32)> {
        let mut served = Vec::new();
        while let Some(waiter) = self.whose_turn() {
            if waiter.count > self.free {
                self.next = Some(waiter);
                break;
            }
            if let Some(to) = waiter.to.take() {
                self.free -= waiter.count;
                served.push((to, waiter.count));
            }
        }
        if self.free == self.total {
            // Nobody waits, so the rounds start again.
            self.waiting = Lines::new();
        }
        served
    }

    /// The waiter whose turn it is. One that needs several places has the turn as soon as one is free: if it had to
    /// wait for all of them at once, later waiters would always come first.
    fn whose_turn(&mut self) -> Option<Waiter<P>> {
        let free = self.free;
        self.waiting.retain(Waiter::waits);
        let has_turn = |waiter: &Waiter<P>| waiter.count <= free || (waiter.count > 1 && free > 0);
        self.next.take().filter(Waiter::waits).or_else(|| self.waiting.next_if(has_turn))
    }
}

impl<P> Waiter<P> {
    fn waits(&self) -> bool {
        self.stays.strong_count() > 0 && self.to.is_there()
    }
}

impl<P> Recipient<P> {
    pub(super) fn new(to: oneshot::Sender<P>) -> Self {
        Self(Arc::new(Mutex::new(Some(to))))
    }

    fn take(&self) -> Option<oneshot::Sender<P>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn is_there(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

impl<P> Clone for Recipient<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
