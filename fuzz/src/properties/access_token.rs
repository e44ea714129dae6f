//! Access tokens: whatever claims come, only those of an access token for our API, in its time, say who calls.

use rolecall_sign_in::bearer::claims::{Checked, check};
use rolecall_sign_in::bearer::{ApiAccess, CallerKind};
use serde_json::{Map, Value};

const ISSUER: &str = "https://issuer.test";
const AUDIENCE: &str = "api://11111111-2222-4333-8444-555555555555";
const SCOPE: &str = "access_as_user";
/// When the honest claims of the corpus were made, Unix seconds (UTC).
const NOW_S: i64 = 1_800_000_000;

/// Nothing panics, and nobody calls by claims that lack any part of an access token, be the provider Entra or another.
pub fn access_token(data: &[u8]) {
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(data) else { return };
    for is_entra in [false, true] {
        let Some(caller) = caller(&claims, is_entra) else { continue };
        let text = || String::from_utf8_lossy(data).into_owned();
        assert_eq!(claims["iss"], ISSUER, "{}", text());
        let audience =
            claims["aud"].as_array().map_or_else(|| vec![&claims["aud"]], |several| several.iter().collect());
        let is_ours = |one: &&Value| **one == AUDIENCE || is_entra && AUDIENCE.ends_with(one.as_str().unwrap_or("?"));
        assert!(audience.iter().any(is_ours), "{}", text());
        let second = |name: &str| claims.get(name).map(|value| value.as_f64().unwrap());
        let now_s = f64::from(i32::try_from(NOW_S).unwrap());
        assert!(second("exp").unwrap() > now_s - 60.0 && second("iat").unwrap() <= now_s + 60.0, "{}", text());
        assert!(second("nbf").is_none_or(|nbf| nbf <= now_s + 60.0), "{}", text());
        assert!(["nonce", "at_hash", "events", "cnf"].iter().all(|name| !claims.contains_key(*name)), "{}", text());
        assert_eq!(claims[if is_entra { "oid" } else { "sub" }], caller.subject, "{}", text());
        assert!(!caller.client.is_empty() && !caller.subject.is_empty() && !caller.name.is_empty(), "{}", text());
        let allows = |name: &str| claims.get(name).is_some_and(|scopes| scopes.to_string().contains(SCOPE));
        assert!(caller.kind == CallerKind::Application || allows("scp") || allows("scope"), "{}", text());
    }
}

/// Who calls with `claims`.
pub fn caller(claims: &Map<String, Value>, is_entra: bool) -> Option<Checked> {
    let access = ApiAccess { audiences: vec![AUDIENCE.to_owned()], scope: SCOPE.to_owned() };
    check(claims, ISSUER, &access, is_entra, NOW_S).ok()
}
