//! How the API answers a request that fails: with a problem document (RFC 9457), and, if the token is the reason, with
//! a challenge (RFC 6750, section 3).

mod reasons;

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rolecall_data::import::{ImportReport, Mistake};
use rolecall_sign_in::Denied;
use rolecall_sign_in::db::{is_busy, is_unstorable};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of problem documents (RFC 9457, section 6.1).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was not answered as asked (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[schema(example = "about:blank")]
    r#type: &'static str,
    /// The name of the status.
    #[schema(example = "Unauthorized")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 401)]
    status: u16,
    /// What happened, and what to do.
    detail: Cow<'static, str>,
    /// The id under which the log tells more.
    request_id: String,
    /// Of rows: the first 100 mistakes, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    mistakes: Vec<RowMistake>,
    /// Of rows: how many mistakes there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    mistake_count: Option<u64>,
}

/// A mistake in rows that were sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowMistake {
    /// The line of the body where the row begins, from 1.
    line: u64,
    /// The column, unless the mistake concerns the whole row.
    column: Option<String>,
    /// The cell, shortened.
    value: Option<String>,
    /// What is wrong.
    #[schema(example = "is not a number")]
    reason: String,
}

impl From<Mistake> for RowMistake {
    fn from(mistake: Mistake) -> Self {
        let Mistake { line, column, value, reason } = mistake;
        Self { line, column, value, reason }
    }
}

/// A problem, before [`explained`] makes a document of it.
#[derive(Clone, Debug)]
pub struct ApiProblem {
    status: StatusCode,
    detail: Cow<'static, str>,
    challenge: Option<String>,
    retry_after_s: Option<u64>,
    denied: Option<Denied>,
    report: Option<ImportReport>,
}

impl ApiProblem {
    fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, detail: detail.into(), challenge: None, retry_after_s: None, denied: None, report: None }
    }

    /// The same with a challenge for the caller. `parameters` are those of RFC 6750, section 3.
    fn challenging(mut self, parameters: &[(&str, &str)]) -> Self {
        let parameters = parameters.iter().map(|(name, value)| format!(", {name}=\"{value}\""));
        self.challenge = Some(parameters.fold("Bearer realm=\"Rolecall\"".to_owned(), |all, one| all + &one));
        self
    }

    /// Why a caller with a valid token was denied access, if that is the problem.
    #[must_use]
    pub const fn denied(&self) -> Option<Denied> {
        self.denied
    }

    fn invalid_token(error: &dyn std::fmt::Display) -> Self {
        let detail = format!("The access token is not valid for this API: {error}.");
        Self::new(StatusCode::UNAUTHORIZED, detail).challenging(&[("error", "invalid_token")])
    }

    /// There is no such resource for the caller (404).
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing here.")
    }

    /// The rows have an unknown media type (415).
    #[must_use]
    pub fn unknown_rows() -> Self {
        let detail = "Send rows as application/x-ndjson or as text/csv, and say so in the header Content-Type.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    }

    /// Rolecall failed (500), or the database was too busy (503); it is logged. A text that no database can store is
    /// the sender's mistake (400).
    #[must_use]
    pub fn internal(error: impl std::error::Error + 'static) -> Self {
        if is_unstorable(&error) {
            return Self::bad_request("A text contains the character U+0000.");
        }
        tracing::error!(?error, "a request of the API failed");
        let status = if is_busy(&error) { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
        Self::new(status, detail_of(status))
    }

    /// The disk is full (507); it is logged.
    fn no_space(error: &dyn std::error::Error) -> Self {
        tracing::error!(?error, "rows were refused: the disk is full");
        let detail = "There is no room for these rows at the moment. Nothing was taken. Try again later.";
        Self::new(StatusCode::INSUFFICIENT_STORAGE, detail)
    }

    /// The API is off (404).
    #[must_use]
    pub fn off() -> Self {
        Self::new(StatusCode::NOT_FOUND, "The API is off. An administrator turns it on by setting api.audience.")
    }

    /// The request cannot be read (400).
    #[must_use]
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The request came over plain HTTP (421: RFC 9110, section 15.5.20), where others on the network can read its
    /// token.
    #[must_use]
    pub fn in_the_clear() -> Self {
        let detail = "This request came over plain HTTP, where others on the network can read the token. Use https.";
        Self::new(StatusCode::MISDIRECTED_REQUEST, detail)
    }

    /// There were too many invalid tokens (429: RFC 6585, section 4). The caller may try again in `seconds`.
    #[must_use]
    pub fn too_many(seconds: u64) -> Self {
        let detail = "Too many invalid access tokens came from your address. Wait, then send a valid one.";
        Self { retry_after_s: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// The caller downloaded too many files (429). They may try again in `seconds`.
    #[must_use]
    pub fn too_often(seconds: u64) -> Self {
        let detail = "You downloaded too many files within a minute. Wait, then try again.";
        Self { retry_after_s: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        if let Some(challenge) = self.challenge.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Turns a response with an error status into a problem document. Other responses stay as they are.
pub fn explained(mut response: Response, request_id: &str) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let (detail, report) =
        response.extensions_mut().remove::<ApiProblem>().map(|problem| (problem.detail, problem.report)).unzip();
    let report = report.flatten();
    let problem = ProblemDocument {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: detail.unwrap_or(Cow::Borrowed(detail_of(status))),
        request_id: request_id.to_owned(),
        mistake_count: report.as_ref().map(|report| report.count),
        mistakes: report.into_iter().flat_map(|report| report.mistakes).map(Into::into).collect(),
    };
    let mut document = (status, Json(problem)).into_response();
    // Keep the other headers of the response, such as Allow, Retry-After and WWW-Authenticate.
    let (parts, _) = response.into_parts();
    let of_the_body = [header::CONTENT_LENGTH, header::CONTENT_SECURITY_POLICY];
    for (name, value) in parts.headers.iter().filter(|(name, _)| !of_the_body.contains(name)) {
        document.headers_mut().insert(name, value.clone());
    }
    *document.extensions_mut() = parts.extensions;
    document.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    document
}

/// The detail if only the status is known.
const fn detail_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "There is nothing here.",
        StatusCode::METHOD_NOT_ALLOWED => {
            "This path does not support the method. The header Allow lists those that it supports."
        }
        StatusCode::PAYLOAD_TOO_LARGE => "This request is too large.",
        StatusCode::SERVICE_UNAVAILABLE => "Rolecall did not finish this in time.",
        _ if status.as_u16() >= 500 => {
            "Something went wrong on our side. If it happens again, tell an administrator the request id."
        }
        _ => "This request cannot be read.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_sign_in::session::RecordError;

    #[test]
    fn a_database_without_time_is_no_failure_of_ours() {
        let status = |problem: ApiProblem| problem.into_response().status();
        let busy = || sqlx::Error::PoolTimedOut;
        assert_eq!(status(ApiProblem::internal(busy())), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(RecordError::from(busy()).into()), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(rolecall_core::admin::DecisionError::from(busy()).into()), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(ApiProblem::internal(std::sync::Arc::new(busy()))), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(ApiProblem::internal(sqlx::Error::RowNotFound)), StatusCode::INTERNAL_SERVER_ERROR);
    }

    // Case: admin/locked
    #[test]
    fn a_decision_that_the_database_had_no_time_for_has_changed_nothing() {
        let refused = ApiProblem::from(rolecall_core::admin::DecisionError::from(sqlx::Error::PoolTimedOut));
        assert!(refused.detail.contains("Nothing was changed."), "{refused:?}");
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    }
}
