//! The parameters of a callback, from a provider or an attacker. Every one is optional here; nothing panics.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use thiserror::Error;
use tower_sessions::Session;

use super::session::HeldAttempts;

/// The longest query that is read: the longest return address, percent-encoded, fits, and the other parameters too.
const MAX_QUERY_BYTES: usize = 32 * 1024;

/// The parameters of an authorization response (OpenID Connect Core 3.1.2.5 and 3.1.2.6, RFC 9207).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Callback {
    /// The authorization code.
    pub code: Option<String>,
    /// The state of the attempt.
    pub state: Option<String>,
    /// The issuer of the answer.
    pub iss: Option<String>,
    /// The kind of failure (RFC 6749, section 4.1.2.1).
    pub error: Option<String>,
    /// The provider's description of the failure.
    pub error_description: Option<String>,
}

/// The context of a callback's request.
pub struct CallbackRequest {
    /// The browser's cookie session.
    pub session: Session,
    /// The browser's attempts.
    pub held: HeldAttempts,
    /// Where the request came from.
    pub ip: Option<IpAddr>,
    /// The browser's `User-Agent`.
    pub user_agent: Option<String>,
}

/// Without the values: code and state are secrets.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").finish_non_exhaustive()
    }
}

/// Why a callback's query cannot be used.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CallbackError {
    /// It is longer than 32 KiB.
    #[error("the answer is too long")]
    TooLong,
    /// A parameter is there more than once (RFC 6749, section 3.1).
    #[error("the answer holds `{0}` more than once")]
    Doubled(&'static str),
    /// The address of the page to return to is longer than we allow.
    #[error("the address of the page to return to is too long")]
    LongTarget,
    /// A parameter is not UTF-8.
    #[error("the answer is not UTF-8")]
    NotUtf8,
}

impl Callback {
    /// Reads the query of a callback.
    ///
    /// # Errors
    /// When it is too long, not UTF-8, or holds one of the parameters more than once.
    pub fn parse(query: &str) -> Result<Self, CallbackError> {
        let mut found = parameters(query, &KNOWN)?;
        let mut take = |name| found.remove(name);
        Ok(Self {
            code: take("code"),
            state: take("state"),
            iss: take("iss"),
            error: take("error"),
            error_description: take("error_description"),
        })
    }
}

const KNOWN: [&str; 5] = ["code", "state", "iss", "error", "error_description"];

/// The parameters of `query` that are `known` and not empty; others are ignored.
///
/// # Errors
/// When the query is too long, not UTF-8, or holds one of the known parameters more than once.
pub fn parameters(query: &str, known: &[&'static str]) -> Result<BTreeMap<&'static str, String>, CallbackError> {
    if query.len() > MAX_QUERY_BYTES {
        return Err(CallbackError::TooLong);
    }
    if percent_encoding::percent_decode_str(query).decode_utf8().is_err() {
        return Err(CallbackError::NotUtf8);
    }
    let mut found = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let Some(name) = known.iter().find(|known| **known == name) else { continue };
        if found.insert(*name, value.into_owned()).is_some() {
            return Err(CallbackError::Doubled(name));
        }
    }
    found.retain(|_, value| !value.is_empty());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_are_read_and_others_ignored() {
        let callback = Callback::parse("code=a%20b&state=s&session_state=1&x").unwrap();
        assert_eq!(callback, Callback { code: Some("a b".into()), state: Some("s".into()), ..Callback::default() });
    }

    // Case: malformed/doubled-code, malformed/doubled-state, malformed/long-query, malformed/not-utf8
    #[test]
    fn what_is_doubled_too_long_or_not_utf8_is_refused() {
        assert_eq!(Callback::parse("code=a&code=a"), Err(CallbackError::Doubled("code")));
        assert_eq!(Callback::parse("state=a&st%61te=b"), Err(CallbackError::Doubled("state")));
        assert_eq!(Callback::parse("code=%ff%fe"), Err(CallbackError::NotUtf8));
        assert_eq!(Callback::parse(&"a".repeat(MAX_QUERY_BYTES + 1)), Err(CallbackError::TooLong));
    }

    #[test]
    fn an_empty_parameter_is_none() {
        assert_eq!(Callback::parse("code=&state"), Ok(Callback::default()));
    }
}
