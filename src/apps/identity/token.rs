//! The token that tells an app who somebody is (JWT, RFC 7519): for apps that would rather check than trust a header.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rolecall_sign_in::{jws, random};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::keys::{KeyError, SigningKey};
use super::person::Person;

/// How long a token holds, in seconds.
const LIFETIME_S: i64 = 5 * 60;

/// A token by which `issuer` tells `audience`, an app, who is behind the sign-in `sign_in_id`.
///
/// # Errors
/// When the key does not sign.
pub(super) fn signed(
    key: &SigningKey,
    issuer: &str,
    audience: &str,
    sign_in_id: &str,
    person: &Person,
    now_ms: i64,
) -> Result<String, KeyError> {
    let issued_at_s = now_ms.div_euclid(1000);
    let header = json!({ "alg": "ES256", "typ": "JWT", "kid": key.kid });
    let mut claims = json!({
        "iss": issuer,
        "aud": audience,
        "sub": person.user,
        "name": person.name,
        "roles": person.roles(),
        "sid": URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{audience}\n{sign_in_id}"))),
        "jti": random::id(),
        "iat": issued_at_s,
        "nbf": issued_at_s,
        "exp": issued_at_s + LIFETIME_S,
    });
    if let Some(email) = &person.email {
        claims["email"] = json!(email);
    }
    jws::assemble(&header, &claims, |message| key.sign(message))
}
