//! Requests with rows: how many are worked on at once, who works on one, and what it is answered.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many requests are accepted. Each has its body on disk.
const LET_IN: usize = 32;
/// How many bodies are read at the same time: each in a separate process, which may need two gigabytes.
const READING_AT_ONCE: usize = 2;

/// The slots for requests with rows. Clones share them.
#[derive(Clone)]
pub struct PushTurns {
    let_in: Arc<Semaphore>,
    pub(super) reading: Arc<Semaphore>,
}

impl Default for PushTurns {
    fn default() -> Self {
        Self { let_in: Arc::new(Semaphore::new(LET_IN)), reading: Arc::new(Semaphore::new(READING_AT_ONCE)) }
    }
}

impl PushTurns {
    /// A place for a request, until what is returned is dropped; `None` while all are taken.
    pub(super) fn admit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.let_in).try_acquire_owned().ok()
    }
}

/// A request that is being worked on.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The id in the table of users.
    pub pusher: i64,
    /// The idempotency key.
    pub key: String,
    /// Names this claim and no other on the key.
    pub id: String,
}

/// What was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// How many rows were sent.
    pub rows: u64,
    /// How many the data set has now.
    pub total: u64,
    /// The version that they made.
    pub version: u64,
}
