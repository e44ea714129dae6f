//! The way to the provider for a browser that knows a part of the address that it does not send: the fragment.
//!
//! A browser keeps `#panel-7` through redirects, but it is lost if the provider shows a page. So the browser gets an
//! intermediate page of ours. If there is a fragment, the page begins again with it in the address to return to;
//! otherwise it goes straight on. It leaves no entry in the history.

use axum::response::{Html, IntoResponse as _, Redirect, Response};
use html_escape::encode_double_quoted_attribute;
use http::{HeaderMap, HeaderValue, header};
use url::Url;

use crate::{ReturnTo, random};

/// The page's script. Without script the page goes on, and the fragment is lost.
const SCRIPT: &str = r#"const{to}=document.currentScript.dataset,u=new URL(location),h=u.hash,p=u.searchParams;if(h){const n=p.has("target_link_uri")?"target_link_uri":"return_to";p.set(n,(p.get(n)||"/")+h);u.hash=""}location.replace(h?u:to)"#;

/// Sends the browser with these headers on to `provider`; afterwards it returns to `return_to`.
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
