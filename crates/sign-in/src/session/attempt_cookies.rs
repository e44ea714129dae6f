//! The cookies of attempts: one for each, so several tabs can sign in at the same time, in any order.
//!
//! A cookie's name contains a hash of its attempt's state. Over https the name has the prefix `__Host-`, so no other
//! host can set one. An attempt that was begun in another browser has no cookie here.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::Duration;
use tower_sessions::cookie::Cookie;

use super::cipher::CipherError;
use super::cookie::ATTEMPT_KEPT;
use super::sealed_cookies::SealedCookies;
use crate::{ReturnTo, random};

/// How long a browser keeps the cookie of a used attempt: a person who clicked twice still arrives.
const USED_KEPT: Duration = Duration::minutes(1);
/// How many attempts a browser keeps: the oldest are removed.
pub const MAX_ATTEMPTS: usize = 24;
/// The total size of their names and values once the browser has received the answer. Together with the session's
/// cookie and those of an app, they must fit within the 8 kB that nginx accepts for one header. Twenty attempts always
/// fit.
pub const MAX_ATTEMPTS_BYTES: usize = 6_600;
/// How many are removed with one answer: many proxies limit its headers to 4 kB in total.
const MAX_REMOVED: usize = 12;
/// The size of the header around name and value.
const SEPARATOR_BYTES: usize = "=; ".len();

/// The attempts of one browser, from its request.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HeldAttempts(BTreeMap<String, String>);

/// Without the values: cookies are secrets.
impl fmt::Debug for HeldAttempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeldAttempts({})", self.0.len())
    }
}

impl HeldAttempts {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The content of an attempt's cookie. The short names save space.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptAttempt<T> {
    /// When it was begun, Unix milliseconds (UTC).
    #[serde(rename = "t")]
    pub begun_at_ms: i64,
    /// Where the person wants to go.
    #[serde(rename = "r")]
    pub return_to: ReturnTo,
    /// The rest of the attempt.
    #[serde(flatten)]
    pub details: T,
}

/// The same fields as [`KeptAttempt`].
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct NoDetails {}

impl SealedCookies {
    /// The attempts in the browser's request, of any age.
    #[must_use]
    pub fn attempts_in(&self, headers: &HeaderMap) -> HeldAttempts {
        HeldAttempts(self.policy.attempts_in(headers).collect())
    }

    /// The cookie of `attempt`, whose state is `state`, and the removal of cookies among `held` that no longer fit.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn begin_attempt<T: Serialize>(
        &self,
        state: &str,
        attempt: &KeptAttempt<T>,
        held: &HeldAttempts,
    ) -> Result<Vec<Cookie<'static>>, CipherError> {
        let id = random::short_hash(state);
        let name = self.policy.attempt_name(&id);
        let content = serde_json::to_vec(attempt).map_err(|_| CipherError::Damaged)?;
        let value = self.seal(&name, &content)?;
        let bytes = name.len() + value.len() + SEPARATOR_BYTES;
        let mut cookies = vec![self.policy.attempt(&id, value, ATTEMPT_KEPT)];
        cookies.extend(self.displaced(held, bytes));
        Ok(cookies)
    }

    /// The removal of cookies among `held` that are too many, or too large. Several tabs can begin before the browser
    /// has sent any of their cookies, so this is checked at other times too.
    #[must_use]
    pub fn superfluous_attempts(&self, held: &HeldAttempts) -> Vec<Cookie<'static>> {
        self.displaced(held, 0)
    }

    /// The attempt with the state `state`, if this browser began it.
    ///
    /// # Errors
    /// When the cookie is present but cannot be opened.
    pub fn attempt<T: DeserializeOwned>(
        &self,
        state: &str,
        held: &HeldAttempts,
    ) -> Result<Option<KeptAttempt<T>>, CipherError> {
        let id = random::short_hash(state);
        held.0.get(&id).map(|value| self.read(&id, value)).transpose()
    }

    /// Shortens the life of the cookie with the state `state` to a moment, now that the attempt is used.
    #[must_use]
    pub fn used_attempt(&self, state: &str, held: &HeldAttempts) -> Option<Cookie<'static>> {
        let id = random::short_hash(state);
        held.0.get(&id).map(|value| self.policy.attempt(&id, value.clone(), USED_KEPT))
    }

    fn read<T: DeserializeOwned>(&self, id: &str, value: &str) -> Result<KeptAttempt<T>, CipherError> {
        let content = self.open(&self.policy.attempt_name(id), value)?;
        serde_json::from_slice(&content).map_err(|_| CipherError::Damaged)
    }

    /// The cookies among `held` to remove when one of `bytes` is added: unreadable ones first, then the oldest.
    fn displaced(&self, held: &HeldAttempts, bytes: usize) -> Vec<Cookie<'static>> {
        let begun_at_ms = |id: &str, value: &str| self.read::<NoDetails>(id, value).ok().map(|kept| kept.begun_at_ms);
        let mut newest_first: Vec<_> =
            held.0.iter().map(|(id, value)| (begun_at_ms(id, value), id, value.len())).collect();
        newest_first.sort_by_key(|(begun_at_ms, ..)| Reverse(*begun_at_ms));
        let mut left = MAX_ATTEMPTS_BYTES.saturating_sub(bytes);
        let mut kept = 0;
        for (begun_at_ms, id, value_bytes) in &newest_first {
            let bytes = self.policy.attempt_name(id).len() + value_bytes + SEPARATOR_BYTES;
            if begun_at_ms.is_none() || kept + 1 == MAX_ATTEMPTS || bytes > left {
                break;
            }
            left -= bytes;
            kept += 1;
        }
        let oldest_first = newest_first[kept..].iter().rev().take(MAX_REMOVED);
        oldest_first.map(|(_, id, _)| self.policy.attempt_removal(id)).collect()
    }
}
