//! The key with which we authenticate at a provider (`private_key_jwt`), and its certificate.
//!
//! The key only signs, and with `ring`: RUSTSEC-2023-0071 (timing of RSA private keys in the `rsa` crate) does not
//! apply.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::CoreJwsSigningAlgorithm;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use CoreJwsSigningAlgorithm::{EcdsaP256Sha256, RsaSsaPkcs1V15Sha256, RsaSsaPssSha256};

/// A private key, with its identifiers. Clones share it; it is never printed.
#[derive(Clone)]
pub struct ClientKey(Arc<Inner>);

struct Inner {
    pair: KeyPair,
    id: Option<String>,
    certificate: Option<CertificateDer<'static>>,
    certificate_thumbprint: Option<String>,
}

enum KeyPair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

/// Why a key or its certificate cannot be used. The error holds nothing of either.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ClientKeyError {
    /// There is no private key in PEM, or it is encrypted.
    #[error("is not an unencrypted private key in PEM")]
    NoKey,
    /// It is neither RSA of 2048 bits or more nor EC P-256.
    #[error("is not a key that can be used: RSA of 2048 to 4096 bits, or EC on the curve P-256")]
    UnusableKey,
    /// There is no certificate in PEM.
    #[error("is not a certificate in PEM")]
    NoCertificate,
    /// The certificate belongs to another key.
    #[error("is the certificate of another key")]
    OtherKey,
}

/// The key could not sign.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("our client key could not sign")]
pub struct SignError;

impl ClientKey {
    /// The key in `pem`: PKCS#8 (RFC 5208), RSA or EC P-256; PKCS#1 is accepted for RSA, too. `id` is its id at the
    /// provider (`kid`), if needed.
    ///
    /// # Errors
    /// When there is no such key.
    pub fn from_pem(pem: &str, id: Option<String>) -> Result<Self, ClientKeyError> {
        let unusable = |_| ClientKeyError::UnusableKey;
        let pair = match PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| ClientKeyError::NoKey)? {
            PrivateKeyDer::Pkcs1(der) => KeyPair::Rsa(RsaKeyPair::from_der(der.secret_pkcs1_der()).map_err(unusable)?),
            PrivateKeyDer::Pkcs8(der) => from_pkcs8(der.secret_pkcs8_der())?,
            _ => return Err(ClientKeyError::UnusableKey),
        };
        Ok(Self(Arc::new(Inner { pair, id, certificate: None, certificate_thumbprint: None })))
    }

    /// The same key with the certificate in `pem`, whose thumbprint identifies it in assertions (RFC 7515, section
    /// 4.1.8).
    ///
    /// # Errors
    /// When there is no certificate, or it belongs to another key.
    pub fn with_certificate(self, pem: &str) -> Result<Self, ClientKeyError> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| ClientKeyError::NoCertificate)?;
        let certificate = webpki::EndEntityCert::try_from(&der).map_err(|_| ClientKeyError::NoCertificate)?;
        // The key is the last part of SubjectPublicKeyInfo (RFC 5280, section 4.1).
        if !certificate.subject_public_key_info().ends_with(self.public_key()) {
            return Err(ClientKeyError::OtherKey);
        }
        let certificate_thumbprint = Some(URL_SAFE_NO_PAD.encode(Sha256::digest(&der)));
        let inner = Arc::into_inner(self.0).ok_or(ClientKeyError::NoKey)?;
        Ok(Self(Arc::new(Inner { certificate: Some(der), certificate_thumbprint, ..inner })))
    }

    /// The id of the key at the provider (`kid`), if configured.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.0.id.as_deref()
    }

    /// The certificate, as DER (RFC 5280), if there is one.
    #[must_use]
    pub fn certificate(&self) -> Option<&[u8]> {
        self.0.certificate.as_deref()
    }

    /// The SHA-256 of the certificate as base64url (`x5t#S256`), if there is one.
    #[must_use]
    pub fn certificate_thumbprint(&self) -> Option<&str> {
        self.0.certificate_thumbprint.as_deref()
    }

    /// Whether it is an RSA key.
    #[must_use]
    pub fn is_rsa(&self) -> bool {
        matches!(self.0.pair, KeyPair::Rsa(_))
    }

    /// The algorithms that it can sign with, best first.
    #[must_use]
    pub fn algorithms(&self) -> &'static [CoreJwsSigningAlgorithm] {
        match self.0.pair {
            KeyPair::Rsa(_) => &[RsaSsaPssSha256, RsaSsaPkcs1V15Sha256],
            KeyPair::P256(_) => &[EcdsaP256Sha256],
        }
    }

    /// The signature of `message` (RFC 7518, sections 3.3 to 3.5).
    ///
    /// # Errors
    /// When the key does not support `algorithm`, or the system has no randomness.
    pub fn sign(&self, algorithm: &CoreJwsSigningAlgorithm, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let rng = SystemRandom::new();
        let padding: &'static dyn ring::signature::RsaEncoding = match (&self.0.pair, algorithm) {
            (KeyPair::P256(pair), EcdsaP256Sha256) => {
                return pair.sign(&rng, message).map(|signature| signature.as_ref().to_vec()).map_err(|_| SignError);
            }
            (KeyPair::Rsa(_), RsaSsaPssSha256) => &RSA_PSS_SHA256,
            (KeyPair::Rsa(_), RsaSsaPkcs1V15Sha256) => &RSA_PKCS1_SHA256,
            _ => return Err(SignError),
        };
        let KeyPair::Rsa(pair) = &self.0.pair else { return Err(SignError) };
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(padding, &rng, message, &mut signature).map_err(|_| SignError)?;
        Ok(signature)
    }

    /// The public key, in the form that certificates use.
    fn public_key(&self) -> &[u8] {
        match &self.0.pair {
            KeyPair::Rsa(pair) => pair.public().as_ref(),
            KeyPair::P256(pair) => pair.public_key().as_ref(),
        }
    }
}

fn from_pkcs8(der: &[u8]) -> Result<KeyPair, ClientKeyError> {
    if let Ok(pair) = RsaKeyPair::from_pkcs8(der) {
        return Ok(KeyPair::Rsa(pair));
    }
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new())
        .map(KeyPair::P256)
        .map_err(|_| ClientKeyError::UnusableKey)
}

/// Without the key.
impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey").field("id", &self.0.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSA: &str = include_str!("../../test-keys/client-rsa.key.pem");
    const RSA_CERTIFICATE: &str = include_str!("../../test-keys/client-rsa.crt.pem");
    const P256: &str = include_str!("../../test-keys/client-p256.key.pem");
    const P256_CERTIFICATE: &str = include_str!("../../test-keys/client-p256.crt.pem");
    const WEAK_RSA: &str = include_str!("../../test-keys/weak-rsa.key.pem");

    fn error<T>(result: Result<T, ClientKeyError>) -> ClientKeyError {
        result.err().unwrap()
    }

    #[test]
    fn a_key_signs_with_its_own_algorithms_alone() {
        for pem in [RSA, P256] {
            let key = ClientKey::from_pem(pem, None).unwrap();
            for algorithm in [RsaSsaPssSha256, RsaSsaPkcs1V15Sha256, EcdsaP256Sha256] {
                let signed = key.sign(&algorithm, b"message");
                assert_eq!(signed.is_ok(), key.algorithms().contains(&algorithm), "{algorithm:?}");
            }
        }
    }

    #[test]
    fn a_key_takes_its_own_certificate_alone() {
        let key = |pem| ClientKey::from_pem(pem, None).unwrap();
        let with = key(RSA).with_certificate(RSA_CERTIFICATE).unwrap();
        // As `openssl x509 -outform DER | openssl dgst -sha256 -binary | basenc --base64url` has it.
        assert_eq!(with.certificate_thumbprint(), Some("8SkmQA_hubazv8YBZh44kE4_ySgz8SWHo_kffOrFyU8"));
        assert!(key(P256).with_certificate(P256_CERTIFICATE).is_ok());
        assert_eq!(error(key(RSA).with_certificate(P256_CERTIFICATE)), ClientKeyError::OtherKey);
        assert_eq!(error(key(P256).with_certificate(RSA_CERTIFICATE)), ClientKeyError::OtherKey);
        assert_eq!(error(key(RSA).with_certificate(RSA)), ClientKeyError::NoCertificate);
    }

    #[test]
    fn what_is_no_usable_key_is_told_apart() {
        let encrypted = RSA.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        for none in ["", "key", RSA_CERTIFICATE, &encrypted] {
            assert_eq!(error(ClientKey::from_pem(none, None)), ClientKeyError::NoKey, "{none:.30}");
        }
        let mislabelled = P256.replace("PRIVATE KEY", "RSA PRIVATE KEY");
        for unusable in [WEAK_RSA, &mislabelled, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            assert_eq!(error(ClientKey::from_pem(unusable, None)), ClientKeyError::UnusableKey, "{unusable:.80}");
        }
    }

    #[test]
    fn a_key_is_not_printed() {
        assert_eq!(format!("{:?}", ClientKey::from_pem(P256, None).unwrap()), "ClientKey { id: None, .. }");
    }
}
