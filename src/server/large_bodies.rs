//! What is too large is refused in a way that the sender gets to read.

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt as _;

use super::problem;
use super::state::AppState;
use crate::error::AppError;

/// The largest body that is read.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// The largest body that is taken in and thrown away before it is refused.
const MAX_THROWN_AWAY_BYTES: u64 = 4 * 1024 * 1024;

/// The layer that refuses a body which says of itself that it is too large (413: RFC 9110, section 15.5.14).
///
/// To answer and close while the sender still writes would reset the connection, and a browser would show that instead
/// of the answer. So the body is taken in first, unless it is larger than anybody sends by mistake.
pub async fn refuse_large_bodies(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length: Option<u64> = length.and_then(|length| length.to_str().ok()?.parse().ok());
    match length {
        Some(length) if length > MAX_BODY_BYTES as u64 => {
            let (parts, body) = request.into_parts();
            if length <= MAX_THROWN_AWAY_BYTES {
                let mut chunks = body.into_data_stream();
                while let Some(Ok(_)) = chunks.next().await {}
            }
            problem::refuse(&state, &Request::from_parts(parts, axum::body::Body::empty()), &AppError::TooLarge)
        }
        _ => next.run(request).await,
    }
}
