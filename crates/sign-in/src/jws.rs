//! Signed JSON objects (RFC 7515, compact serialization; RFC 8725): those from a provider other than ID tokens, and our
//! own.
//!
//! The provider's keys check the signature itself. This module decides which keys and algorithms are allowed, and holds
//! the rules that all kinds of tokens share.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKeyUse, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, JsonWebKeySet};
use serde::Deserialize;
use serde_json::{Map, Value};
use thiserror::Error;

use super::provider::{Metadata, Provider, ProviderError, VerifyingKey};

/// How old an ID token or a logout token may be when it arrives, in seconds.
pub(crate) const MAX_AGE_S: i64 = 10 * 60;
/// The longest subject (OpenID Connect Core 2).
pub(crate) const SUBJECT_MAX_BYTES: usize = 255;
/// A token longer than this is not read.
const MAX_BYTES: usize = 64 * 1024;

/// Whether one of `audience` is the client `client_id`.
pub(crate) fn is_for(audience: &Value, client_id: &str) -> bool {
    match audience {
        Value::String(one) => one == client_id,
        Value::Array(several) => several.iter().any(|one| one == client_id),
        _ => false,
    }
}

/// Whether `text` can identify a session, a person or a token.
pub(crate) fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.len() <= SUBJECT_MAX_BYTES && !text.chars().any(char::is_control)
}

/// Builds a signed object of our own: `sign` returns the signature, as bytes in the form that a JWS uses for the
/// algorithm of `header` (RFC 7518, section 3.1).
///
/// # Errors
/// When `sign` fails.
pub fn assemble<E>(
    header: &Value,
    claims: &Value,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<String, E> {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let message = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes())?);
    Ok(format!("{message}.{signature}"))
}

/// The unverified content of a token. Do not rely on it before it is [verified](Self::verified).
pub struct UnverifiedJws {
    header: Header,
    message: String,
    signature: Vec<u8>,
    claims: Map<String, Value>,
}

/// The header (RFC 7515, section 4.1). Other members are ignored, as the section requires.
#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

/// Why a token is not valid.
#[derive(Debug, Error)]
pub enum JwsError {
    /// It is not a signed JSON object.
    #[error("it is not a signed JSON object")]
    NotAJws,
    /// Its header demands something that we do not support (RFC 7515, section 4.1.11).
    #[error("it has a critical header")]
    Critical,
    /// Its algorithm is not one that the provider may use.
    #[error("it is signed with an algorithm that is not allowed")]
    Algorithm,
    /// No key of the provider made its signature.
    #[error("no key of the provider made its signature")]
    Signature,
    /// It names a key that is not among the provider's known keys: the key may be newer.
    #[error("it is signed with a key that is not among the provider's")]
    UnknownKey,
    /// The keys to check it with cannot be fetched.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

impl UnverifiedJws {
    /// Reads `token`.
    ///
    /// # Errors
    /// When it is not a signed JSON object, or has a critical header.
    pub fn parse(token: &str) -> Result<Self, JwsError> {
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::NotAJws);
        let (message, signature) =
            token.rsplit_once('.').filter(|_| token.len() <= MAX_BYTES).ok_or(JwsError::NotAJws)?;
        let (header, claims) = message.split_once('.').ok_or(JwsError::NotAJws)?;
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| JwsError::NotAJws)?;
        let claims = serde_json::from_slice(&decode(claims)?).map_err(|_| JwsError::NotAJws)?;
        if header.crit.is_some() {
            return Err(JwsError::Critical);
        }
        Ok(Self { header, message: message.to_owned(), signature: decode(signature)?, claims })
    }

    /// The type in its header.
    pub fn typ(&self) -> Option<&str> {
        self.header.typ.as_deref()
    }

    /// Its claims, unverified.
    pub const fn unverified_claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// Its claims, if `provider` signed it for `issuer`. Newer keys are fetched if no known key matches.
    ///
    /// # Errors
    /// When its algorithm is not allowed, no key of the provider signed it, or its keys cannot be fetched.
    pub async fn verified(
        self,
        provider: &Provider,
        metadata: &Metadata,
        issuer: &str,
        now_ms: i64,
    ) -> Result<Map<String, Value>, JwsError> {
        if !provider.id_token_algorithms(metadata).contains(&self.header.alg) {
            return Err(JwsError::Algorithm);
        }
        let known = provider.keys(metadata, now_ms).await?;
        let keys = known.serving(issuer);
        if self.is_signed_by(&keys) {
            return Ok(self.claims);
        }
        if self.names_one_of(&keys) {
            return Err(JwsError::Signature);
        }
        let newer = provider.newer_keys(&known, metadata, now_ms).await.ok_or(JwsError::UnknownKey)?;
        let newer = newer.serving(issuer);
        if self.is_signed_by(&newer) {
            return Ok(self.claims);
        }
        Err(if self.names_one_of(&newer) { JwsError::Signature } else { JwsError::UnknownKey })
    }

    fn names_one_of(&self, keys: &JsonWebKeySet<VerifyingKey>) -> bool {
        keys.keys().iter().any(|key| self.header.kid.is_none() || self.is_named(key))
    }

    fn is_named(&self, key: &VerifyingKey) -> bool {
        key.key_id().map(|id| id.as_str()) == self.header.kid.as_deref()
    }

    /// Whether the key that it names, or any key if it names none, made its signature.
    fn is_signed_by(&self, keys: &JsonWebKeySet<VerifyingKey>) -> bool {
        keys.keys()
            .iter()
            .filter(|key| self.header.kid.is_none() || self.is_named(key))
            .filter(|key| key.key_use().is_none_or(|usage| *usage == CoreJsonWebKeyUse::Signature))
            .any(|key| key.verify_signature(&self.header.alg, self.message.as_bytes(), &self.signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str) -> String {
        format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(header))
    }

    #[test]
    fn what_is_no_signed_object_is_refused() {
        let no_object = format!("{}.W10.AAAA", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#));
        let encrypted = format!("{}.e30.AAAA.AAAA.AAAA", URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP"}"#));
        let too_long = token(&format!(r#"{{"alg":"RS256","kid":"{}"}}"#, "a".repeat(MAX_BYTES)));
        for bad in ["", ".", "..", "a.b.c", &no_object, &encrypted, &too_long, &token("{}"), &token("[]")] {
            assert!(matches!(UnverifiedJws::parse(bad), Err(JwsError::NotAJws)), "{bad:.40}");
        }
        assert!(UnverifiedJws::parse(&token(r#"{"alg":"RS256"}"#)).is_ok());
    }

    #[test]
    fn a_critical_header_is_refused() {
        let critical = token(r#"{"alg":"RS256","crit":["exp"]}"#);
        assert!(matches!(UnverifiedJws::parse(&critical), Err(JwsError::Critical)));
    }
}
