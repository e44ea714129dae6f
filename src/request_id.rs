//! The id under which a request is found in the log.

use std::fmt;

use axum::http::HeaderValue;
use rolecall_sign_in::random;

/// The id of the request, told to the person on problem pages and in the answer's `x-request-id`: 128 random bits as 32
/// hexadecimal digits, so that nobody can choose one to hide a request. A request extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId([u8; 32]);

impl RequestId {
    /// One that no other request has.
    #[must_use]
    pub fn random() -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let bytes: [u8; 16] = random::nonce();
        let half = |at: usize| if at.is_multiple_of(2) { bytes[at / 2] >> 4 } else { bytes[at / 2] & 15 };
        Self(std::array::from_fn(|at| DIGITS[usize::from(half(at))]))
    }

    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The value of `x-request-id`.
    #[must_use]
    pub fn to_header(self) -> HeaderValue {
        HeaderValue::from_bytes(&self.0).unwrap_or(HeaderValue::from_static(""))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
