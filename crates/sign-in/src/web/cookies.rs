//! Which cookies an answer sets.

use http::{HeaderMap, HeaderValue, header};
use tower_sessions::cookie::Cookie;

/// Lets an answer with these headers set `cookies`.
pub fn set_cookies<'a>(headers: &mut HeaderMap, cookies: impl IntoIterator<Item = &'a Cookie<'static>>) {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            headers.append(header::SET_COOKIE, value);
        }
    }
}
