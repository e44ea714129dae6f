//! The way to the provider for a browser that may know more of the address than it tells us: the fragment.
//!
//! A browser takes `#panel-7` along through redirects, but the page of a provider that asks something loses it. So the
//! browser gets a page of ours in between, which begins once more with the fragment in the address to come back to, where
//! there is one, and otherwise goes straight on. It leaves no entry in the history.

use axum::response::{Html, IntoResponse as _, Redirect, Response};
use html_escape::encode_double_quoted_attribute;
use http::{HeaderMap, HeaderValue, header};
use url::Url;

use crate::{ReturnTo, random};

/// What the page does by script. Without script it goes on, and the fragment is lost.
const SCRIPT: &str = r#"const{to}=document.currentScript.dataset,u=new URL(location),h=u.hash,p=u.searchParams;if(h){const n=p.has("target_link_uri")?"target_link_uri":"return_to";p.set(n,(p.get(n)||"/")+h);u.hash=""}location.replace(h?u:to)"#;

/// Sends the browser with these headers on to `provider`; afterwards it is to come back to `return_to`.
pub(super) fn to_provider(headers: &HeaderMap, provider: &Url, return_to: &ReturnTo) -> Response {
    let says = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
    let is_tab = says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document");
    if !is_tab || return_to.as_str().contains('#') {
        return Redirect::to(provider.as_str()).into_response();
    }
    let (nonce, to) = (random::token(), encode_double_quoted_attribute(provider.as_str()));
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>Sign in</title>\
         <noscript><meta http-equiv=\"refresh\" content=\"0; url={to}\"></noscript>\
         <script nonce=\"{nonce}\" data-to=\"{to}\">{SCRIPT}</script></head>\
         <body><p><a href=\"{to}\">Go on to the sign-in</a></p></body></html>"
    );
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut response = Html(html).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
