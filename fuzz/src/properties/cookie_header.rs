//! The `Cookie` header.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header};
use rolecall_sign_in::session::{Cipher, CookiePolicy, KeptAttempt, NoDetails, SealedCookies, remove_look_alikes};
use tower_sessions::cookie::Cookie;
use tower_sessions::session::Id;

/// A key that sealed nothing.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/// The state of an attempt that nobody began.
const STATE: &str = "a state";

/// No attempt is found that we did not seal, none that is sent twice is held, and those that are held give way to a new
/// one within its bounds; a session id that can be read is one id and is written in one way.
pub fn cookie_header(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let mut headers = HeaderMap::new();
    headers.append(header::COOKIE, value.clone());
    let cipher = Arc::new(Cipher::new(&[KEY.to_owned().into()]).unwrap());
    for origin in ["http://127.0.0.1:3000", "https://rolecall.test"] {
        let policy = CookiePolicy::new(&origin.parse().unwrap());
        let cookies = SealedCookies::new(Arc::clone(&cipher), policy, origin.to_owned());
        let held = cookies.attempts_in(&headers);
        assert!(!matches!(cookies.attempt::<NoDetails>(STATE, &held), Ok(Some(_))), "an attempt that nobody began");
        let attempt =
            KeptAttempt { begun_at_ms: 0, return_to: rolecall_sign_in::ReturnTo::home(), details: NoDetails {} };
        assert!(cookies.begin_attempt(STATE, &attempt, &held).unwrap().len() <= 17, "too many are let go of at once");
        assert!(cookies.kept("AAAAAAAAAAAAAAAAAAAAAA", &headers).is_none(), "an address that nobody kept");
        let mut doubled = headers.clone();
        doubled.append(header::COOKIE, value.clone());
        assert!(cookies.attempts_in(&doubled).is_empty(), "a doubled cookie was taken");
        remove_look_alikes(&mut doubled);
        assert!(cookies.attempts_in(&doubled).is_empty(), "a doubled cookie was taken");
    }
    let Ok(text) = value.to_str() else { return };
    for cookie in Cookie::split_parse(text).flatten() {
        if let Ok(id) = cookie.value().parse::<Id>() {
            assert_eq!(id.to_string().parse::<Id>().unwrap(), id);
        }
    }
}
