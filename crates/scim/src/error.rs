//! How SCIM answers a request that fails (RFC 7644, section 3.12).

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rolecall_sign_in::db::{is_busy, is_unstorable};
use rolecall_sign_in::session::RecordError;
use serde_json::json;

/// The media type of everything here (RFC 7644, section 8.1).
pub const SCIM_JSON: &str = "application/scim+json";

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScimError {
    status: StatusCode,
    /// One of the keywords of RFC 7644, table 9.
    scim_type: Option<&'static str>,
    detail: Cow<'static, str>,
    challenge: bool,
    retry_after_s: Option<u64>,
}

impl ScimError {
    fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, scim_type: None, detail: detail.into(), challenge: false, retry_after_s: None }
    }

    fn bad(scim_type: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { scim_type: Some(scim_type), ..Self::new(StatusCode::BAD_REQUEST, detail) }
    }

    /// The filter is not valid, or not supported (400).
    pub(super) fn filter(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("invalidFilter", detail)
    }

    /// The body is not valid (400).
    pub(super) fn syntax(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("invalidSyntax", detail)
    }

    /// The path of a change is not valid (400).
    pub(super) fn path(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("invalidPath", detail)
    }

    /// A value is missing, or not of the type that it must have (400).
    pub(super) fn value(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("invalidValue", detail)
    }

    /// There are more results than one answer may contain (400).
    pub(super) fn too_many_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("tooMany", detail)
    }

    /// The request contains more operations than allowed (413).
    pub(super) fn too_much_asked(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    /// The attribute cannot be changed (400).
    pub(super) fn mutability(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("mutability", detail)
    }

    /// A removal does not say what to remove (400).
    pub(super) fn no_target() -> Self {
        Self::bad("noTarget", "A removal needs a path.")
    }

    /// Another resource already has this value, which must be unique (409).
    pub(super) fn taken(what: &str) -> Self {
        let detail = format!("Another resource has this {what}.");
        Self { scim_type: Some("uniqueness"), ..Self::new(StatusCode::CONFLICT, detail) }
    }

    /// There is no such resource (404).
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such resource.")
    }

    /// The resource has another version than `If-Match` names (412).
    pub(super) fn other_version() -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "The resource has changed since this version.")
    }

    /// The token is missing, expired, revoked or invalid (401; RFC 6750, section 3).
    #[must_use]
    pub fn unauthorized() -> Self {
        Self { challenge: true, ..Self::new(StatusCode::UNAUTHORIZED, "This needs a valid token.") }
    }

    /// The request came without https (421). Everyone on the network path could read its token.
    #[must_use]
    pub fn in_the_clear() -> Self {
        let detail = "This request came over plain HTTP, where others on the network can read the token. Use https.";
        Self::new(StatusCode::MISDIRECTED_REQUEST, detail)
    }

    /// There were too many requests (429); the next one may come in `seconds`.
    #[must_use]
    pub fn too_many(seconds: u64) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests. Wait, then try again.");
        Self { retry_after_s: Some(seconds), ..problem }
    }

    /// Something went wrong on our side (500), or the database was busy (503); it is logged. A text that no database
    /// can store is the sender's mistake (400).
    pub(super) fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        if is_unstorable(error) {
            return Self::value("A text contains the character U+0000.");
        }
        tracing::error!(?error, "a request of a directory failed");
        Self::of_status(if is_busy(error) {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::INTERNAL_SERVER_ERROR
        })
    }

    pub(super) fn of_status(status: StatusCode) -> Self {
        let detail = match status {
            StatusCode::METHOD_NOT_ALLOWED => "This path does not support the method.",
            StatusCode::PAYLOAD_TOO_LARGE => "This request is too large.",
            StatusCode::SERVICE_UNAVAILABLE => "Rolecall did not finish this in time. Send it again.",
            _ if status.is_server_error() => "Something went wrong on our side.",
            _ => "This request cannot be read.",
        };
        Self::new(status, detail)
    }
}

impl From<sqlx::Error> for ScimError {
    fn from(error: sqlx::Error) -> Self {
        Self::internal(&error)
    }
}

impl From<RecordError> for ScimError {
    fn from(error: RecordError) -> Self {
        Self::internal(&error)
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.as_str(),
            "detail": self.detail,
        });
        if let Some(scim_type) = self.scim_type {
            body["scimType"] = scim_type.into();
        }
        let mut response = (self.status, [(header::CONTENT_TYPE, SCIM_JSON)], body.to_string()).into_response();
        let headers = response.headers_mut();
        if self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"SCIM\""));
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Turns every error response into an error of SCIM, wherever it comes from. Other responses stay as they are.
pub fn explained(response: Response) -> Response {
    let status = response.status();
    let is_said = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == SCIM_JSON);
    if is_said || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let mut error = ScimError::of_status(status).into_response();
    let (parts, _) = response.into_parts();
    // Further information in the response stays, such as the allowed methods, or when to try again.
    for name in [header::ALLOW, header::RETRY_AFTER, header::CACHE_CONTROL, header::VARY] {
        if let Some(value) = parts.headers.get(&name) {
            error.headers_mut().insert(name, value.clone());
        }
    }
    *error.extensions_mut() = parts.extensions;
    error
}
