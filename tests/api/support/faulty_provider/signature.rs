//! How tokens are signed, honestly or not, and which keys are published for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rolecall_sign_in::random;
use serde_json::{Map, Value, json};

use super::faults::SignatureFault;
use crate::support::Signer;

/// The key in use, and one beside it that only faults use.
pub(super) struct Keys {
    current: Signer,
    spare: Signer,
}

impl Keys {
    pub(super) fn new() -> Self {
        Self { current: Signer::rs256(&random::id()), spare: Signer::rs256_of_another(&random::id()) }
    }

    /// Replaces the key in use: by the spare one, under a new name.
    pub(super) fn rotate(&mut self) {
        std::mem::swap(&mut self.current, &mut self.spare);
        self.current = self.current.clone().called(&random::id());
        self.spare = self.spare.clone().called(&random::id());
    }

    /// What is published, as a JSON Web Key Set (RFC 7517, section 5).
    pub(super) fn published(&self, fault: Option<&SignatureFault>, empty: bool) -> Value {
        let before = (fault == Some(&SignatureFault::NoKidSeveralKeys)).then_some(&self.spare);
        let current = (!empty).then_some(&self.current);
        let keys: Vec<Value> = before.into_iter().chain(current).map(public_key).collect();
        json!({ "keys": keys })
    }

    /// A token of the type `typ` with `claims`, in compact form, with `fault` in its header and signature.
    pub(super) fn sign(&self, fault: Option<&SignatureFault>, typ: &str, claims: &Map<String, Value>) -> String {
        let key = if fault == Some(&SignatureFault::UnknownKey) { &self.spare } else { &self.current };
        let header = header(fault, key.kid(), typ).to_string();
        let payload = Value::Object(claims.clone()).to_string();
        match fault {
            Some(SignatureFault::AlgNone) => key.clone().signing_nothing().sign(&header, &payload),
            Some(SignatureFault::Hs256(secret)) => key.clone().signing_with_secret(secret).sign(&header, &payload),
            Some(SignatureFault::Broken) => broken(&key.sign(&header, &payload)),
            _ => key.sign(&header, &payload),
        }
    }
}

/// The public half of `key`, with the algorithm that the demonstration provider names, too.
fn public_key(key: &Signer) -> Value {
    let mut public = key.public_key();
    public["alg"] = json!(key.algorithm());
    public
}

/// The header (RFC 7515, section 4.1) of a token signed by the key `kid`.
fn header(fault: Option<&SignatureFault>, kid: &str, typ: &str) -> Value {
    let mut header = json!({ "alg": "RS256", "typ": typ, "kid": kid });
    match fault {
        None | Some(SignatureFault::Broken | SignatureFault::UnknownKey) => {}
        Some(SignatureFault::AlgNone) => header["alg"] = json!("none"),
        Some(SignatureFault::Hs256(_)) => header["alg"] = json!("HS256"),
        Some(SignatureFault::NoKid | SignatureFault::NoKidSeveralKeys) => {
            header = json!({ "alg": "RS256", "typ": typ });
        }
        Some(SignatureFault::Critical) => {
            header["crit"] = json!(["rolecall-test"]);
            header["rolecall-test"] = json!(true);
        }
        Some(SignatureFault::Typ(typ)) => header["typ"] = json!(typ),
        Some(SignatureFault::NoTyp) => header = json!({ "alg": "RS256", "kid": kid }),
    }
    header
}

/// `token` with one bit of its signature flipped.
fn broken(token: &str) -> String {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    signature[0] ^= 1;
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The claims of `token`, without checking its signature.
pub(super) fn claims_of(token: &str) -> Map<String, Value> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}
