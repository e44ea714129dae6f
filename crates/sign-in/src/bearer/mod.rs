//! Callers with an access token (RFC 6750): a JSON Web Token that one of the configured providers signed for our API
//! (RFC 9068, and the v2.0 access tokens of Entra).
//!
//! What is guaranteed:
//! - The token is read only from the `Authorization` header, which must be there once. Cookies and parameters are
//!   ignored.
//! - It is signed by the provider that it names, with an algorithm from that provider's list. It is for our API, within
//!   its lifetime, and from a tenant that may call. The issuer decides which provider that is; only configured
//!   providers count.
//! - ID tokens and logout tokens are rejected.
//! - A person needs the configured scope and a role; an application needs a role. The rules are those of sign-ins.
//!
//! A token is valid until it expires. Sessions do not affect it, and signing out does not revoke it. That is the nature
//! of such tokens, and why providers limit them to about an hour.

mod caller;
pub mod claims;
mod error;
mod header;

use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderMap;
use rolecall_model::Role;
use serde_json::{Map, Value};

use super::config::ProviderKind;
use super::events::error_chain;
use super::jws::UnverifiedJws;
use super::provider::entra::{self, TenantError};
use super::provider::{Metadata, Provider};
use super::{Auth, Denied, Event};

pub use caller::ApiCaller;
pub use claims::{ApiAccess, CallerKind};
pub use error::BearerError;
pub use header::token as token_in;

/// The caller behind a request with these headers, if they hold a valid token.
///
/// # Errors
/// When there is no token or it is not valid; [`BearerError::Provider`] when that cannot be checked right now.
pub async fn authenticate(auth: &Auth, access: &ApiAccess, headers: &HeaderMap) -> Result<ApiCaller, BearerError> {
    let token = header::token(headers)?;
    let now_ms = auth.clock().now_ms();
    let jws = UnverifiedJws::parse(token)?;
    if !jws.typ().is_some_and(is_type_of_access_tokens) {
        return Err(BearerError::Type);
    }
    let (provider, metadata) = provider_of(auth, jws.unverified_claims(), now_ms).await?;
    let issuer = match &provider.config.kind {
        ProviderKind::Oidc { .. } => metadata.issuer().to_string(),
        ProviderKind::Entra { allowed_tenants, .. } => {
            entra::token_issuer(metadata.issuer().as_str(), allowed_tenants, jws.unverified_claims())?
        }
    };
    let claims = jws.verified(provider, &metadata, &issuer, now_ms).await?;
    let is_entra = matches!(provider.config.kind, ProviderKind::Entra { .. });
    let checked = claims::check(&claims, &issuer, access, is_entra, now_ms / 1000)?;
    let role = auth.config().role_given(&provider.config, &claims, None)?;
    let role = match checked.kind {
        CallerKind::Person => role_here(auth, &issuer, &checked.subject, provider, role, now_ms).await?,
        CallerKind::Application => role,
    };
    Ok(ApiCaller::new(checked, claims, role, provider, &auth.config().step_up, now_ms))
}

/// The role that the token of `caller` gives, without roles that were given here.
#[must_use]
pub fn role_of_token(auth: &Auth, caller: &ApiCaller) -> Option<Role> {
    let provider = auth.provider(&caller.provider)?;
    auth.config().role_given(&provider.config, &caller.claims, None).ok().flatten()
}

/// The effective role of the person `subject`, to whom their token gives `role`. Administrators may have given them a
/// higher one, or disabled them.
async fn role_here(
    auth: &Auth,
    issuer: &str,
    subject: &str,
    provider: &Provider,
    role: Option<Role>,
    now_ms: i64,
) -> Result<Option<Role>, BearerError> {
    let standing = auth.sign_ins().standing(issuer, subject).await?;
    if let Some(reason) = &standing.disabled {
        return Err(BearerError::Disabled { reason: reason.clone() });
    }
    if standing.is_inactive {
        return Err(BearerError::Inactive);
    }
    let granted = standing.granted(now_ms);
    Ok(if granted > role { auth.sign_ins().limited(&provider.config.id, granted, issuer) } else { role })
}

/// Reports that a request was refused because of `error`.
pub fn report_refused(auth: &Auth, error: &BearerError, ip: Option<IpAddr>) {
    auth.events().emit(&Event::ApiTokenRefused { reason: error.name(), detail: error_chain(error), ip });
}

/// Reports that `caller` was denied.
pub fn report_denied(auth: &Auth, caller: &ApiCaller, denied: Denied, ip: Option<IpAddr>) {
    auth.events().emit(&Event::ApiDenied {
        provider: caller.provider.clone(),
        client: caller.client.clone(),
        caller: caller.kind,
        subject: caller.subject.clone(),
        reason: denied,
        role: caller.role,
        ip,
    });
}

/// The provider whose issuer `claims`, not verified yet, name. Only a provider that can match is asked for its
/// metadata.
async fn provider_of<'a>(
    auth: &'a Auth,
    claims: &Map<String, Value>,
    now_ms: i64,
) -> Result<(&'a Provider, Arc<Metadata>), BearerError> {
    let named = claims.get("iss").and_then(Value::as_str).ok_or(BearerError::Claim("iss"))?;
    let mut unavailable = None;
    for provider in auth.providers().iter().filter(|provider| provider.may_have_issuer(named)) {
        match provider.metadata(now_ms).await {
            Ok(metadata) if provider.is_issuer(&metadata, named) => return Ok((provider, metadata)),
            Ok(_) => {}
            Err(error) => unavailable = Some(error),
        }
    }
    match unavailable {
        Some(error) => Err(error.into()),
        // Such a token also has another issuer; this error is more helpful.
        None if claims.get("ver").and_then(Value::as_str) == Some("1.0") => Err(TenantError::Version1.into()),
        None => Err(BearerError::UnknownIssuer),
    }
}

/// Whether an access token may have the type `typ`: its own (RFC 9068, section 2.1), or the general one, which Entra
/// uses.
fn is_type_of_access_tokens(typ: &str) -> bool {
    let name = typ.to_ascii_lowercase();
    matches!(name.strip_prefix("application/").unwrap_or(&name), "at+jwt" | "jwt")
}
