//! Refuses requests that are too large, in a way that the sender can read the answer.

use axum::body::{Body, HttpBody as _};
use axum::extract;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::IntoResponse as _;
use futures_util::StreamExt as _;
use http_body_util::Limited;
use rolecall_model::AppError;

use super::pace::Paced;
use crate::problem::{self, ProblemPages, Refusal};

/// The largest request line and headers that are accepted. The HTTP server reads larger ones, so that people get a page
/// that explains it.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;
/// The largest body of a form.
const MAX_FORM_BYTES: usize = 64 * 1024;
/// The same for a form with fields for each of many columns.
pub const MAX_LONG_FORM_BYTES: usize = 1024 * 1024;
/// How much an upload's body may have apart from its file.
const AROUND_A_FILE: u64 = 64 * 1024;
/// The largest body that is read and discarded before the refusal.
const MAX_THROWN_AWAY_BYTES: u64 = 4 * 1024 * 1024;

/// The body limit of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLimit {
    /// A short form, within the time limit of an answer.
    Form,
    /// A form with fields for each of many columns, within that time.
    LongForm,
    /// A query to an external database, of the size of a long form. The settings of its connection limit the time.
    Question,
    /// A file as large as the settings allow, for as long as data keep arriving.
    File,
}

/// Whether line and headers of `request` are larger than [`MAX_HEAD_BYTES`].
pub fn has_large_head<B>(request: &Request<B>) -> bool {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    target + headers > MAX_HEAD_BYTES
}

/// Refuses a request whose line and headers are too large. An outer layer renders the page.
///
/// # Errors
/// A 431 (RFC 6585, section 5).
pub fn refuse_large_head(request: &extract::Request) -> Result<(), Refusal> {
    if has_large_head(request) {
        return Err(Box::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response()));
    }
    Ok(())
}

/// Limits the body to the size of a form, and refuses a larger `Content-Length`.
///
/// Closing the connection while the sender still writes would reset it, and a browser would show that instead of the
/// answer. So the body is read first, unless it is larger than anyone sends by mistake.
///
/// # Errors
/// A 413 (RFC 9110, section 15.5.14).
pub async fn limit_form(
    problem_pages: &ProblemPages,
    request: extract::Request,
    limit: BodyLimit,
) -> Result<extract::Request, Refusal> {
    let is_long = matches!(limit, BodyLimit::LongForm | BodyLimit::Question);
    let max = if is_long { MAX_LONG_FORM_BYTES } else { MAX_FORM_BYTES };
    if request.body().is_end_stream() {
        return Ok(request);
    }
    match content_length(request.headers()) {
        Some(length) if length > max as u64 => {
            let (parts, body) = request.into_parts();
            if length <= MAX_THROWN_AWAY_BYTES {
                let mut chunks = body.into_data_stream();
                while let Some(Ok(_)) = chunks.next().await {}
            }
            let request = Request::from_parts(parts, Body::empty());
            Err(Box::new(problem::refuse(problem_pages, &request, &AppError::TooLarge)))
        }
        _ => Ok(request.map(|body| Body::new(Limited::new(body, max)))),
    }
}

/// Limits the body to a file of `max_bytes`, and fails if it arrives too slowly. The route itself refuses a larger
/// `Content-Length`, once the sender is known.
pub fn limit_file(request: extract::Request, max_bytes: u64) -> extract::Request {
    let max = usize::try_from(max_body_of(max_bytes)).unwrap_or(usize::MAX);
    request.map(|body| Body::new(Paced::new(Body::new(Limited::new(body, max)))))
}

/// The largest body of an upload with a file of at most `max_bytes`.
pub fn max_body_of(max_bytes: u64) -> u64 {
    max_bytes.saturating_add(AROUND_A_FILE)
}

/// The body's `Content-Length`.
pub fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use futures_util::stream;
    use http_body_util::BodyExt as _;

    use super::*;

    fn file(chunks: impl IntoIterator<Item = &'static str>) -> extract::Request {
        let chunks: Vec<_> = chunks.into_iter().map(|chunk| Ok::<_, std::io::Error>(Bytes::from(chunk))).collect();
        Request::new(Body::from_stream(stream::iter(chunks)))
    }

    #[tokio::test]
    async fn no_more_is_read_than_the_largest_file_needs() {
        let chunk: &str = "x".repeat(usize::try_from(AROUND_A_FILE).unwrap()).leak();
        assert!(limit_file(file([chunk, "ab"]), 2).into_body().collect().await.is_ok());
        assert!(limit_file(file([chunk, "abc"]), 2).into_body().collect().await.is_err());
    }
}
