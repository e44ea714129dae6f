//! Where a denied person is led, if they can change the outcome.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::{Extensions, HeaderMap};
use thiserror::Error;
use tower_sessions::cookie::Cookie;

use crate::routes;
use crate::session::{MAX_INLINE_BYTES, SealedCookies};
use crate::{Auth, ReturnTo, guard};

/// How long ago a sign-in counts as just made, in milliseconds.
const JUST_NOW_MS: i64 = 60 * 1000;

/// A redirect that comes back to the requested page.
pub struct WayOn {
    /// The path where it begins.
    pub path: String,
    /// The cookies that the browser needs for the way back.
    pub cookies: Vec<Cookie<'static>>,
}

/// The page's address is longer than [`ReturnTo::MAX_BYTES`], so no sign-in can lead back to it.
#[derive(Debug, Error)]
#[error("the address of the page is longer than a sign-in can lead back to")]
pub struct AddressTooLong;

/// The path to the only provider's sign-in, or to the choice among several, that comes back to `page`.
///
/// # Errors
/// When the address of the page is too long.
pub fn way_to_sign_in(auth: &Auth, page: &str) -> Result<WayOn, AddressTooLong> {
    let WayOn { path, cookies } = way_back(auth, page)?;
    Ok(WayOn { path: sign_in_path(auth, &path), cookies })
}

/// The path to the only provider's sign-in, or to the choice among several, that comes back to `return_to`.
#[must_use]
pub fn sign_in_path(auth: &Auth, return_to: &str) -> String {
    let place = match auth.choices() {
        [only] => routes::login(&only.id),
        _ => routes::SIGN_IN.to_owned(),
    };
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to).finish();
    format!("{place}?{query}")
}

/// Where the person behind the request with these extensions signs in again, and comes back to `page`. `None` for a
/// person who has just come from the provider: if that was not enough, the provider did not prompt them or does not say
/// when they authenticated, and another round would not change that.
///
/// # Errors
/// When the address of the page is too long.
pub fn way_to_step_up(auth: &Auth, extensions: &Extensions, page: &str) -> Result<Option<WayOn>, AddressTooLong> {
    let Ok(sign_in) = guard::signed_in(extensions) else { return Ok(None) };
    if auth.clock().now_ms() - sign_in.created_at_ms < JUST_NOW_MS {
        return Ok(None);
    }
    let WayOn { path, cookies } = way_back(auth, page)?;
    Ok(Some(WayOn { path: routes::sign_in_again(&sign_in.provider, &path), cookies }))
}

/// The short address that leads back to `page`.
fn way_back(auth: &Auth, page: &str) -> Result<WayOn, AddressTooLong> {
    if ReturnTo::is_too_long(page) {
        return Err(AddressTooLong);
    }
    let as_it_is = |path: &str| WayOn { path: path.to_owned(), cookies: vec![] };
    if page.len() <= MAX_INLINE_BYTES {
        return Ok(as_it_is(page));
    }
    Ok(match auth.attempts().cookies().keep(ReturnTo::parse_or_home(Some(page))) {
        Ok(kept) => WayOn { path: kept.address.to_string(), cookies: kept.cookies },
        Err(error) => {
            tracing::error!(?error, "an address could not be sealed");
            as_it_is(routes::HOME)
        }
    })
}

/// Redirects the browser to the page that it keeps as `id` in `cookies`; `None` when it has none with that id.
#[must_use]
pub fn go_on_to_kept(cookies: &SealedCookies, id: &str, headers: &HeaderMap) -> Option<Response> {
    cookies.kept(id, headers).map(|page| Redirect::to(page.as_str()).into_response())
}
