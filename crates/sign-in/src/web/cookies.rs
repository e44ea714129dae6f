//! The cookies of an answer.

use http::{HeaderMap, HeaderValue, header};
use tower_sessions::cookie::Cookie;

/// Adds `cookies` to an answer with these headers.
pub fn set_cookies<'a>(headers: &mut HeaderMap, cookies: impl IntoIterator<Item = &'a Cookie<'static>>) {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            headers.append(header::SET_COOKIE, value);
        }
    }
}
