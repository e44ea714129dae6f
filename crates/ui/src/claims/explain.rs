//! Explains the claims of an ID token.
//!
//! Meanings after OpenID Connect Core (sections 2 and 5.1), RFC 7519 (section 4.1), OpenID Connect Front-Channel Logout
//! (`sid`) and Microsoft's ID token claims reference.

use chrono::DateTime;
use rolecall_model::Claim;
use serde_json::{Map, Value};

/// Each of `claims` with its meaning: about the person first, then the protocol's, known ones in the order of
/// [`KNOWN`].
pub fn explain(claims: &Map<String, Value>) -> Vec<Claim> {
    let mut explained: Vec<(usize, Claim)> = claims
        .iter()
        .map(|(name, value)| {
            let rank = KNOWN.iter().position(|known| known.name == name);
            let known = rank.map(|rank| &KNOWN[rank]);
            let readable = readable(name, value);
            let json = value.to_string();
            let claim = Claim {
                name: name.clone(),
                meaning: known.map_or_else(String::new, |known| known.meaning.to_owned()),
                json: (value.as_str().is_none() && json != readable).then_some(json),
                value: readable,
                protocol: known.is_some_and(|known| known.protocol),
            };
            (rank.unwrap_or(KNOWN.len()), claim)
        })
        .collect();
    explained.sort_by(|(a_rank, a), (b_rank, b)| {
        a.protocol.cmp(&b.protocol).then(a_rank.cmp(b_rank)).then_with(|| a.name.cmp(&b.name))
    });
    explained.into_iter().map(|(_, claim)| claim).collect()
}

/// The value of the claim `name` for people.
pub fn readable(name: &str, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) if TIMES.contains(&name) => {
            let time = number.as_i64().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
            time.map_or_else(|| number.to_string(), |time| time.format("%-d %b %Y, %H:%M:%S UTC").to_string())
        }
        Value::Array(values) if values.iter().all(Value::is_string) => {
            values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// Claims whose number is a time, in seconds since 1970 (UTC).
const TIMES: [&str; 5] = ["exp", "iat", "nbf", "auth_time", "updated_at"];

struct Known {
    name: &'static str,
    meaning: &'static str,
    protocol: bool,
}

const fn person(name: &'static str, meaning: &'static str) -> Known {
    Known { name, meaning, protocol: false }
}

const fn protocol(name: &'static str, meaning: &'static str) -> Known {
    Known { name, meaning, protocol: true }
}

const KNOWN: &[Known] = &[
    person("name", "Your full name."),
    person("given_name", "Your given name."),
    person("family_name", "Your family name."),
    person(
        "preferred_username",
        "Your user name at the provider. It can change, so Rolecall does not identify you by it.",
    ),
    person("email", "Your e-mail address. It can pass to somebody else, so Rolecall does not identify you by it."),
    person("email_verified", "Whether the provider has checked that the e-mail address is yours."),
    person("upn", "Your user principal name."),
    person("roles", "The app roles that were assigned to you. Rolecall derives your role from them."),
    person("groups", "The ids of the groups that you belong to."),
    person("wids", "The ids of the directory roles that you hold."),
    person("picture", "The address of your picture."),
    person("locale", "Your language and region."),
    person("zoneinfo", "Your time zone."),
    person("phone_number", "Your telephone number."),
    person("updated_at", "When your profile at the provider last changed."),
    person(
        "sub",
        "Your identifier at the provider, for this application. Rolecall identifies you by it and the issuer.",
    ),
    person("oid", "Your identifier in the tenant, the same for all its applications."),
    person("tid", "The tenant (organization) that you belong to."),
    person("acct", "Your kind of account in the tenant: 0 for a member, 1 for a guest."),
    person("login_hint", "What tells the provider which account to sign in or out."),
    protocol("iss", "The provider that issued the token."),
    protocol("aud", "The application that the token was issued to."),
    protocol("azp", "The application that asked for the token."),
    protocol("iat", "When the token was issued."),
    protocol("nbf", "When the token becomes valid."),
    protocol("exp", "When the token expires. Your session here ends at its own time."),
    protocol("auth_time", "When you last signed in at the provider."),
    protocol("nonce", "Ties the token to the sign-in that asked for it."),
    protocol("acr", "The level of authentication that you passed."),
    protocol("amr", "How you were authenticated, such as by password."),
    protocol("sid", "The identifier of your session at the provider."),
    protocol("at_hash", "Ties the token to the access token that came with it."),
    protocol("c_hash", "Ties the token to the code that came with it."),
    protocol("jti", "The token's own identifier."),
    protocol("uti", "The token's own identifier at Entra."),
    protocol("ver", "The version of the token format."),
    protocol("rh", "Internal to Entra."),
    protocol("aio", "Internal to Entra."),
    protocol("idp", "Where you were authenticated, if not at the issuer."),
    protocol("xms_cc", "What the application can handle (continuous access evaluation)."),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn explained(claims: &Value) -> Vec<Claim> {
        explain(claims.as_object().unwrap())
    }

    #[test]
    fn the_person_comes_first_and_the_protocol_last() {
        let claims = explained(&json!({"iss": "i", "zz_own": 1, "sub": "s", "name": "Ada", "exp": 0}));
        let names: Vec<_> = claims.iter().map(|claim| claim.name.as_str()).collect();
        assert_eq!(names, ["name", "sub", "zz_own", "iss", "exp"]);
        assert!(!claims[2].protocol && claims[2].meaning.is_empty());
    }

    #[test]
    fn values_are_readable_and_the_json_is_kept_where_it_differs() {
        let claims = explained(&json!({"auth_time": 1_700_000_000, "roles": ["a", "b"], "name": "x"}));
        let of = |name: &str| claims.iter().find(|claim| claim.name == name).unwrap();
        assert_eq!(of("auth_time").value, "14 Nov 2023, 22:13:20 UTC");
        assert_eq!(of("auth_time").json.as_deref(), Some("1700000000"));
        assert_eq!(of("roles").value, "a, b");
        assert_eq!(of("roles").json.as_deref(), Some(r#"["a","b"]"#));
        assert_eq!(of("name").json, None);
    }

    #[test]
    fn values_of_another_form_are_shown_as_they_are() {
        let claims = explained(&json!({"exp": 1e300, "iat": "x", "roles": {"a": [1]}, "x": null}));
        let of = |name: &str| claims.iter().find(|claim| claim.name == name).unwrap().value.clone();
        assert!(of("exp").starts_with("1e"), "{}", of("exp"));
        assert_eq!(of("iat"), "x");
        assert_eq!(of("roles"), r#"{"a":[1]}"#);
        assert_eq!(of("x"), "null");
    }
}
