//! The last step to a page with a long address: from the path that stood for it through the sign-in.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::HeaderMap;

use crate::session::SealedCookies;

/// Sends the browser to the page that it keeps as `id` among `cookies`; `None` when it keeps none of that name.
#[must_use]
pub fn go_on_to_kept(cookies: &SealedCookies, id: &str, headers: &HeaderMap) -> Option<Response> {
    cookies.kept(id, headers).map(|page| Redirect::to(page.as_str()).into_response())
}
