//! Each way in which a request to Graph can fail, as far as callers must distinguish them.

use std::time::Duration;

use chrono::DateTime;
use http::{HeaderMap, StatusCode, header};
use openidconnect::HttpResponse;
use rolecall_sign_in::plain;
use rolecall_sign_in::provider::HttpError;
use serde::Deserialize;
use thiserror::Error;

use super::address::PathError;
use super::challenge::ClaimsChallenge;

/// What Entra writes into an error if a consent is missing.
const CONSENT_CODE: &str = "AADSTS65001";
/// The longest code and message of an answer that are kept, in characters.
const CODE_MAX_CHARS: usize = 100;
const MESSAGE_MAX_CHARS: usize = 1_000;

/// Why there is no usable answer.
#[derive(Debug, Error)]
pub enum GraphError {
    /// The path or link is not below the base, so no request was sent.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The token is not accepted (401).
    #[error("Graph does not take the access token")]
    Unauthorized {
        /// What the next sign-in must request, if Graph says so.
        challenge: Option<ClaimsChallenge>,
    },
    /// The token does not allow it (403): the consent is missing, or the person lacks the permission.
    #[error("Graph does not allow this with the access token ({code}: {message})")]
    ConsentMissing {
        /// Graph's code.
        code: String,
        /// Graph's words.
        message: String,
    },
    /// There is no such thing (404).
    #[error("Graph answered that this does not exist")]
    NotFound,
    /// Too many requests (429), even after the retries that were possible.
    #[error("Graph is asked too often")]
    Throttled {
        /// How long Graph asks us to wait.
        retry_after: Option<Duration>,
    },
    /// Graph has failed (5xx), even after the retries that were possible.
    #[error("Graph answered with status {status}")]
    Unavailable {
        status: StatusCode,
        /// How long Graph asks us to wait.
        retry_after: Option<Duration>,
    },
    /// No connection, or an answer that breaks off or is too large.
    #[error("Graph could not be reached")]
    Unreachable(#[source] HttpError),
    /// No answer within the ten seconds that a request may take in all.
    #[error("Graph did not answer in time")]
    TimedOut,
    /// Any other status.
    #[error("Graph answered with status {status} ({code}: {message})")]
    Unexpected {
        status: StatusCode,
        /// Graph's code.
        code: String,
        /// Graph's words.
        message: String,
    },
    /// The answer is not the JSON that was expected.
    #[error("Graph's answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
}

/// An error as Graph writes it.
#[derive(Default, Deserialize)]
struct Body {
    error: BodyError,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BodyError {
    code: String,
    message: String,
}

impl GraphError {
    /// The failure that `answer` describes, which is not a success and came at `now_ms`.
    pub(super) fn of(answer: &HttpResponse, now_ms: i64) -> Self {
        let BodyError { code, message } = serde_json::from_slice::<Body>(answer.body()).unwrap_or_default().error;
        let (code, message) = (plain(&code, CODE_MAX_CHARS), plain(&message, MESSAGE_MAX_CHARS));
        let status = answer.status();
        let wait = || retry_after(answer.headers(), now_ms);
        let lacks_consent = message.contains(CONSENT_CODE) || code == "Authorization_RequestDenied";
        match status {
            StatusCode::UNAUTHORIZED if !lacks_consent => {
                Self::Unauthorized { challenge: ClaimsChallenge::of(answer.headers()) }
            }
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::TOO_MANY_REQUESTS => Self::Throttled { retry_after: wait() },
            status if status.is_server_error() => Self::Unavailable { status, retry_after: wait() },
            StatusCode::FORBIDDEN => Self::ConsentMissing { code, message },
            status if status.is_client_error() && lacks_consent => Self::ConsentMissing { code, message },
            status => Self::Unexpected { status, code, message },
        }
    }

    /// How long Graph asks us to wait, if it says so.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } | Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether it is temporary.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::Unavailable { .. } | Self::Unreachable(_) | Self::TimedOut)
    }
}

/// How long Graph asks us to wait: seconds or a date (RFC 9110, section 10.2.3), seen at `now_ms`.
fn retry_after(headers: &HeaderMap, now_ms: i64) -> Option<Duration> {
    let said = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = said.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at_ms = DateTime::parse_from_rfc2822(said).ok()?.timestamp_millis();
    Some(Duration::from_millis(u64::try_from(at_ms.saturating_sub(now_ms)).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn seconds_and_dates_are_read() {
        let of = |said: &'static str, now_ms| {
            let headers = [(header::RETRY_AFTER, HeaderValue::from_static(said))];
            retry_after(&headers.into_iter().collect(), now_ms)
        };
        assert_eq!(of("7", 0), Some(Duration::from_secs(7)));
        assert_eq!(of("Wed, 21 Oct 2015 07:28:00 GMT", 1_445_412_475_000), Some(Duration::from_secs(5)));
        assert_eq!(of("Wed, 21 Oct 2015 07:28:00 GMT", 1_445_412_485_000), Some(Duration::ZERO));
        for nonsense in ["", "-1", "soon", "1e3"] {
            assert_eq!(of(nonsense, 0), None, "{nonsense}");
        }
    }
}
