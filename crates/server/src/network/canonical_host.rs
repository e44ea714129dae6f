//! One scheme and one host name: cookies, redirect URIs and `Origin` depend on the configured address, so requests for
//! another one are redirected or refused.
//!
//! The values from a trusted proxy are compared with `public_url`, and so is `Host` without a proxy. On a loopback
//! address a cookie for `127.0.0.1` is not sent to `localhost`, so a sign-in that began under one name could not be
//! completed under the other.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use rolecall_sign_in::loopback::is_loopback;
use rolecall_sign_in::web::wants_page;
use url::Url;

use super::addresses::{PublicAddress, asked_host, is_foreign_to_loopback};
use super::forwarded::{Arrival, Scheme};
use crate::app_hosts::OnHost;
use crate::problem::Refusal;

/// The result for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// It has the right address.
    Ours,
    /// It came over http to an address that uses https: redirected permanently.
    Insecure,
    /// It has another name of ours.
    OtherName,
    /// It has a foreign name.
    Foreign,
}

/// Redirects a navigation with another address to the configured one.
///
/// # Errors
/// A 308 from http to https, a 307 from another name; for other requests a 421 (RFC 9110, section 15.5.20).
pub fn redirect_to_canonical_host(address: &PublicAddress, request: &Request) -> Result<(), Refusal> {
    // The host of an app has an address of its own.
    let of_app = request.extensions().get::<OnHost>().map(|OnHost(app)| app.home_url(address.url()));
    let public_url = of_app.as_ref().unwrap_or(address.url());
    let origin = of_app.as_ref().map(|home_url| home_url.origin().ascii_serialization());
    let asked = asked_host(request);
    let by_host = judge_host(asked, origin.as_deref().unwrap_or(address.origin()), public_url);
    let verdict = match request.extensions().get::<Arrival>() {
        // Headers must not override this: after DNS rebinding a script may set any header.
        _ if by_host == Some(Verdict::Foreign) => by_host,
        Some(arrival) => judge_arrival(arrival, public_url).or(by_host),
        None if address.is_https_here() && !is_loopback(public_url) => judge_name(asked, public_url),
        None => by_host,
    };
    let verdict = verdict.unwrap_or(Verdict::Ours);
    if verdict == Verdict::Ours {
        return Ok(());
    }
    let may_move = verdict != Verdict::Foreign && request.method().is_safe() && wants_page(request.headers());
    let here = request.uri().path_and_query().filter(|_| may_move);
    Err(Box::new(match (verdict, here.and_then(|here| moved(public_url, here.as_str()))) {
        (Verdict::Insecure, Some(target)) => Redirect::permanent(target.as_str()).into_response(),
        (_, Some(target)) => Redirect::temporary(target.as_str()).into_response(),
        (_, None) => StatusCode::MISDIRECTED_REQUEST.into_response(),
    }))
}

/// The layer that refuses foreign names while we are on a loopback address (421): a foreign page has bound its name to
/// it, to reach what programs may request without a session.
pub async fn refuse_foreign_hosts(State(address): State<PublicAddress>, request: Request, next: Next) -> Response {
    if asked_host(&request).is_some_and(|asked| is_foreign_to_loopback(asked, address.url())) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    next.run(request).await
}

/// By the scheme and host from a trusted proxy, if given.
fn judge_arrival(arrival: &Arrival, public_url: &Url) -> Option<Verdict> {
    if arrival.scheme == Some(Scheme::Http) && public_url.scheme() == "https" {
        return Some(Verdict::Insecure);
    }
    let ours = public_url.host().map(|host| host.to_owned());
    arrival.host.as_ref().map(|host| if Some(host) == ours.as_ref() { Verdict::Ours } else { Verdict::OtherName })
}

/// By the name alone, if we terminate TLS ourselves: nothing is between the client and us.
fn judge_name(asked: Option<&str>, public_url: &Url) -> Option<Verdict> {
    let asked = Url::parse(&format!("https://{}", asked?)).ok();
    let is_ours = asked.is_some_and(|asked| asked.host() == public_url.host());
    Some(if is_ours { Verdict::Ours } else { Verdict::OtherName })
}

/// By the host, on loopback addresses.
fn judge_host(asked: Option<&str>, origin: &str, public_url: &Url) -> Option<Verdict> {
    let asked = asked?;
    if origin.split_once("://").is_some_and(|(_, authority)| authority == asked) {
        Some(Verdict::Ours)
    } else if is_another_loopback_name(asked, public_url) {
        Some(Verdict::OtherName)
    } else {
        is_foreign_to_loopback(asked, public_url).then_some(Verdict::Foreign)
    }
}

fn moved(public_url: &Url, path_and_query: &str) -> Option<Url> {
    let (path, query) =
        path_and_query.split_once('?').map_or((path_and_query, None), |(path, query)| (path, Some(query)));
    let mut target = public_url.clone();
    target.set_path(path);
    target.set_query(query);
    (target.origin() == public_url.origin()).then_some(target)
}

fn is_another_loopback_name(asked: &str, public_url: &Url) -> bool {
    let Ok(asked) = Url::parse(&format!("{}://{asked}", public_url.scheme())) else { return false };
    asked.host() != public_url.host()
        && asked.port() == public_url.port()
        && is_loopback(&asked)
        && is_loopback(public_url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_other_names_of_this_machine_are_moved() {
        let ours = url("http://127.0.0.1:3000");
        assert!(is_another_loopback_name("localhost:3000", &ours));
        assert!(is_another_loopback_name("[::1]:3000", &ours));
        for other in ["127.0.0.1:3000", "localhost:3001", "evil.test:3000", "", "localhost@evil.test"] {
            assert!(!is_another_loopback_name(other, &ours), "{other}");
        }
        assert!(!is_another_loopback_name("localhost", &url("https://rolecall.example")));
    }

    #[test]
    fn what_a_proxy_says_is_held_against_the_public_address() {
        let ours = url("https://rolecall.example:8443");
        let judged = |scheme: Option<Scheme>, host: Option<&str>| {
            let host = host.map(|host| url::Host::parse(host).unwrap());
            judge_arrival(&Arrival { scheme, host }, &ours)
        };
        assert_eq!(judged(Some(Scheme::Https), Some("rolecall.example")), Some(Verdict::Ours));
        assert_eq!(judged(Some(Scheme::Http), Some("rolecall.example")), Some(Verdict::Insecure));
        assert_eq!(judged(Some(Scheme::Https), Some("evil.test")), Some(Verdict::OtherName));
        assert_eq!(judged(Some(Scheme::Https), None), None);
        assert_eq!(judged(None, None), None);
        let insecure = Arrival { scheme: Some(Scheme::Http), host: None };
        assert_eq!(judge_arrival(&insecure, &url("http://rolecall.example")), None);
    }

    #[test]
    fn where_nobody_stands_between_the_name_must_be_ours() {
        let ours = url("https://rolecall.example");
        assert_eq!(judge_name(Some("rolecall.example:443"), &ours), Some(Verdict::Ours));
        for other in ["10.0.0.7", "evil.test", "rolecall.example@evil.test", "/"] {
            assert_eq!(judge_name(Some(other), &ours), Some(Verdict::OtherName), "{other}");
        }
    }

    #[test]
    fn a_path_cannot_change_the_origin() {
        let ours = url("http://127.0.0.1:3000");
        assert_eq!(moved(&ours, "//evil.test/x?y=1").unwrap().as_str(), "http://127.0.0.1:3000//evil.test/x?y=1");
        assert_eq!(moved(&ours, "/a?b").unwrap().as_str(), "http://127.0.0.1:3000/a?b");
    }
}
