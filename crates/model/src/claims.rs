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
    /// The current time, Unix milliseconds (UTC).
    pub looked_at_ms: i64,
    /// From when to when the token is valid, Unix milliseconds (UTC).
    pub valid_ms: Option<(i64, i64)>,
    /// The algorithm of its signature, such as RS256.
    pub algorithm: Option<String>,
    /// The id of the key with which the provider signed it.
    pub key_id: Option<String>,
    /// Whether Rolecall asks the provider for a new token before this one expires.
    pub refreshes: bool,
    /// The latest refresh, if there was one.
    pub latest_refresh: Option<TokenRefresh>,
    /// A summary for support, without anything about the person's identity.
    pub summary: String,
}

/// A refresh of the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRefresh {
    /// When it was, Unix milliseconds (UTC).
    pub at_ms: i64,
    /// What it changed; `None` where the provider gave no new ID token.
    pub changes: Option<Vec<ClaimChange>>,
}

/// A claim that a refresh changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimChange {
    /// Its name in the ID token, for example `groups`.
    pub name: String,
    /// Its value before, for reading; `None` where it was not there.
    pub before: Option<String>,
    /// Its value after; `None` where it is gone.
    pub after: Option<String>,
}
