//! The security headers of every answer.

use std::sync::LazyLock;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{AppendHeaders, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use leptos::nonce::Nonce;
use rolecall_sign_in::loopback::is_loopback;
use rolecall_sign_in::web::MayBeFramed;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::forwarded::{Arrival, Scheme};
use super::state::AppState;
use crate::apps::OfApp;
use crate::components::document::KEEP_FRAGMENT;

const CSP: HeaderName = header::CONTENT_SECURITY_POLICY;
/// For everything that is not a page.
const CLOSED_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

/// For answers whose address no page that follows may learn.
pub const NO_REFERRER: [(HeaderName, HeaderValue); 1] =
    [(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"))];

/// The script that keeps the fragment, as a content security policy names it.
static KEEP_FRAGMENT_HASH: LazyLock<String> =
    LazyLock::new(|| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(KEEP_FRAGMENT))));

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
pub async fn add_security_headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let public_url = &state.config.auth.public_url;
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

/// The content security policy of a page (CSP Level 3): scripts by `nonce` or from here; without one, only the script that
/// keeps the fragment, which is known by its hash.
pub fn page_policy(state: &AppState, nonce: Option<&Nonce>) -> AppendHeaders<Option<(HeaderName, HeaderValue)>> {
    let scripts =
        nonce.map_or_else(|| KEEP_FRAGMENT_HASH.clone(), |nonce| format!("'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"));
    let connect = if nonce.is_none() {
        "'none'".to_owned()
    } else if state.watched {
        format!("'self' ws://127.0.0.1:{}", state.leptos.reload_port)
    } else {
        "'self'".to_owned()
    };
    let policy = format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; connect-src {connect}; \
         object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'{}",
        provider_origins(state)
    );
    AppendHeaders(HeaderValue::from_str(&policy).ok().map(|policy| (CSP, policy)))
}

/// The content security policy of a page of ours on the host of an app. Its one form signs out, and is sent on to our own
/// host or a provider.
pub fn app_host_policy(state: &AppState) -> AppendHeaders<Option<(HeaderName, HeaderValue)>> {
    let policy = format!(
        "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self' {}{}",
        state.origin,
        provider_origins(state)
    );
    AppendHeaders(HeaderValue::from_str(&policy).ok().map(|policy| (CSP, policy)))
}

/// Where forms of ours may end up: browsers hold `form-action` against the redirects that follow a form, and both the
/// sign-in and the sign-out lead to the provider.
fn provider_origins(state: &AppState) -> String {
    let mut origins: Vec<String> = Vec::new();
    for provider in state.auth.providers() {
        for origin in provider.browser_origins() {
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
    }
    origins.iter().fold(String::new(), |list, origin| list + " " + origin)
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
