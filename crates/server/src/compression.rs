//! Pages are compressed only for requests from our own pages, or that a person started.
//!
//! The length of compressed data reveals how similar its parts are. An attacker who can choose a part of a page, for
//! instance by its address, and sees the length of the answer, can guess the rest (the BREACH attack). For that the
//! victim's browser must send thousands of requests, which say `Sec-Fetch-Site: cross-site` or `same-site`, also after
//! redirects; no page can change that (W3C Fetch Metadata). Those get the page uncompressed, as do clients without that
//! header. Besides, no page contains a token or another constant secret.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::response::Response;
use axum::routing::Route;
use tower::{Layer as _, ServiceExt as _};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

/// Shorter answers are not worth compressing.
const MIN_BYTES: u64 = 1024;

/// The answer of `route` to `request`, compressed if it is a page and the request allows it.
pub async fn compressed(mut request: Request, route: Route) -> Response {
    if !may_be_compressed(request.headers()) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    // Higher levels take several times as long and save only a tenth more.
    let layer = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(is_page as IsPage);
    let Ok(response) = layer.layer(route).oneshot(request).await;
    response.map(Body::new)
}

type IsPage = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let is_html = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    is_html && length.is_none_or(|length: u64| length >= MIN_BYTES)
}

/// Whether one of our pages, or a person, started the request.
fn may_be_compressed(headers: &HeaderMap) -> bool {
    let from = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    matches!(from, Some(b"same-origin" | b"none"))
}
