//! The `Cookie` header.

use http::{HeaderMap, HeaderValue, header};
use rolecall::auth::session::CookiePolicy;
use tower_sessions::cookie::Cookie;
use tower_sessions::session::Id;

/// The length of 256 bits as base64url.
const BINDING_LEN: usize = 43;

/// A binding that is taken has the form of ours, stands in the header, and is not taken when it is sent twice; a session
/// id that can be read is one id and is written in one way.
pub fn cookie_header(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let mut headers = HeaderMap::new();
    headers.append(header::COOKIE, value.clone());
    for origin in ["http://127.0.0.1:3000", "https://rolecall.test"] {
        let policy = CookiePolicy::new(&origin.parse().unwrap());
        let Some(binding) = policy.binding_in(&headers) else { continue };
        assert_eq!(binding.len(), BINDING_LEN);
        assert!(value.to_str().unwrap().contains(&binding));
        let mut doubled = headers.clone();
        doubled.append(header::COOKIE, value.clone());
        assert_eq!(policy.binding_in(&doubled), None, "a doubled cookie was taken");
    }
    let Ok(text) = value.to_str() else { return };
    for cookie in Cookie::split_parse(text).flatten() {
        if let Ok(id) = cookie.value().parse::<Id>() {
            assert_eq!(id.to_string().parse::<Id>().unwrap(), id);
        }
    }
}
