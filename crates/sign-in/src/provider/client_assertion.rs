//! The assertion with which a client with a key authenticates (RFC 7523, section 3; OpenID Connect Core 9).

use openidconnect::core::CoreJwsSigningAlgorithm;
use serde_json::json;
use uuid::Builder;

use super::client_key::{ClientKey, SignError};
use crate::{jws, random};

/// The kind of assertion, as requests name it (RFC 7523, section 2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long an assertion is valid, in seconds: it is sent immediately, but clocks differ.
const LIFETIME_S: i64 = 3 * 60;

/// An assertion that `client_id` makes for `audience` at `now_ms`, signed with `algorithm`. It works once, because it
/// has its own `jti`.
///
/// # Errors
/// When the key cannot sign.
pub fn client_assertion(
    key: &ClientKey,
    algorithm: &CoreJwsSigningAlgorithm,
    client_id: &str,
    audience: &str,
    now_ms: i64,
) -> Result<String, SignError> {
    let issued_at_s = now_ms.div_euclid(1000);
    let mut header = json!({ "alg": algorithm, "typ": "JWT" });
    let names = [("kid", key.id()), ("x5t#S256", key.certificate_thumbprint())];
    for (name, value) in names {
        if let Some(value) = value {
            header[name] = json!(value);
        }
    }
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": Builder::from_random_bytes(random::nonce()).into_uuid().to_string(),
        "iat": issued_at_s,
        "nbf": issued_at_s,
        "exp": issued_at_s + LIFETIME_S,
    });
    jws::assemble(&header, &claims, |message| key.sign(algorithm, message))
}
