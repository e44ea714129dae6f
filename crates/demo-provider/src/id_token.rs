//! ID tokens (OpenID Connect Core 1.0, section 2).

use openidconnect::{AccessToken, AccessTokenHash};
use serde_json::{Map, Value, json};

use super::clients::CLIENT_ID;
use super::grants::Grant;
use super::keys::{ALGORITHM, KeyError};
use super::people::TENANT_ID;
use super::state::ProviderState;

/// How long an ID token is valid, in seconds.
const LIFETIME_S: i64 = 3600;

/// An ID token for `grant`, in compact form. `nonce` is the one of the authorization request; a refreshed token has
/// none (OpenID Connect Core 1.0, section 12.2).
///
/// # Errors
/// When there is no key, or it does not sign.
pub(super) async fn issue(
    state: &ProviderState,
    grant: &Grant,
    nonce: Option<&str>,
    access_token: &AccessToken,
) -> Result<String, KeyError> {
    let key = state.key().await?;
    let mut claims = claims(grant, state.issuer().as_str(), state.now_ms().div_euclid(1000));
    let access_token_hash = AccessTokenHash::from_token(access_token, &ALGORITHM, &key.public)?;
    claims.insert("at_hash".to_owned(), json!(access_token_hash));
    if let Some(nonce) = nonce {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    key.token("JWT", claims)
}

/// What a token says of `grant`, without `nonce` and `at_hash`.
fn claims(grant: &Grant, issuer: &str, now_s: i64) -> Map<String, Value> {
    let person = grant.person;
    let claims = [
        ("iss", json!(issuer)),
        ("sub", json!(person.subject)),
        ("aud", json!(CLIENT_ID)),
        ("exp", json!(now_s + LIFETIME_S)),
        ("iat", json!(now_s)),
        ("nbf", json!(now_s)),
        ("auth_time", json!(grant.auth_time_s)),
        ("sid", json!(grant.sid)),
        ("name", json!(person.name)),
        ("given_name", json!(person.given_name)),
        ("family_name", json!(person.family_name)),
        ("preferred_username", json!(person.email)),
        ("email", json!(person.email)),
        ("email_verified", json!(true)),
        ("oid", json!(person.subject)),
        ("tid", json!(TENANT_ID)),
    ];
    let roles = (!person.roles.is_empty()).then(|| ("roles", json!(person.roles)));
    claims.into_iter().chain(roles).map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use chrono::DateTime;
    use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet};
    use openidconnect::{ClientId, IssuerUrl, JsonWebKey as _, Nonce};

    use super::*;
    use crate::people::{DemoPerson, person};

    fn grant_of(key: &str) -> Grant {
        let person: &'static DemoPerson = person(key).unwrap();
        Grant { person, scopes: Vec::new(), sid: "session".to_owned(), auth_time_s: 900 }
    }

    fn claims_of(key: &str) -> Map<String, Value> {
        claims(&grant_of(key), "http://127.0.0.1:3000/demo", 1_000)
    }

    #[test]
    fn roles_are_an_array() {
        assert_eq!(claims_of("ada")["roles"], json!(["Rolecall.Admin"]));
    }

    #[test]
    fn a_person_without_a_role_has_no_such_claim() {
        assert!(!claims_of("nora").contains_key("roles"));
    }

    #[test]
    fn times_are_seconds_and_the_sign_in_keeps_its_own() {
        let claims = claims_of("reed");
        assert_eq!((&claims["iat"], &claims["exp"]), (&json!(1_000), &json!(4_600)));
        assert_eq!(claims["auth_time"], json!(900));
    }

    #[tokio::test]
    async fn the_published_key_verifies_a_token_whose_header_names_it() {
        let state = ProviderState::at(1_000_000);
        let token = issue(&state, &grant_of("ada"), Some("n"), &AccessToken::new("a".to_owned())).await.unwrap();
        let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
        let key = &state.key().await.unwrap().public;
        let kid = key.key_id().unwrap().as_str();
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header, json!({ "alg": "RS256", "typ": "JWT", "kid": kid }));

        let keys = CoreJsonWebKeySet::new(vec![key.clone()]);
        let (client, issuer) = (ClientId::new(CLIENT_ID.to_owned()), IssuerUrl::from_url(state.issuer().clone()));
        let verifier =
            CoreIdTokenVerifier::new_public_client(client, issuer, keys).set_time_fn(|| DateTime::UNIX_EPOCH);
        let token: CoreIdToken = token.parse().unwrap();
        assert!(token.claims(&verifier, &Nonce::new("n".to_owned())).is_ok());
        assert!(token.claims(&verifier, &Nonce::new("m".to_owned())).is_err());
    }
}
