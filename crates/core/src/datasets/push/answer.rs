//! A request with rows as the catalogue knows it: who works on it, and what it is answered.

use serde::{Deserialize, Serialize};

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
