//! Keeps the demonstration on this machine. Anyone who reaches it can sign in as anyone, and a loopback address alone
//! does not keep others out: a proxy or tunnel can publish it.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract;
use axum::http::{HeaderMap, HeaderName, Request, StatusCode, Version};
use axum::response::{Html, IntoResponse as _};
use rolecall_config::Config;
use rolecall_demo_provider::{API_AUDIENCE, DemoProvider};
use rolecall_sign_in::{ClientAddress, Clock};

use super::limits::log_limit::Line;
use super::network::addresses::{asked_host, is_foreign_to_loopback};
use super::problem::Refusal;
use super::start_error::StartError;
use super::state::AppState;

/// Headers that proxies and tunnels add to a request, and browsers never send.
const PROXY_HEADERS: [&str; 7] =
    ["forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "fastly-client-ip"];
/// Prefixes of further such headers.
const PROXY_PREFIXES: [&str; 7] = ["x-forwarded", "x-original-", "x-envoy-", "x-azure-", "cf-", "fly-", "tailscale-"];

/// A page without our style: its files are refused as well.
const PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Demonstration - Rolecall</title>\
    <h1>The demonstration works only on its own machine</h1>\
    <p>Rolecall has no provider yet. It runs its demonstration, in which anyone can sign in as anyone, so it answers \
    only browsers on its own machine. This request came through a proxy, or for another host name.</p>\
    <p>Open it on its own machine, or configure a provider.</p></html>\n";

/// The demonstration provider, if `config` is that of the demonstration.
///
/// # Errors
/// When its address cannot be derived from our own.
pub fn demonstration_provider(config: &Config, clock: Clock) -> Result<Option<DemoProvider>, StartError> {
    if !config.demonstration {
        return Ok(None);
    }
    let issuer = config.auth.public_url.join(rolecall_routes::DEMO)?;
    let clock = Arc::new(move || clock.now_ms());
    // Its access tokens are for our API, even if that has another name.
    Ok(Some(match &config.api {
        Some(api) => {
            let audience = api.audiences.first().map_or(API_AUDIENCE, String::as_str);
            DemoProvider::for_api(issuer, clock, audience, &api.scope)
        }
        None => DemoProvider::new(issuer, clock),
    }))
}

/// Whether `request` is refused because this is the demonstration: a proxy forwarded it, or it is for another host.
pub fn is_kept_here<B>(state: &AppState, request: &Request<B>) -> bool {
    let is_foreign = || asked_host(request).is_none_or(|asked| is_foreign_to_loopback(asked, state.address.url()));
    state.config.demonstration && (is_passed_on(request.version(), request.headers()) || is_foreign())
}

/// Refuses requests that the demonstration must not answer.
///
/// # Errors
/// A 421 (RFC 9110, section 15.5.20).
pub fn keep_demonstration_here(state: &AppState, request: &extract::Request) -> Result<(), Refusal> {
    if !is_kept_here(state, request) {
        return Ok(());
    }
    log_refusal(state, request.extensions().get::<ClientAddress>().map(|client| client.0));
    Err(Box::new((StatusCode::MISDIRECTED_REQUEST, Html(PAGE)).into_response()))
}

/// Whether a proxy forwarded the request. Some add no header, but use HTTP/1.0, which browsers never do.
fn is_passed_on(version: Version, headers: &HeaderMap) -> bool {
    let is_of_proxy = |name: &HeaderName| {
        let name = name.as_str();
        PROXY_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || PROXY_HEADERS.contains(&name)
    };
    version == Version::HTTP_10 || headers.keys().any(is_of_proxy)
}

fn log_refusal(state: &AppState, ip: Option<IpAddr>) {
    if state.log_limit.admits(Line::new("demonstration_refused", "", ip), 1) {
        tracing::warn!(
            event = "demonstration_refused",
            ip = ip.map(tracing::field::display),
            "the demonstration works only on its own machine: configure a provider before you put a proxy in front"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proxies_say_is_noticed_and_what_browsers_say_is_not() {
        let headers = |name: &str| HeaderMap::from_iter([(name.parse().unwrap(), "x".parse().unwrap())]);
        for name in PROXY_HEADERS.into_iter().chain(["X-Forwarded-For", "x-forwarded", "CF-Ray", "Fly-Client-IP"]) {
            assert!(is_passed_on(Version::HTTP_11, &headers(name)), "{name}");
        }
        for name in ["accept", "cookie", "origin", "referer", "sec-fetch-site", "x-requested-with"] {
            assert!(!is_passed_on(Version::HTTP_11, &headers(name)), "{name}");
        }
        assert!(is_passed_on(Version::HTTP_10, &HeaderMap::new()), "nginx, unless it is told otherwise");
    }
}
