//! The claims that `openidconnect` leaves to its users (OpenID Connect Core 3.1.3.7). Times have a minute of leeway.

use std::time::Duration;

use serde_json::{Map, Value};

use super::IdTokenError;
use crate::clock::{LEEWAY_MS, LEEWAY_S};
use crate::jws::MAX_AGE_S;

/// `iat` is at most a minute ahead, and no older than a token may be (point 10).
pub fn check_issue_time(issued_at_s: i64, now_s: i64) -> Result<(), String> {
    if issued_at_s > now_s + LEEWAY_S {
        Err("issued in the future".to_owned())
    } else if issued_at_s < now_s - MAX_AGE_S {
        Err("issued too long ago".to_owned())
    } else {
        Ok(())
    }
}

/// If present, `azp` is our client id. It must be present if there are several audiences (points 4 and 5).
pub fn check_authorized_party(claims: &Map<String, Value>, client_id: &str) -> Result<(), IdTokenError> {
    let several_audiences = claims.get("aud").and_then(Value::as_array).is_some_and(|audiences| audiences.len() > 1);
    match claims.get("azp") {
        None if !several_audiences => Ok(()),
        Some(Value::String(party)) if party == client_id => Ok(()),
        _ => Err(IdTokenError::AuthorizedParty),
    }
}

/// If present, `nbf` is a time that has come (RFC 7519, section 4.1.5).
pub fn check_not_before(claims: &Map<String, Value>, now_ms: i64) -> Result<(), IdTokenError> {
    match claims.get("nbf").map(Value::as_f64) {
        None => Ok(()),
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era fit a double exactly")]
        Some(Some(not_before)) if not_before * 1000.0 <= (now_ms + LEEWAY_MS) as f64 => Ok(()),
        Some(_) => Err(IdTokenError::NotYetValid),
    }
}

/// If `max_age` was requested, `auth_time` must be present and within it (OpenID Connect Core 3.1.3.7, point 13).
pub fn check_auth_time(
    claims: &Map<String, Value>,
    max_age: Option<Duration>,
    now_ms: i64,
) -> Result<(), IdTokenError> {
    let Some(max_age) = max_age else { return Ok(()) };
    let at_s = claims.get("auth_time").and_then(Value::as_i64).ok_or(IdTokenError::AuthTime)?;
    let age_s = now_ms.div_euclid(1000).saturating_sub(at_s);
    let oldest_s = i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX).saturating_add(LEEWAY_S);
    if (-LEEWAY_S..=oldest_s).contains(&age_s) { Ok(()) } else { Err(IdTokenError::AuthTime) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    // Case: token/azp-other, token/azp-missing-beside-several-aud, token/azp-ours-beside-several-aud
    #[test]
    fn the_authorized_party_must_be_us_and_be_named_beside_several_audiences() {
        let accepted = [json!({"aud": "us"}), json!({"aud": ["us"]}), json!({"aud": ["us", "them"], "azp": "us"})];
        for case in accepted {
            assert!(check_authorized_party(&claims(case.clone()), "us").is_ok(), "{case}");
        }
        let refused = [
            json!({"aud": ["us", "them"]}),
            json!({"aud": "us", "azp": "them"}),
            json!({"aud": "us", "azp": ["us"]}),
            json!({"aud": "us", "azp": null}),
        ];
        for case in refused {
            assert!(check_authorized_party(&claims(case.clone()), "us").is_err(), "{case}");
        }
    }

    // Case: token/nbf-ahead
    #[test]
    fn a_token_is_not_taken_before_its_time() {
        let now_ms = 1_700_000_000_000;
        for (nbf, valid) in [(1_700_000_060, true), (1_700_000_061, false)] {
            assert_eq!(check_not_before(&claims(json!({ "nbf": nbf })), now_ms).is_ok(), valid, "{nbf}");
        }
        assert!(check_not_before(&claims(json!({"nbf": 1e300})), now_ms).is_err());
        assert!(check_not_before(&claims(json!({"nbf": "now"})), now_ms).is_err());
    }

    #[test]
    fn with_a_max_age_the_person_was_authenticated_within_it() {
        let hour = Some(Duration::from_secs(3600));
        for (auth_time, valid) in [(6_340, true), (6_339, false), (10_060, true), (10_061, false)] {
            let claims = claims(json!({ "auth_time": auth_time }));
            assert_eq!(check_auth_time(&claims, hour, 10_000_000).is_ok(), valid, "{auth_time}");
            assert!(check_auth_time(&claims, None, 10_000_000).is_ok());
        }
        for odd in
            [json!({}), json!({"auth_time": "9000"}), json!({"auth_time": 1e300}), json!({"auth_time": i64::MIN})]
        {
            assert!(check_auth_time(&claims(odd.clone()), hour, 10_000_000).is_err(), "{odd}");
        }
    }

    // Case: token/iat-ahead, token/iat-long-ago
    #[test]
    fn the_issue_time_has_a_minute_ahead_and_ten_behind() {
        for (issued_at, valid) in [(1_060, true), (1_061, false), (400, true), (399, false)] {
            assert_eq!(check_issue_time(issued_at, 1_000).is_ok(), valid, "{issued_at}");
        }
    }
}
