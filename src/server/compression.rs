//! Pages are compressed for browsers that come from a page of ours, or that somebody sends here by hand.
//!
//! The length of what is compressed tells how alike its parts are. Who can choose a part of a page, for instance by its
//! address, and sees how long the answer is, can guess at the rest of it (the attack is called BREACH). They have to let
//! the victim's browser ask thousands of times, and such requests say `Sec-Fetch-Site: cross-site` or `same-site`, also
//! after redirects; no page can change that (W3C Fetch Metadata). Those get the page as it is, like whoever does not
//! say where they come from. Beyond that, no page holds a token or another secret that stays the same.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::response::Response;
use axum::routing::Route;
use tower::{Layer as _, ServiceExt as _};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

/// What is shorter gains nothing.
const MIN_BYTES: u64 = 1024;

/// What `route` answers to `request`, compressed where it is a page and the browser may have it so.
pub async fn compressed(mut request: Request, route: Route) -> Response {
    if !may_be_compressed(request.headers()) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    // The higher levels take several times as long for a tenth less.
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

/// Whether a page of ours, or a person, has sent the browser here.
fn may_be_compressed(headers: &HeaderMap) -> bool {
    let from = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    matches!(from, Some(b"same-origin" | b"none"))
}
