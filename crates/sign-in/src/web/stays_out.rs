//! A sign-out lasts: after it, the browser is signed in again only when a person asks for it.
//!
//! The provider usually still has a session for the person. A page that reloads itself, a restored tab or a script that
//! opens one of our links would sign them in again within seconds, without asking. So a sign-out sets a cookie in the
//! browser, and as long as it is there:
//!
//! - A navigation that needs a sign-in gets a page that explains this, not a redirect to the provider.
//! - `GET /login/{provider}` begins a sign-in only if the link contains the value of the cookie. Our own pages write it
//!   into their links; a page of another origin cannot know it. The form on our pages that begins a sign-in does not
//!   need it: a page of another origin cannot send that form.
//!
//! Beginning a sign-in removes the cookie. A sign-out on another host cannot set a cookie here, but the session of this
//! host then points to a sign-in that ended by a sign-out, which has the same effect. So does a sign-in that the person
//! ended from another browser, or that an administrator ended; the page says who did.
//!
//! A sign-in that expired, or that the provider ended, has no such effect. An attacker who plants such a cookie costs
//! its owner one click.

use axum::response::Response;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};
use tower_sessions::Session;
use url::form_urlencoded::{self, Serializer};

use crate::Auth;
use crate::session::{self, LiveSignInError, SignOutMark};

/// The parameter of a link that begins a sign-in, with the value of the cookie.
const SIGNED_OUT: &str = "signed_out";

/// Makes a browser drop the pages of a host from its caches, including the back/forward cache (Clear Site Data).
pub const CLEAR_CACHE: (HeaderName, HeaderValue) =
    (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));

/// The mark of the sign-out that is in force in the browser behind the request with these headers and extensions. The
/// session of a sign-in that was ended on another host counts too: [`remember`] replaces it with the mark.
///
/// # Errors
/// When a store does not answer.
pub async fn sign_out_that_holds(
    auth: &Auth,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<Option<SignOutMark>, LiveSignInError> {
    if let Some(mark) = auth.cookies().signed_out_in(headers) {
        return Ok(Some(mark));
    }
    let Some(session) = extensions.get::<Session>() else { return Ok(None) };
    let Some(id) = session::pointed_to(session).await? else { return Ok(None) };
    let Some((at_ms, by)) = auth.sign_ins().signed_out_at(&id).await? else { return Ok(None) };
    Ok(Some(SignOutMark::of_session(session, at_ms).by(by)))
}

/// Sets `mark` in the browser that gets `response`, and removes its session.
pub fn remember(auth: &Auth, mark: &SignOutMark, mut response: Response) -> Response {
    let cookies = [auth.cookies().signed_out(mark), auth.cookies().session_removal()];
    for value in cookies.iter().filter_map(|cookie| HeaderValue::from_str(&cookie.to_string()).ok()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// `link`, a path and query of ours that begins a sign-in, in the form that works after the sign-out with this `mark`.
#[must_use]
pub fn asked_for(link: &str, mark: &SignOutMark) -> String {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let others = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != SIGNED_OUT);
    let query = Serializer::new(String::new()).extend_pairs(others).append_pair(SIGNED_OUT, &mark.to_string()).finish();
    format!("{path}?{query}")
}

/// Whether the link with this `query` is one that works after the sign-out with this `mark`.
pub(super) fn is_asked_for(query: &str, mark: &SignOutMark) -> bool {
    let mark = mark.to_string();
    form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == SIGNED_OUT && value == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_keeps_what_it_asks_for_and_carries_one_mark() {
        let (old, mark) = (SignOutMark::at(1), SignOutMark::at(2));
        let link = asked_for(&asked_for("/login/azure?return_to=%2Fa%3Fb%3D%2525%26c%23d&prompt=login", &old), &mark);
        assert_eq!(link, format!("/login/azure?return_to=%2Fa%3Fb%3D%2525%26c%23d&prompt=login&signed_out={mark}"));
        assert!(is_asked_for(link.split_once('?').unwrap().1, &mark));
        assert!(!is_asked_for(link.split_once('?').unwrap().1, &old));
        assert!(!is_asked_for("signed_out=&return_to=%2F", &mark) && !is_asked_for("", &mark));
        assert_eq!(asked_for("/login/azure", &mark), format!("/login/azure?signed_out={mark}"));
    }
}
