//! Which cookies get as far as the session, and which an answer sets.

use axum::extract::Request;
use http::{HeaderMap, HeaderValue, header};
use tower_sessions::cookie::Cookie;

use crate::session::remove_look_alikes;

/// The layer, for [`map_request`](axum::middleware::map_request), that takes cookies away which could be mistaken for
/// ours. It stands in front of the session layer.
pub async fn without_look_alikes(mut request: Request) -> Request {
    remove_look_alikes(request.headers_mut());
    request
}

/// Lets an answer with these headers set `cookies`.
pub fn set_cookies<'a>(headers: &mut HeaderMap, cookies: impl IntoIterator<Item = &'a Cookie<'static>>) {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            headers.append(header::SET_COOKIE, value);
        }
    }
}
