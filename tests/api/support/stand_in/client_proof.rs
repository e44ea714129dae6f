//! Client authentication, checked as strictly as a provider may (RFC 6749, section 2.3; RFC 7523).

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde_json::{Map, Value};

use super::{CLIENT_ID, ProviderRequests};

/// The names of the parameters with which a client authenticates.
const PROOFS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// How the client has to authenticate. Any other way, and two ways at once, are refused.
#[derive(Clone)]
pub enum ClientProof {
    /// By its id alone.
    None,
    /// By this secret in the header.
    SecretBasic(&'static str),
    /// By this secret in the form.
    SecretPost(&'static str),
    /// By an assertion signed with this algorithm and the key of this certificate.
    Assertion(&'static str, &'static str),
}

impl ClientProof {
    /// Whether this request is from our client. `audience` is the one that an assertion must have.
    pub(super) fn accepts(
        &self,
        headers: &HeaderMap,
        form: &BTreeMap<String, String>,
        audience: &str,
        seen: &mut ProviderRequests,
        now_s: i64,
    ) -> bool {
        let header = headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
        let given: Vec<_> = PROOFS.into_iter().filter(|name| form.contains_key(*name)).collect();
        let names_itself = form.get("client_id").is_some_and(|id| id == CLIENT_ID);
        match self {
            Self::None => header.is_none() && given.is_empty() && names_itself,
            Self::SecretBasic(secret) => {
                given.is_empty() && header.is_some_and(|header| basic(&header) == (CLIENT_ID.into(), (*secret).into()))
            }
            Self::SecretPost(secret) => {
                header.is_none() && given == ["client_secret"] && names_itself && form["client_secret"] == *secret
            }
            Self::Assertion(algorithm, certificate) => {
                header.is_none()
                    && given == ["client_assertion", "client_assertion_type"]
                    && form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
                    && names_itself
                    && is_ours(&form["client_assertion"], algorithm, certificate, audience, seen, now_s)
            }
        }
    }
}

/// The id and secret in a header.
fn basic(header: &str) -> (String, String) {
    let decoded = String::from_utf8(STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap()).unwrap();
    let (id, secret) = decoded.split_once(':').unwrap();
    let plain = |text: &str| {
        let form = format!("v={text}");
        url::form_urlencoded::parse(form.as_bytes()).next().unwrap().1.into_owned()
    };
    (plain(id), plain(secret))
}

/// Whether `assertion` was made by our client, for `audience`, now, and for the first time.
fn is_ours(
    assertion: &str,
    algorithm: &str,
    certificate: &str,
    audience: &str,
    seen: &mut ProviderRequests,
    now_s: i64,
) -> bool {
    let (message, signature) = assertion.rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let read =
        |part: &str| -> Map<String, Value> { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
    let (header, claims) = (read(header), read(claims));
    seen.assertion = Some((header.clone(), claims.clone()));
    let id = claims["jti"].as_str().unwrap().to_owned();
    let is_new = !seen.assertion_ids.contains(&id);
    seen.assertion_ids.push(id);
    let time = |name: &str| claims[name].as_i64().unwrap();
    header["alg"] == algorithm
        && verifies(algorithm, certificate, message, signature)
        && claims["iss"] == CLIENT_ID
        && claims["sub"] == CLIENT_ID
        && claims["aud"] == audience
        && is_new
        && (now_s - 5..=now_s + 5).contains(&time("iat"))
        && time("nbf") <= now_s + 5
        && (now_s..=now_s + 300).contains(&time("exp"))
}

fn verifies(algorithm: &str, certificate: &str, message: &str, signature: &str) -> bool {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject as _;

    let der = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    let spki = webpki::EndEntityCert::try_from(&der).unwrap().subject_public_key_info();
    // A bit string at the end holds the key: 65 bytes for P-256, a sequence of 270 for RSA of 2048 bits.
    let (with, length): (&'static dyn VerificationAlgorithm, usize) = match algorithm {
        "PS256" => (&RSA_PSS_2048_8192_SHA256, 270),
        "RS256" => (&RSA_PKCS1_2048_8192_SHA256, 270),
        "ES256" => (&ECDSA_P256_SHA256_FIXED, 65),
        other => panic!("{other}"),
    };
    let key = &spki[spki.len() - length..];
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    UnparsedPublicKey::new(with, key).verify(message.as_bytes(), &signature).is_ok()
}
