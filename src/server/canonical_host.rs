//! On a loopback address, one host name: a cookie set for `127.0.0.1` is not sent to `localhost`, and a sign-in begun
//! at one name and finished at the other would not be found.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use url::Url;

use super::problem::wants_page;
use super::state::AppState;
use crate::loopback::is_loopback;

/// The layer that sends a navigation to another name of this machine on to the configured one, and refuses names that
/// are not this machine's (421: RFC 9110, section 15.5.20).
pub async fn redirect_to_canonical_host(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let public_url = &state.config.auth.public_url;
    let asked = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if asked.is_some() && asked == state.origin.split_once("://").map(|(_, authority)| authority) {
        return next.run(request).await;
    }
    if request.method().is_safe()
        && wants_page(request.headers())
        && asked.is_some_and(|asked| is_another_loopback_name(asked, public_url))
        && let Some(target) = request.uri().path_and_query().and_then(|here| moved(public_url, here.as_str()))
    {
        return Redirect::temporary(target.as_str()).into_response();
    }
    if asked.is_some_and(|asked| is_foreign_to_loopback(asked, public_url)) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    next.run(request).await
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

/// Whether a name that is not this machine's leads to a Rolecall on a loopback address: then a foreign page has bound
/// its own name to it (DNS rebinding), and would pass for our own origin.
fn is_foreign_to_loopback(asked: &str, public_url: &Url) -> bool {
    let asked = Url::parse(&format!("{}://{asked}", public_url.scheme()));
    is_loopback(public_url) && !asked.is_ok_and(|asked| is_loopback(&asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_names_of_this_machine_are_moved() {
        let ours = Url::parse("http://127.0.0.1:3000").unwrap();
        assert!(is_another_loopback_name("localhost:3000", &ours));
        assert!(is_another_loopback_name("[::1]:3000", &ours));
        for other in ["127.0.0.1:3000", "localhost:3001", "evil.test:3000", "", "localhost@evil.test"] {
            assert!(!is_another_loopback_name(other, &ours), "{other}");
        }
        assert!(!is_another_loopback_name("localhost", &Url::parse("https://rolecall.example").unwrap()));
    }

    #[test]
    fn a_foreign_name_bound_to_this_machine_is_noticed() {
        let ours = Url::parse("http://127.0.0.1:3000").unwrap();
        for (asked, foreign) in [("evil.test:3000", true), ("", true), ("127.0.0.1:3000", false), ("[::1]", false)] {
            assert_eq!(is_foreign_to_loopback(asked, &ours), foreign, "{asked}");
        }
        let public = Url::parse("https://rolecall.example").unwrap();
        assert!(!is_foreign_to_loopback("10.0.0.7:3000", &public), "a proxy may ask by an address of its own");
    }

    #[test]
    fn a_path_cannot_change_the_origin() {
        let ours = Url::parse("http://127.0.0.1:3000").unwrap();
        assert_eq!(moved(&ours, "//evil.test/x?y=1").unwrap().as_str(), "http://127.0.0.1:3000//evil.test/x?y=1");
        assert_eq!(moved(&ours, "/a?b").unwrap().as_str(), "http://127.0.0.1:3000/a?b");
    }
}
