//! Keys that sign ID tokens, with each algorithm.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaKeyPair,
};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};

/// A key with its name and algorithm.
#[derive(Clone)]
pub struct Signer {
    kid: String,
    key: Key,
}

#[derive(Clone)]
enum Key {
    Rsa(Arc<RsaKeyPair>, &'static str),
    P256(Arc<EcdsaKeyPair>),
    Ed25519(Arc<Ed25519KeyPair>),
    Hmac(Vec<u8>),
    Nothing,
}

impl Signer {
    /// RS256 with the provider's own key.
    pub fn rs256(kid: &str) -> Self {
        Self::rsa(kid, "RS256", include_str!("../../../../crates/sign-in/test-keys/provider-rsa.key.pem"))
    }

    /// RS256 with another key.
    pub fn rs256_of_another(kid: &str) -> Self {
        Self::rsa(kid, "RS256", include_str!("../../../../crates/sign-in/test-keys/provider-rsa-2.key.pem"))
    }

    /// PS256 with the provider's own key.
    pub fn ps256(kid: &str) -> Self {
        Self::rsa(kid, "PS256", include_str!("../../../../crates/sign-in/test-keys/provider-rsa.key.pem"))
    }

    /// ES256 with a new key.
    pub fn es256(kid: &str) -> Self {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap();
        Self { kid: kid.to_owned(), key: Key::P256(Arc::new(pair)) }
    }

    /// `EdDSA` with a new key.
    pub fn eddsa(kid: &str) -> Self {
        let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(made.as_ref()).unwrap();
        Self { kid: kid.to_owned(), key: Key::Ed25519(Arc::new(pair)) }
    }

    fn rsa(kid: &str, algorithm: &'static str, pem: &str) -> Self {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).unwrap();
        let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
        Self { kid: kid.to_owned(), key: Key::Rsa(Arc::new(pair), algorithm) }
    }

    /// The same, signing nothing.
    pub fn signing_nothing(self) -> Self {
        Self { key: Key::Nothing, ..self }
    }

    /// The same, using the public key as a shared secret.
    pub fn signing_with_public_key(self) -> Self {
        let secret = self.public_key().to_string();
        self.signing_with_secret(secret.as_bytes())
    }

    /// The same, signing with a secret in place of a key.
    pub fn signing_with_secret(self, secret: &[u8]) -> Self {
        Self { key: Key::Hmac(secret.to_vec()), ..self }
    }

    /// The same under another name.
    pub fn called(self, kid: &str) -> Self {
        Self { kid: kid.to_owned(), ..self }
    }

    /// The key's name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The algorithm's name.
    pub fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Rsa(_, algorithm) => algorithm,
            Key::P256(_) => "ES256",
            Key::Ed25519(_) => "EdDSA",
            Key::Hmac(_) => "HS256",
            Key::Nothing => "none",
        }
    }

    /// The public half as a JSON Web Key, without `alg`, as Entra writes it.
    pub fn public_key(&self) -> Value {
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut key = match &self.key {
            Key::Rsa(pair, _) => {
                let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({ "kty": "RSA", "n": encoded(&n), "e": encoded(&e) })
            }
            Key::P256(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y) })
            }
            Key::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": encoded(pair.public_key().as_ref()) })
            }
            Key::Hmac(_) | Key::Nothing => panic!("there is no public half"),
        };
        key["kid"] = json!(self.kid);
        key["use"] = json!("sig");
        key
    }

    /// The token with this header and payload.
    pub fn sign(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signature = match &self.key {
            Key::Rsa(pair, algorithm) => {
                let padding: &'static dyn RsaEncoding =
                    if *algorithm == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(padding, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
                signature
            }
            Key::P256(pair) => pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec(),
            Key::Ed25519(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
            Key::Hmac(secret) => {
                hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes()).as_ref().to_vec()
            }
            Key::Nothing => Vec::new(),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
