//! The loop breaker: after three failed sign-ins a browser is not automatically sent to the provider a fourth time.
//!
//! A page that needs a sign-in sends a browser to the provider, and a provider with a session sends it straight back.
//! If the browser then does not keep our session, or the sign-in fails each time, that would go on for ever. So a
//! short-lived cookie counts the sign-ins of this browser that ended since it was last seen signed in:
//!
//! - Only a callback that belongs to an attempt of this browser counts, so other sites cannot raise the count with
//!   links.
//! - A request of a signed-in browser removes the cookie. So signing in and out, however quickly, never raises the
//!   count; and of several tabs that sign in at the same time, at most the first finds the browser signed out.
//! - At [`MAX_IN_A_ROW`] the links that begin a sign-in (`GET /login/…`, where pages redirect to) show a page that
//!   explains. Its button begins one anyway, because a person has to press it.
//!
//! A host to which sign-ins are handed over has its own count, of hand-overs after which the browser was not signed in
//! there.
//!
//! The cookie is not a security measure: a browser may read, change or drop it, and then only loops longer.

use axum::http::{Extensions, HeaderMap, HeaderValue, header};
use axum::response::Response;
use tower_sessions::cookie::Cookie;

use crate::guard;
use crate::session::CookiePolicy;

/// How many sign-ins in a row may fail before the browser is stopped.
pub const MAX_IN_A_ROW: u8 = 3;

/// How many sign-ins of the browser behind `request` failed in a row; zero when it is signed in.
#[must_use]
pub fn in_a_row(cookies: &CookiePolicy, headers: &HeaderMap, extensions: &Extensions) -> u8 {
    if guard::has_sign_in(extensions) { 0 } else { cookies.tries_in(headers) }
}

/// Sets the browser's count to `in_a_row`.
pub fn count(cookies: &CookiePolicy, in_a_row: u8, response: &mut Response) {
    set(response.headers_mut(), &cookies.tries(in_a_row));
}

/// Whether the browser behind a request with these headers and extensions is signed in and has a count to remove.
#[must_use]
pub fn is_to_forget(cookies: &CookiePolicy, headers: &HeaderMap, extensions: &Extensions) -> bool {
    guard::has_sign_in(extensions) && cookies.tries_in(headers) > 0
}

/// Removes the browser's count.
pub fn forget(cookies: &CookiePolicy, response: &mut Response) {
    response.headers_mut().append(header::SET_COOKIE, cookies.tries_removal().clone());
}

fn set(headers: &mut HeaderMap, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        headers.append(header::SET_COOKIE, value);
    }
}
