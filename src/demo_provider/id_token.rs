//! ID tokens (OpenID Connect Core 1.0, section 2): honest claims first, then the faults, then one way to sign.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreHmacKey, CoreJwsSigningAlgorithm};
use openidconnect::{AccessToken, AccessTokenHash, PrivateSigningKey, SigningError};
use serde_json::{Map, Value, json};

use super::faults::SignatureFault;
use super::grants::Grant;
use super::keys::{ALGORITHM, ALGORITHM_NAME, KeyError, SigningKey};
use super::people::TENANT_ID;
use super::provider::{CLIENT_ID, DemoProvider};

/// How long an ID token is valid, in seconds.
const LIFETIME_S: i64 = 3600;

/// An ID token for `grant`, in compact form. `nonce` is the one of the authorization request; a refreshed token has
/// none (OpenID Connect Core 1.0, section 12.2).
///
/// # Errors
/// When there is no key, or it does not sign.
pub(super) async fn issue(
    provider: &DemoProvider,
    grant: &Grant,
    nonce: Option<&str>,
    access_token: &AccessToken,
) -> Result<String, KeyError> {
    if provider.take_rotation() {
        provider.rotate_keys();
    }
    let key = key(provider).await?;
    let now_s = provider.now_ms().div_euclid(1000);
    let mut claims = claims(grant, provider.issuer().as_str(), now_s);
    let access_token_hash = AccessTokenHash::from_token(access_token, &ALGORITHM, &key.public)?;
    claims.insert("at_hash".to_owned(), json!(access_token_hash));
    if let Some(nonce) = nonce {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    provider.faults().spoil(&mut claims, now_s);
    signed(provider, claims, "JWT").await
}

/// The key that signs, by the faults in force.
async fn key(provider: &DemoProvider) -> Result<Arc<SigningKey>, KeyError> {
    match provider.faults().signature {
        Some(SignatureFault::UnknownKey) => provider.keys().spare().await,
        _ => provider.keys().current().await,
    }
}

/// A token of the type `typ` with `claims`, in compact form, with the faults in force in its header and signature.
///
/// # Errors
/// When there is no key, or it does not sign.
pub(super) async fn signed(provider: &DemoProvider, claims: Map<String, Value>, typ: &str) -> Result<String, KeyError> {
    let faults = provider.faults();
    let fault = faults.signature.as_ref();
    let key = key(provider).await?;
    let message = format!("{}.{}", encoded(&header(fault, &key.kid, typ)), encoded(&Value::Object(claims)));
    let signature = signature(fault, &key, message.as_bytes())?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// What an honest token says of `grant`, without `nonce` and `at_hash`.
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

/// The header (RFC 7515, section 4.1) of a token signed by the key `kid`.
fn header(fault: Option<&SignatureFault>, kid: &str, typ: &str) -> Value {
    let mut header = json!({ "alg": ALGORITHM_NAME, "typ": typ, "kid": kid });
    match fault {
        None | Some(SignatureFault::Broken | SignatureFault::UnknownKey) => {}
        Some(SignatureFault::AlgNone) => header["alg"] = json!("none"),
        Some(SignatureFault::Hs256(_)) => header["alg"] = json!("HS256"),
        Some(SignatureFault::NoKid | SignatureFault::NoKidSeveralKeys) => {
            header = json!({ "alg": ALGORITHM_NAME, "typ": typ });
        }
        Some(SignatureFault::Critical) => {
            header["crit"] = json!(["rolecall-test"]);
            header["rolecall-test"] = json!(true);
        }
        Some(SignatureFault::Typ(typ)) => header["typ"] = json!(typ),
        Some(SignatureFault::NoTyp) => header = json!({ "alg": ALGORITHM_NAME, "kid": kid }),
    }
    header
}

/// The signature of `message`.
fn signature(fault: Option<&SignatureFault>, key: &SigningKey, message: &[u8]) -> Result<Vec<u8>, SigningError> {
    match fault {
        Some(SignatureFault::AlgNone) => Ok(Vec::new()),
        Some(SignatureFault::Hs256(secret)) => {
            CoreHmacKey::new(secret.clone()).sign(&CoreJwsSigningAlgorithm::HmacSha256, message)
        }
        Some(SignatureFault::Broken) => {
            let mut signature = key.sign(message)?;
            if let Some(byte) = signature.first_mut() {
                *byte ^= 1;
            }
            Ok(signature)
        }
        _ => key.sign(message),
    }
}

/// `json` as base64url of its text.
fn encoded(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo_provider::people::{Person, person};

    fn claims_of(key: &str) -> Map<String, Value> {
        let person: &'static Person = person(key).unwrap();
        let grant = Grant { person, scopes: Vec::new(), sid: "session".to_owned(), auth_time_s: 900, claims: None };
        claims(&grant, "http://127.0.0.1:3000/demo", 1_000)
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

    #[test]
    fn an_honest_header_names_algorithm_type_and_key() {
        assert_eq!(header(None, "k", "JWT"), json!({ "alg": "RS256", "typ": "JWT", "kid": "k" }));
        assert_eq!(header(Some(&SignatureFault::NoKid), "k", "JWT"), json!({ "alg": "RS256", "typ": "JWT" }));
    }
}
