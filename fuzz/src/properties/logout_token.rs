//! Logout tokens: whatever text comes, it is read or refused, and whatever claims come, only those of a logout token
//! for us, made just now, name somebody.

use rolecall_sign_in::jws::UnverifiedJws;
use rolecall_sign_in::logout_token::LogoutToken;
use rolecall_sign_in::session::ProviderSession;
use serde_json::{Map, Value};

const ISSUER: &str = "https://issuer.test";
const CLIENT_ID: &str = "rolecall";
/// When the honest claims of the corpus were made, Unix seconds (UTC).
const NOW_S: i64 = 1_800_000_000;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Nothing panics, and nobody is signed out by claims that lack any part of a logout token.
pub fn logout_token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = UnverifiedJws::parse(text.trim_end());
    let Ok(claims) = serde_json::from_str::<Map<String, Value>>(text) else { return };
    if let Some(session) = signed_out(&claims) {
        assert_eq!(claims["iss"], ISSUER, "{text}");
        let audience =
            claims["aud"].as_array().map_or_else(|| vec![&claims["aud"]], |several| several.iter().collect());
        assert!(audience.iter().any(|one| *one == CLIENT_ID), "{text}");
        let age_s = NOW_S - claims["iat"].as_i64().unwrap();
        assert!(age_s.abs() <= 600, "{text}");
        let is_in_time = claims.get("exp").map_or(age_s <= 120, |end| end.as_i64().unwrap() > NOW_S - 60);
        assert!(is_in_time, "{text}");
        assert!(claims["events"][EVENT].is_object() && !claims.contains_key("nonce"), "{text}");
        assert!(!claims["jti"].as_str().unwrap().is_empty(), "{text}");
        let named = match session {
            ProviderSession::Session { sid, subject } => {
                claims["sid"] == sid && claims.get("sub").and_then(Value::as_str) == subject.as_deref()
            }
            ProviderSession::Subject(sub) => claims["sub"] == sub && !claims.contains_key("sid"),
        };
        assert!(named, "{text}");
    }
}

/// Whom `claims` sign out.
pub fn signed_out(claims: &Map<String, Value>) -> Option<ProviderSession> {
    LogoutToken::check(claims, ISSUER, CLIENT_ID, NOW_S).ok().map(|token| token.session)
}
