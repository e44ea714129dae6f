//! What is too large is refused in a way that the sender gets to read.

use axum::body::{Body, HttpBody as _};
use axum::extract;
use axum::http::{Request, StatusCode, header};
use axum::response::IntoResponse as _;
use futures_util::StreamExt as _;
use http_body_util::Limited;
use rolecall_model::AppError;

use crate::server::problem::{self, ProblemPages, Refusal};

/// The largest head of a request, its line and its headers, that is taken. The HTTP server reads larger ones, so that
/// people get a page that says so.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;
/// The largest body that is read.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// The largest body that is taken in and thrown away before it is refused.
const MAX_THROWN_AWAY_BYTES: u64 = 4 * 1024 * 1024;

/// Whether line and headers of `request` are larger than [`MAX_HEAD_BYTES`].
pub fn has_large_head<B>(request: &Request<B>) -> bool {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    target + headers > MAX_HEAD_BYTES
}

/// Refuses a request whose line and headers are too large. What stands around this makes a page of it.
///
/// # Errors
/// A 431 (RFC 6585, section 5).
pub fn refuse_large_head(request: &extract::Request) -> Result<(), Refusal> {
    if has_large_head(request) {
        return Err(Box::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response()));
    }
    Ok(())
}

/// Lets no more than [`MAX_BODY_BYTES`] of the body be read, and refuses one that says of itself that it is larger.
///
/// To answer and close while the sender still writes would reset the connection, and a browser would show that instead
/// of the answer. So the body is taken in first, unless it is larger than anybody sends by mistake.
///
/// # Errors
/// A 413 (RFC 9110, section 15.5.14).
pub async fn limit_body(pages: &ProblemPages, request: extract::Request) -> Result<extract::Request, Refusal> {
    if request.body().is_end_stream() {
        return Ok(request);
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length: Option<u64> = length.and_then(|length| length.to_str().ok()?.parse().ok());
    match length {
        Some(length) if length > MAX_BODY_BYTES as u64 => {
            let (parts, body) = request.into_parts();
            if length <= MAX_THROWN_AWAY_BYTES {
                let mut chunks = body.into_data_stream();
                while let Some(Ok(_)) = chunks.next().await {}
            }
            let request = Request::from_parts(parts, Body::empty());
            Err(Box::new(problem::refuse(pages, &request, &AppError::TooLarge)))
        }
        _ => Ok(request.map(|body| Body::new(Limited::new(body, MAX_BODY_BYTES)))),
    }
}
