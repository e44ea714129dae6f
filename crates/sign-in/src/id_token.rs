//! Validation of ID tokens (OpenID Connect Core 3.1.3.7).
//!
//! `openidconnect` checks the signature, algorithm, issuer, audience and nonce. The checks that it leaves to its users
//! are here: `azp`, `nbf`, `auth_time`, the age of `iat`, the allowed clock skew, and keys that were rotated in the
//! meantime.

mod checks;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeZone as _, Utc};
use openidconnect::core::{CoreIdToken, CoreJwsSigningAlgorithm};
use openidconnect::{ClaimsVerificationError, ClientId, IdTokenVerifier, IssuerUrl, Nonce, SignatureVerificationError};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

use self::checks::{check_auth_time, check_authorized_party, check_issue_time, check_not_before};
use crate::clock::LEEWAY_S;
use crate::config::ProviderKind;
use crate::jws::is_identifier;
use crate::provider::entra::{self, TenantError};
use crate::provider::{KeySet, Metadata, Provider, ProviderError};

/// A token longer than this is not read.
const MAX_BYTES: usize = 256 * 1024;

/// The claims of a validated ID token.
pub struct IdTokenClaims {
    /// Every claim of the token.
    pub all: Map<String, Value>,
    /// The issuer, as verified.
    pub issuer: String,
    /// The subject, as verified.
    pub subject: String,
}

/// Why an ID token was refused.
#[derive(Debug, Error)]
pub enum IdTokenError {
    /// It is not a JWT that holds a JSON object.
    #[error("the ID token is not a JWT")]
    NotAJwt,
    /// Its tenant may not sign in.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The signature, algorithm, issuer, audience, expiry or nonce is wrong.
    #[error("the ID token is not valid")]
    Invalid(#[from] ClaimsVerificationError),
    /// `azp` is not our client id, or is missing although there are several audiences (section 3.1.3.7, points 4 and
    /// 5).
    #[error("the ID token was issued to another client")]
    AuthorizedParty,
    /// The subject is empty, holds control characters, or is longer than 255 bytes.
    #[error("the subject is not a text that identifies anybody")]
    Subject,
    /// `nbf` is in the future, or is not a time.
    #[error("the ID token is not valid yet")]
    NotYetValid,
    /// The person was authenticated longer ago than `max_age` allows, or the token does not say when.
    #[error("the person was authenticated too long ago, or nobody knows when")]
    AuthTime,
    /// The issuer is not a URL.
    #[error("the issuer is not a URL")]
    Issuer(#[source] url::ParseError),
    /// It names an unknown key, and newer keys cannot be fetched from the provider right now.
    #[error("the ID token names an unknown key, and newer keys cannot be fetched")]
    UnknownKey,
    /// The keys to check it with cannot be fetched.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

impl IdTokenError {
    /// Whether the token came too late or too early by our clock, although every check before that succeeded.
    #[must_use]
    pub const fn is_about_time(&self) -> bool {
        matches!(self, Self::Invalid(ClaimsVerificationError::Expired(_)) | Self::NotYetValid)
    }
}

/// The nonce that an ID token must hold (OpenID Connect Core 3.1.3.7, point 11, and 12.2).
#[derive(Clone, Copy)]
pub enum ExpectedNonce<'a> {
    /// The nonce of the attempt.
    Attempt(&'a str),
    /// No nonce, because the token comes from a refresh; or the nonce of the sign-in.
    Refresh(Option<&'a str>),
}

/// Validates `token`, which `provider` returned, and whose nonce must be `nonce`.
///
/// # Errors
/// When any check fails, or the provider's keys cannot be fetched.
pub async fn validate(
    token: &CoreIdToken,
    provider: &Provider,
    metadata: &Metadata,
    nonce: ExpectedNonce<'_>,
    now_ms: i64,
) -> Result<IdTokenClaims, IdTokenError> {
    validate_as_of(now_ms, token, provider, metadata, nonce, now_ms).await
}

/// The same, but the times in the token are checked against `at_ms` rather than `now_ms`.
///
/// # Errors
/// As [`validate`].
pub async fn validate_as_of(
    at_ms: i64,
    token: &CoreIdToken,
    provider: &Provider,
    metadata: &Metadata,
    nonce: ExpectedNonce<'_>,
    now_ms: i64,
) -> Result<IdTokenClaims, IdTokenError> {
    let claims = payload(&token.to_string())?;
    let expected_issuer = match &provider.config.kind {
        ProviderKind::Entra { allowed_tenants, .. } => {
            entra::token_issuer(metadata.issuer().as_str(), allowed_tenants, &claims)?
        }
        ProviderKind::Oidc { .. } => metadata.issuer().to_string(),
    };
    let issuer = IssuerUrl::new(expected_issuer).map_err(IdTokenError::Issuer)?;
    let check = Check {
        client_id: &provider.config.client_id,
        algorithms: provider.id_token_algorithms(metadata),
        issuer,
        nonce,
        at_ms,
    };

    let keys = provider.keys(metadata, now_ms).await?;
    let subject = match check.signed_with(token, &keys) {
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
            let newer = provider.newer_keys(&keys, metadata, now_ms).await.ok_or(IdTokenError::UnknownKey)?;
            check.signed_with(token, &newer)?
        }
        result => result?,
    };
    if !is_identifier(&subject) {
        return Err(IdTokenError::Subject);
    }
    check_authorized_party(&claims, &provider.config.client_id)?;
    check_not_before(&claims, at_ms)?;
    if matches!(nonce, ExpectedNonce::Attempt(_)) {
        check_auth_time(&claims, provider.config.options.max_age, at_ms)?;
    }
    Ok(IdTokenClaims { all: claims, issuer: check.issuer.to_string(), subject })
}

/// The claims of a token, unchecked: for a token that we validated earlier and stored, or to report early why a token
/// that another server will check cannot be used.
///
/// # Errors
/// [`IdTokenError::NotAJwt`] when it is not a JWT.
pub fn payload(token: &str) -> Result<Map<String, Value>, IdTokenError> {
    part(token, 1)
}

/// The header of such a token: the algorithm and the key (RFC 7515, section 4.1).
///
/// # Errors
/// [`IdTokenError::NotAJwt`] when it is not a JWT.
pub fn header(token: &str) -> Result<Map<String, Value>, IdTokenError> {
    part(token, 0)
}

fn part(token: &str, at: usize) -> Result<Map<String, Value>, IdTokenError> {
    let part = token.split('.').nth(at).filter(|_| token.len() <= MAX_BYTES).ok_or(IdTokenError::NotAJwt)?;
    let part = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).map_err(|_| IdTokenError::NotAJwt)?;
    serde_json::from_slice(&part).map_err(|_| IdTokenError::NotAJwt)
}

impl ExpectedNonce<'_> {
    fn check(self, found: Option<&Nonce>) -> Result<(), String> {
        let expected = match self {
            Self::Attempt(nonce) => Some(nonce),
            Self::Refresh(_) if found.is_none() => return Ok(()),
            Self::Refresh(nonce) => nonce,
        };
        match (expected, found) {
            (Some(expected), Some(found)) if expected.as_bytes().ct_eq(found.secret().as_bytes()).into() => Ok(()),
            _ => Err("the nonce is not the one that was sent".to_owned()),
        }
    }
}

/// What a token is checked against.
struct Check<'a> {
    client_id: &'a str,
    algorithms: Vec<CoreJwsSigningAlgorithm>,
    issuer: IssuerUrl,
    nonce: ExpectedNonce<'a>,
    at_ms: i64,
}

impl Check<'_> {
    /// The subject of `token`, if everything that `openidconnect` checks is right.
    fn signed_with(&self, token: &CoreIdToken, keys: &KeySet) -> Result<String, ClaimsVerificationError> {
        let client_id = ClientId::new(self.client_id.to_owned());
        let now_s = self.at_ms / 1000;
        let keys = keys.serving(&self.issuer);
        let verifier = IdTokenVerifier::new_public_client(client_id, self.issuer.clone(), keys)
            .set_allowed_algs(self.algorithms.clone())
            .set_other_audience_verifier_fn(|_| true)
            .set_time_fn(move || instant(now_s - LEEWAY_S))
            .set_issue_time_verifier_fn(move |issued_at| check_issue_time(issued_at.timestamp(), now_s));
        let nonce = |found: Option<&Nonce>| self.nonce.check(found);
        Ok(token.claims(&verifier, nonce)?.subject().to_string())
    }
}

fn instant(seconds: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(seconds, 0).single().unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_jwt_has_no_payload() {
        for token in ["", "a", "a.b.c", "e30.W10.x", "..", &format!("x.{}.y", "e30".repeat(MAX_BYTES))] {
            assert!(payload(token).is_err(), "{token:.20}");
        }
        assert!(payload("e30.e30.").is_ok());
    }
}
