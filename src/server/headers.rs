//! The security headers of every answer.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use rolecall_sign_in::loopback::is_loopback;
use rolecall_sign_in::web::MayBeFramed;
use url::Url;

use super::network::forwarded::{Arrival, Scheme};
use super::network::public_address::PublicAddress;
use crate::apps::OfApp;

const CSP: HeaderName = header::CONTENT_SECURITY_POLICY;
/// For everything that is not a page.
const CLOSED_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

/// For answers whose address no page that follows may learn.
pub const NO_REFERRER: [(HeaderName, HeaderValue); 1] =
    [(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"))];

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
    (header::X_DNS_PREFETCH_CONTROL, HeaderValue::from_static("off")),
];

/// The layer that adds the headers. What a handler set itself stays, and an app speaks for itself.
///
/// Some are for trustworthy origins alone: over plain http, browsers ignore them and complain.
pub async fn add_security_headers(State(address): State<PublicAddress>, request: Request, next: Next) -> Response {
    let public_url = address.url();
    let in_the_clear =
        request.extensions().get::<Arrival>().is_some_and(|arrival| arrival.scheme == Some(Scheme::Http));
    let is_https = public_url.scheme() == "https" && !in_the_clear;
    let mut response = next.run(request).await;
    if response.extensions().get::<OfApp>().is_some() {
        promise_https(response.headers_mut(), public_url, is_https);
        return response;
    }
    let framed_by = response.extensions_mut().remove::<MayBeFramed>();
    let headers = response.headers_mut();
    for (name, value) in &FIXED {
        headers.insert(name, value.clone());
    }
    if let Some(framed_by) = framed_by {
        let origins = framed_by.origins();
        let policy = format!("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors{origins}");
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.remove(header::X_FRAME_OPTIONS);
            headers.insert(CSP, policy);
        }
    }
    default_to(headers, CSP, CLOSED_POLICY);
    default_to(headers, header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    default_to(headers, header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if is_https || is_loopback(public_url) {
        headers.insert(COOP, HeaderValue::from_static("same-origin"));
    }
    promise_https(headers, public_url, is_https);
    response
}

fn promise_https(headers: &mut HeaderMap, public_url: &Url, is_https: bool) {
    if is_https && promises_https(public_url) {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, two_years);
    }
}

/// Whether browsers may remember of this address that it is https (RFC 6797). Never of `localhost`: it would then be
/// so for every other program that somebody develops there. Of bare addresses they remember nothing (section 8.1.1).
fn promises_https(public_url: &Url) -> bool {
    !public_url.domain().is_some_and(|name| name == "localhost" || name.ends_with(".localhost"))
}

fn default_to(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_never_promised_for_localhost() {
        for (url, promised) in [
            ("https://rolecall.example", true),
            ("https://127.0.0.1:3000", true),
            ("https://localhost:3000", false),
            ("https://rolecall.localhost", false),
        ] {
            assert_eq!(promises_https(&url.parse().unwrap()), promised, "{url}");
        }
    }
}
