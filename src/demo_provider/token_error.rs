//! Why the token endpoint, and the one for the API, give no token.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use openidconnect::StandardErrorResponse;
use openidconnect::core::CoreErrorResponseType;

use super::keys::KeyError;

/// Why there are no tokens.
pub(super) enum TokenError {
    /// The request cannot be granted (RFC 6749, section 5.2).
    Refused(CoreErrorResponseType, &'static str),
    /// There is no key or signature.
    Unsigned(KeyError),
}

impl From<KeyError> for TokenError {
    fn from(error: KeyError) -> Self {
        Self::Unsigned(error)
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(error, description) => {
                let body = StandardErrorResponse::new(error, Some(description.to_owned()), None);
                (StatusCode::BAD_REQUEST, Json(body)).into_response()
            }
            Self::Unsigned(error) => error.into_response(),
        }
    }
}
