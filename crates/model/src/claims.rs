//! The claims of an ID token, as a page shows them.

use serde::{Deserialize, Serialize};

/// One claim of a token, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its name in the token.
    pub name: String,
    /// What it means, in a sentence; empty for unknown claims.
    pub meaning: String,
    /// Its value for reading: times as UTC dates, lists joined, text as it is.
    pub value: String,
    /// Its value as JSON where that differs from `value`.
    pub json: Option<String>,
    /// Whether the claim is part of the protocol, rather than about the person.
    pub protocol: bool,
}

/// What the ID token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdTokenView {
    /// Every claim: about the person first, then the protocol's.
    pub claims: Vec<Claim>,
    /// When the token was read, Unix milliseconds (UTC).
    pub read_at_ms: i64,
}
