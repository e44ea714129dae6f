//! The last step to a page with a long address: from the path that stood for it through the sign-in.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::HeaderMap;

use super::set_cookies;
use crate::auth::session::SealedCookies;

/// Sends the browser to the page that it keeps as `id` among `cookies`; `None` when it keeps none of that name.
#[must_use]
pub fn go_on_to_kept(cookies: &SealedCookies, id: &str, headers: &HeaderMap) -> Option<Response> {
    let (page, removals) = cookies.kept(id, headers)?;
    let mut response = Redirect::to(page.as_str()).into_response();
    set_cookies(response.headers_mut(), &removals);
    Some(response)
}
