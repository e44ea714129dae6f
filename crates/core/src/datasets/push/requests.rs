//! Requests with rows: how many are handled at the same time, who handles one, and its answer.

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
    /// A slot for a request, until the returned value is dropped; `None` while all are taken.
    pub(super) fn admit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.let_in).try_acquire_owned().ok()
    }
}

/// The claim on a request that is in progress.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The id in the table of users.
    pub pusher: i64,
    /// The idempotency key.
    pub key: String,
    /// Identifies this claim among all on the key.
    pub id: String,
}

/// The answer: what was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// How many rows were sent.
    pub rows: u64,
    /// How many the data set has now.
    pub total: u64,
    /// The version that they made.
    pub version: u64,
}
