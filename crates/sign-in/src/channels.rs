//! Sign-outs from a provider: server to server (OpenID Connect Back-Channel Logout 1.0), or through the browser (OpenID
//! Connect Front-Channel Logout 1.0).

use std::net::IpAddr;

use strum::{IntoStaticStr, VariantNames};
use thiserror::Error;

use super::clock::LEEWAY_S;
use super::config::ProviderKind;
use super::events::error_chain;
use super::jws::is_identifier;
use super::jws::{JwsError, UnverifiedJws};
use super::logout_token::{LogoutToken, WrongClaim, is_type_of_logout_tokens};
use super::provider::entra::{self, TenantError};
use super::provider::{Provider, ProviderError};
use super::session::{ProviderSession, ProviderSignOut, ProviderSignOutError};
use super::{Auth, Event, ProviderIssue};

/// Why a provider's sign-out is not carried out.
#[derive(Debug, Error, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ChannelError {
    /// No provider of that id is configured.
    #[error("there is no provider of that id")]
    UnknownProvider,
    /// The request has no `logout_token` or `sid`, or more than one, or an invalid one.
    #[error("the request lacks `{0}`, or it cannot be used")]
    #[strum(serialize = "parameter_unusable")]
    Parameter(&'static str),
    /// The logout token is not valid.
    #[error("the logout token is not valid")]
    #[strum(serialize = "logout_token_refused")]
    Token(#[from] JwsError),
    /// Its tenant may not sign in, so it cannot sign out either.
    #[error(transparent)]
    #[strum(serialize = "tenant_refused")]
    Tenant(#[from] TenantError),
    /// A claim of the logout token is missing or wrong (Back-Channel Logout 1.0, section 2.6).
    #[error(transparent)]
    #[strum(serialize = "claim_wrong")]
    Claim(#[from] WrongClaim),
    /// `iss` is not the provider's issuer.
    #[error("the request comes from another issuer")]
    OtherIssuer,
    /// The provider does not answer, so nothing can be checked.
    #[error(transparent)]
    #[strum(serialize = "provider_unavailable")]
    Provider(#[from] ProviderError),
    /// The logout token was used before, or the records could not be changed.
    #[error(transparent)]
    #[strum(transparent)]
    SignOut(#[from] ProviderSignOutError),
}

impl ChannelError {
    /// The failure's name in logs, from a fixed set.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// Whether the same request may succeed later: the request itself is not at fault.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Provider(_) | Self::Token(JwsError::Provider(_)) | Self::SignOut(ProviderSignOutError::Record(_))
        )
    }
}

/// Carries out the back-channel sign-out of `logout_token`, which the provider `provider_id` sent. It ends the session
/// that the token names, or all sessions of the person where it names none, including sign-ins still in progress.
///
/// # Errors
/// When the token is invalid in any way: then nothing has changed.
pub async fn back_channel_sign_out(
    auth: &Auth,
    provider_id: &str,
    logout_token: &str,
    ip: Option<IpAddr>,
) -> Result<(), ChannelError> {
    let result = back_channel(auth, provider_id, logout_token, ip).await;
    report(auth, provider_id, ip, result)
}

/// Carries out the front-channel sign-out of the session `sid` at the provider `provider_id`, as the provider's page
/// asks for it in the person's browser. No cookie is needed: only the provider gives out the `sid`.
///
/// # Errors
/// When `sid` cannot be one, or `iss` is another issuer's.
pub async fn front_channel_sign_out(
    auth: &Auth,
    provider_id: &str,
    iss: Option<&str>,
    sid: &str,
    ip: Option<IpAddr>,
) -> Result<(), ChannelError> {
    let result = front_channel(auth, provider_id, iss, sid, ip).await;
    report(auth, provider_id, ip, result)
}

fn report(
    auth: &Auth,
    provider_id: &str,
    ip: Option<IpAddr>,
    result: Result<(), ChannelError>,
) -> Result<(), ChannelError> {
    if let Err(error) = &result {
        let provider = auth.known_provider_id(provider_id);
        auth.events().emit(&Event::ProviderSignOutRefused {
            provider,
            reason: error.name(),
            detail: error_chain(error),
            ip,
        });
    }
    result
}

async fn back_channel(
    auth: &Auth,
    provider_id: &str,
    logout_token: &str,
    ip: Option<IpAddr>,
) -> Result<(), ChannelError> {
    let now_ms = auth.clock().now_ms();
    let provider = auth.provider(provider_id).ok_or(ChannelError::UnknownProvider)?;
    let metadata = provider.metadata(now_ms).await?;
    let jws = UnverifiedJws::parse(logout_token)?;
    if !jws.typ().is_none_or(is_type_of_logout_tokens) {
        return Err(WrongClaim("typ").into());
    }
    let issuer = match &provider.config.kind {
        ProviderKind::Oidc { .. } => metadata.issuer().to_string(),
        ProviderKind::Entra { allowed_tenants, .. } => {
            entra::token_issuer(metadata.issuer().as_str(), allowed_tenants, jws.unverified_claims())?
        }
    };
    let claims = jws.verified(provider, &metadata, &issuer, now_ms).await?;
    let token = LogoutToken::check(&claims, &issuer, &provider.config.client_id, now_ms / 1000)?;
    let sign_out = ProviderSignOut {
        provider: provider.config.id.clone(),
        issuer: Some(issuer.clone()),
        session: token.session,
        issued_at_s: token.issued_at_s,
        jti: Some(token.jti.to_owned()),
    };
    carry_out(auth, provider, sign_out, ip).await?;
    if !token.has_end {
        auth.provider_issues().note(provider_id, ProviderIssue::LogoutTokenWithoutEnd, now_ms).await;
        auth.events().emit(&Event::LogoutTokenWithoutEnd { provider: provider.config.id.clone(), ip });
    }
    Ok(())
}

async fn front_channel(
    auth: &Auth,
    provider_id: &str,
    iss: Option<&str>,
    sid: &str,
    ip: Option<IpAddr>,
) -> Result<(), ChannelError> {
    let provider = auth.provider(provider_id).ok_or(ChannelError::UnknownProvider)?;
    if !is_identifier(sid) {
        return Err(ChannelError::Parameter("sid"));
    }
    // Entra has an issuer for each tenant. Sessions of other tenants than `iss` names are left alone.
    if let (Some(iss), ProviderKind::Oidc { issuer }) = (iss, &provider.config.kind)
        && iss != issuer
    {
        return Err(ChannelError::OtherIssuer);
    }
    let sign_out = ProviderSignOut {
        provider: provider.config.id.clone(),
        issuer: iss.map(ToOwned::to_owned),
        session: ProviderSession::Session { sid: sid.to_owned(), subject: None },
        issued_at_s: auth.clock().now_ms() / 1000 + LEEWAY_S,
        jti: None,
    };
    if carry_out(auth, provider, sign_out, ip).await? == 0 {
        // The person may have no session here; and where ID tokens name no session, none can ever be found.
        let is_known = auth.sign_ins().knows_provider_sessions(&provider.config.id).await;
        let reason = if is_known.map_err(ProviderSignOutError::from)? { "unknown_sid" } else { "no_sid_in_id_tokens" };
        auth.events().emit(&Event::SignOutWithoutMatch { provider: provider.config.id.clone(), reason, ip });
    }
    Ok(())
}

/// Ends what `sign_out` names, and returns how many sign-ins that were.
async fn carry_out(
    auth: &Auth,
    provider: &Provider,
    sign_out: ProviderSignOut,
    ip: Option<IpAddr>,
) -> Result<usize, ChannelError> {
    let ended = auth.sign_ins().sign_out_from_provider(sign_out, auth.clock().now_ms()).await?;
    if !ended.is_empty() {
        let user_ids = ended.iter().map(|ended| ended.user_id).collect();
        auth.events().emit(&Event::SignedOutByProvider { provider: provider.config.id.clone(), user_ids, ip });
    }
    Ok(ended.len())
}
