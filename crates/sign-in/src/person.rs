//! The person that an ID token is about, as the record stores them.

use openidconnect::OAuth2TokenResponse as _;
use openidconnect::core::CoreTokenResponse;
use rolecall_model::Role;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::CompleteSignInError;
use super::callback::CallbackRequest;
use super::config::{ClaimsFrom, ProviderKind};
use super::id_token::IdTokenClaims;
use super::jws::SUBJECT_MAX_BYTES;
use super::plain_text::{printable, shortened};
use super::provider::{Metadata, Provider};
use super::session::NewSignIn;
use super::tokens::TokenSet;
use super::user_info::{UserInfoError, user_info};
use super::verified_email;

/// Claims that are requested from the `UserInfo` endpoint if the ID token lacks them, each with the scope that requests
/// it from the provider (OpenID Connect Core 5.4).
const FROM_USER_INFO: [(&str, &str); 2] = [("profile", "name"), ("email", "email")];
/// Claims that are taken from there if the ID token lacks them. Roles and groups are not included: only the
/// configuration decides where they are read.
const COMPLETED_CLAIMS: [&str; 3] = ["name", "preferred_username", "email"];

/// What the `UserInfo` endpoint says about the person of `claims`, if that is needed: for a requested name or address
/// that the ID token lacks, or for roles and groups that are read there. Entra's ID tokens already hold everything that
/// its `UserInfo` endpoint returns.
pub async fn asked_user_info(
    claims: &IdTokenClaims,
    provider: &Provider,
    metadata: &Metadata,
    response: &CoreTokenResponse,
    now_ms: i64,
) -> Result<Option<Map<String, Value>>, UserInfoError> {
    let has_roles = provider.config.roles.claims_from == ClaimsFrom::UserInfo;
    let is_oidc = matches!(provider.config.kind, ProviderKind::Oidc { .. });
    let lacks = |(scope, claim): (&str, &str)| {
        provider.config.scopes.iter().any(|asked| asked == scope) && !claims.all.contains_key(claim)
    };
    let would_add = is_oidc && FROM_USER_INFO.into_iter().any(lacks) && metadata.userinfo_endpoint().is_some();
    if !has_roles && !would_add {
        return Ok(None);
    }
    let access_token = response.access_token().secret();
    user_info(provider, metadata, access_token, &claims.subject, now_ms).await.map(Some)
}

/// `claims`, with the name and address that `info` adds.
pub fn with_user_info(mut claims: IdTokenClaims, info: &Map<String, Value>) -> IdTokenClaims {
    for name in COMPLETED_CLAIMS {
        if let Some(value @ Value::String(_)) = info.get(name) {
            claims.all.entry(name).or_insert_with(|| value.clone());
        }
    }
    claims
}

/// The data of the record. Control characters are removed from names, because no database accepts all of them; names
/// are shortened to what a page can show.
///
/// # Errors
/// [`CompleteSignInError::NoObjectId`] when Entra does not say who the person is.
pub fn new_sign_in<'a>(
    provider: &'a Provider,
    claims: &'a IdTokenClaims,
    role: Option<Role>,
    request: &'a CallbackRequest,
    tokens: &'a TokenSet,
) -> Result<NewSignIn<'a>, CompleteSignInError> {
    let raw = |claim: &str| claims.all.get(claim).and_then(Value::as_str);
    let text = |claim: &str| raw(claim).map(printable).filter(|text| !text.trim().is_empty());
    let email = text("email");
    // Unchanged: removing characters could make two addresses equal.
    let verified_email = verified_email(&claims.all).filter(|verified| Some(*verified) == email.as_deref());
    let verified_email = verified_email.map(ToOwned::to_owned);
    // Entra's `sub` differs from application to application: `oid` within `tid` identifies the person (and the issuer
    // contains the tenant).
    let subject = match provider.config.kind {
        ProviderKind::Entra { .. } => {
            raw("oid").filter(|oid| Uuid::try_parse(oid).is_ok()).ok_or(CompleteSignInError::NoObjectId)?
        }
        ProviderKind::Oidc { .. } => &claims.subject,
    };
    let name = text("name").or_else(|| text("preferred_username")).or_else(|| email.clone());
    Ok(NewSignIn {
        provider: &provider.config.id,
        provider_name: &provider.config.display_name,
        issuer: &claims.issuer,
        subject,
        token_subject: &claims.subject,
        token_issued_at_s: claims.all.get("iat").and_then(Value::as_i64).unwrap_or(0),
        authenticated_at_ms: claims.all.get("auth_time").and_then(Value::as_i64).map(|at_s| at_s.saturating_mul(1000)),
        provider_sid: text("sid").filter(|sid| sid.len() <= SUBJECT_MAX_BYTES),
        name: name.unwrap_or_else(|| subject.to_owned()),
        email,
        verified_email,
        role,
        ip: request.ip,
        user_agent: request.user_agent.as_deref().map(shortened),
        tokens,
    })
}
