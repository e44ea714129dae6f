//! A sign-out holds: after it, nothing signs the browser in again before a person asks for it.
//!
//! The provider mostly still knows who somebody is. A page that loads itself again, a tab that comes back or a script that
//! goes to a link of ours would sign them in within seconds, without a question. So a sign-out leaves a cookie in the
//! browser, and as long as it is there:
//!
//! - A navigation that needs a sign-in gets a page that says so, not a redirect to the provider.
//! - `GET /login/{provider}` begins only where the link carries what the cookie holds. Our own pages write it into their
//!   links; a page of somebody else cannot know it. The form of our pages that begins a sign-in needs no such thing: a
//!   page of another origin cannot send it.
//!
//! Where a sign-in begins, the cookie goes. A sign-out on another host can leave no cookie here, but the session of this
//! host then points to a sign-in that ended by a sign-out, which says the same. So does one that the person ended from
//! another browser, or that an administrator ended; the page says who did.
//!
//! What has only ended by time or at the provider goes on as before. Whoever plants such a cookie costs its owner a click.

use axum::response::Response;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};
use tower_sessions::Session;
use url::form_urlencoded::{self, Serializer};

use crate::Auth;
use crate::session::{self, LiveSignInError, SignOutMark};

/// The parameter in which a link that begins a sign-in carries what the cookie holds.
const SIGNED_OUT: &str = "signed_out";

/// Lets a browser forget the pages of a host that it keeps, those for going back among them (Clear Site Data).
pub const CLEAR_CACHE: (HeaderName, HeaderValue) =
    (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));

/// The mark of the sign-out that holds in the browser behind the request with these headers and extensions. The session of
/// a sign-in that was ended on another host says so, too: [`remember`] puts the mark in its place.
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
    Ok(Some(SignOutMark::at(at_ms).by(by)))
}

/// Lets the browser that gets `response` remember `mark`, and forget its session.
pub fn remember(auth: &Auth, mark: &SignOutMark, mut response: Response) -> Response {
    let cookies = [auth.cookies().signed_out(mark), auth.cookies().session_removal()];
    for value in cookies.iter().filter_map(|cookie| HeaderValue::from_str(&cookie.to_string()).ok()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// `link`, a path and query of ours that begins a sign-in, as it works after the sign-out with this `mark`.
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
