//! The `UserInfo` endpoint (OpenID Connect Core 5.3): called with the access token that came with an ID token. Its
//! answer counts only for the same person.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Map, Value};
use thiserror::Error;

use super::clock::LEEWAY_S;
use super::jws::is_for;
use super::jws::{JwsError, UnverifiedJws};
use super::provider::{HttpError, Metadata, Provider};

/// The content type of a signed answer (OpenID Connect Core 5.3.2).
const SIGNED: &str = "application/jwt";

/// Why the endpoint's answer cannot be used.
#[derive(Debug, Error)]
pub enum UserInfoError {
    /// The metadata contain no such endpoint.
    #[error("the provider's metadata name no userinfo endpoint")]
    NoEndpoint,
    /// It does not answer, or not validly.
    #[error("the userinfo endpoint could not be asked")]
    Unreachable(#[from] HttpError),
    /// The answer is signed, and the signature is not valid.
    #[error("the answer of the userinfo endpoint is not valid")]
    Signature(#[from] JwsError),
    /// A claim of a signed answer says that it is for another client, or too old.
    #[error("`{0}` of the userinfo endpoint's answer is wrong")]
    Claim(&'static str),
    /// The answer is about another person than the ID token, or has no subject (section 5.3.2).
    #[error("the userinfo endpoint answered about another person than the ID token")]
    OtherSubject,
}

impl UserInfoError {
    /// Whether a sign-in may succeed a moment later: the endpoint was not reached, was busy, or its new key is not
    /// known yet.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable(HttpError::Unreadable(_)) => false,
            Self::Unreachable(HttpError::Status(status)) => matches!(status, 408 | 429 | 500..),
            Self::Unreachable(_) | Self::Signature(JwsError::Provider(_) | JwsError::UnknownKey) => true,
            Self::NoEndpoint | Self::Signature(_) | Self::Claim(_) | Self::OtherSubject => false,
        }
    }

    /// Whether a live sign-in must end: the provider refuses the access token, or the answer is not the provider's or
    /// not about the person. An unreachable endpoint, or another page in its place, is an outage.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::Unreachable(HttpError::Status(status)) => matches!(status, 401 | 403),
            Self::Signature(error) => !matches!(error, JwsError::Provider(_) | JwsError::UnknownKey),
            Self::Claim(_) | Self::OtherSubject => true,
            Self::Unreachable(_) | Self::NoEndpoint => false,
        }
    }
}

/// What `provider` says about `subject` for this `access_token`.
///
/// # Errors
/// When it does not answer, or its answer is not valid.
pub async fn user_info(
    provider: &Provider,
    metadata: &Metadata,
    access_token: &str,
    subject: &str,
    now_ms: i64,
) -> Result<Map<String, Value>, UserInfoError> {
    let endpoint = metadata.userinfo_endpoint().ok_or(UserInfoError::NoEndpoint)?;
    let request = http::Request::get(endpoint.as_str())
        .header(ACCEPT, "application/json, application/jwt")
        .header(AUTHORIZATION, format!("Bearer {access_token}"))
        .body(Vec::new())
        .map_err(HttpError::Malformed)?;
    let response = provider.http().send(request).await?;
    if response.status() != http::StatusCode::OK {
        return Err(HttpError::Status(response.status().as_u16()).into());
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_signed = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(SIGNED));
    let said = if is_signed {
        let text = std::str::from_utf8(response.body()).map_err(|_| JwsError::NotAJws)?;
        signed(text.trim(), provider, metadata, now_ms).await?
    } else {
        serde_json::from_slice(response.body()).map_err(HttpError::Unreadable)?
    };
    if said.get("sub").and_then(Value::as_str) == Some(subject) { Ok(said) } else { Err(UserInfoError::OtherSubject) }
}

/// The claims of a signed answer, if the provider signed it, and for us.
async fn signed(
    text: &str,
    provider: &Provider,
    metadata: &Metadata,
    now_ms: i64,
) -> Result<Map<String, Value>, UserInfoError> {
    let issuer = metadata.issuer().as_str();
    let said = UnverifiedJws::parse(text)?.verified(provider, metadata, issuer, now_ms).await?;
    if said.get("iss").is_some_and(|of| of.as_str() != Some(issuer)) {
        return Err(UserInfoError::Claim("iss"));
    }
    if said.get("aud").is_some_and(|audience| !is_for(audience, &provider.config.client_id)) {
        return Err(UserInfoError::Claim("aud"));
    }
    let is_over = |end: &Value| end.as_i64().is_none_or(|end_s| end_s <= now_ms.div_euclid(1000) - LEEWAY_S);
    if said.get("exp").is_some_and(is_over) {
        return Err(UserInfoError::Claim("exp"));
    }
    Ok(said)
}
