//! What is too large is refused in a way that the sender gets to read.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use rolecall_model::AppError;

use crate::server::problem::{self, ProblemPages};

/// The largest head of a request, its line and its headers, that is taken. The HTTP server reads larger ones, so that
/// people get a page that says so.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;
/// The largest body that is read.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// The largest body that is taken in and thrown away before it is refused.
const MAX_THROWN_AWAY_BYTES: u64 = 4 * 1024 * 1024;

/// The layer that refuses a request whose line and headers are too large (431: RFC 6585, section 5). The layer around it
/// makes a page of it.
pub async fn refuse_large_heads(request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if target + headers > MAX_HEAD_BYTES {
        return StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
    }
    next.run(request).await
}

/// The layer that refuses a body which says of itself that it is too large (413: RFC 9110, section 15.5.14).
///
/// To answer and close while the sender still writes would reset the connection, and a browser would show that instead
/// of the answer. So the body is taken in first, unless it is larger than anybody sends by mistake.
pub async fn refuse_large_bodies(State(pages): State<ProblemPages>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length: Option<u64> = length.and_then(|length| length.to_str().ok()?.parse().ok());
    match length {
        Some(length) if length > MAX_BODY_BYTES as u64 => {
            let (parts, body) = request.into_parts();
            if length <= MAX_THROWN_AWAY_BYTES {
                let mut chunks = body.into_data_stream();
                while let Some(Ok(_)) = chunks.next().await {}
            }
            problem::refuse(&pages, &Request::from_parts(parts, axum::body::Body::empty()), &AppError::TooLarge)
        }
        _ => next.run(request).await,
    }
}
