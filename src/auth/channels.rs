//! Sign-outs that come from a provider: server to server (OpenID Connect Back-Channel Logout 1.0), or by way of the
//! browser (OpenID Connect Front-Channel Logout 1.0).

use std::net::IpAddr;

use serde_json::{Map, Value};
use thiserror::Error;

use super::config::ProviderKind;
use super::events::error_chain;
use super::id_token::{LEEWAY_S, MAX_AGE_S, SUBJECT_MAX_BYTES};
use super::jws::{JwsError, UnverifiedJws};
use super::provider::entra::{self, TenantError};
use super::provider::{Provider, ProviderError};
use super::session::{ProviderSession, ProviderSignOut, ProviderSignOutError};
use super::{Auth, Event};

/// The event that a logout token is about (Back-Channel Logout 1.0, section 2.4).
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Why a provider's sign-out is not carried out.
#[derive(Debug, Error)]
pub enum ChannelError {
    /// No provider of that id is configured.
    #[error("there is no provider of that id")]
    UnknownProvider,
    /// The request holds no `logout_token` or `sid`, or more than one, or one that is none.
    #[error("the request lacks `{0}`, or it cannot be used")]
    Parameter(&'static str),
    /// The logout token cannot be believed.
    #[error("the logout token is not believed")]
    Token(#[from] JwsError),
    /// Its tenant may not sign in, so it cannot sign out either.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// A claim of the logout token is missing or wrong (Back-Channel Logout 1.0, section 2.6).
    #[error("the claim `{0}` of the logout token is missing or wrong")]
    Claim(&'static str),
    /// `iss` is not the provider's issuer.
    #[error("the request comes from another issuer")]
    OtherIssuer,
    /// The provider does not answer, so that nothing can be checked.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The logout token was used before, or the records could not be changed.
    #[error(transparent)]
    SignOut(#[from] ProviderSignOutError),
}

impl ChannelError {
    /// The failure's name in logs, from a fixed set.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UnknownProvider => "unknown_provider",
            Self::Parameter(_) => "parameter_unusable",
            Self::Token(_) => "logout_token_refused",
            Self::Tenant(_) => "tenant_refused",
            Self::Claim(_) => "claim_wrong",
            Self::OtherIssuer => "other_issuer",
            Self::Provider(_) => "provider_unavailable",
            Self::SignOut(ProviderSignOutError::Record(_)) => "record_not_written",
            Self::SignOut(_) => "used_before",
        }
    }

    /// Whether the same request may succeed later: the fault is not in it.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Provider(_) | Self::Token(JwsError::Provider(_)) | Self::SignOut(ProviderSignOutError::Record(_))
        )
    }
}

/// Carries out the back-channel sign-out of `logout_token`, which the provider `provider_id` sent. It ends the session
/// that the token names, or all of the person where it names none, also those that are just beginning.
///
/// # Errors
/// When the token is not valid in any respect: then nothing has changed.
pub async fn back_channel_sign_out(
    auth: &Auth,
    provider_id: &str,
    logout_token: &str,
    ip: Option<IpAddr>,
) -> Result<(), ChannelError> {
    let result = back_channel(auth, provider_id, logout_token, ip).await;
    tell_of(auth, provider_id, ip, result)
}

/// Carries out the front-channel sign-out of the session `sid` at the provider `provider_id`, as the provider's page
/// asks for it in the person's browser. No cookie is needed; who knows the `sid` was told it by the provider.
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
    tell_of(auth, provider_id, ip, result)
}

fn tell_of(
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
        return Err(ChannelError::Claim("typ"));
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
    carry_out(auth, provider, sign_out, ip).await
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
    // Entra has an issuer for each tenant, and a session of another one than `iss` names is not touched.
    if let (Some(iss), ProviderKind::Oidc { issuer }) = (iss, &provider.config.kind)
        && iss != issuer
    {
        return Err(ChannelError::OtherIssuer);
    }
    let sign_out = ProviderSignOut {
        provider: provider.config.id.clone(),
        issuer: iss.map(ToOwned::to_owned),
        session: ProviderSession::Session(sid.to_owned()),
        issued_at_s: auth.clock().now_ms() / 1000 + LEEWAY_S,
        jti: None,
    };
    carry_out(auth, provider, sign_out, ip).await
}

async fn carry_out(
    auth: &Auth,
    provider: &Provider,
    sign_out: ProviderSignOut,
    ip: Option<IpAddr>,
) -> Result<(), ChannelError> {
    let ended = auth.sign_ins().sign_out_from_provider(sign_out, auth.clock().now_ms()).await?;
    let user_ids = ended.iter().map(|ended| ended.user_id).collect();
    auth.events().emit(&Event::SignedOutByProvider { provider: provider.config.id.clone(), user_ids, ip });
    Ok(())
}

/// What a logout token says (Back-Channel Logout 1.0, section 2.4).
struct LogoutToken<'a> {
    session: ProviderSession,
    issued_at_s: i64,
    jti: &'a str,
}

impl<'a> LogoutToken<'a> {
    /// Checks `claims`, whose signature was verified (section 2.6).
    fn check(claims: &'a Map<String, Value>, issuer: &str, client_id: &str, now_s: i64) -> Result<Self, ChannelError> {
        let wrong = ChannelError::Claim;
        let time = |name: &'static str| claims.get(name).and_then(Value::as_i64).ok_or(wrong(name));
        if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
            return Err(wrong("iss"));
        }
        if !claims.get("aud").is_some_and(|audience| is_for(audience, client_id)) {
            return Err(wrong("aud"));
        }
        let issued_at_s = time("iat")?;
        if !(now_s - MAX_AGE_S..=now_s + LEEWAY_S).contains(&issued_at_s) {
            return Err(wrong("iat"));
        }
        if time("exp")? <= now_s - LEEWAY_S {
            return Err(wrong("exp"));
        }
        if claims.contains_key("nonce") {
            return Err(wrong("nonce"));
        }
        if !claims.get("events").and_then(|events| events.get(LOGOUT_EVENT)).is_some_and(Value::is_object) {
            return Err(wrong("events"));
        }
        let jti = identifier(claims, "jti")?.ok_or(wrong("jti"))?;
        let session = match (identifier(claims, "sid")?, identifier(claims, "sub")?) {
            (Some(sid), _) => ProviderSession::Session(sid.to_owned()),
            (None, Some(subject)) => ProviderSession::Subject(subject.to_owned()),
            (None, None) => return Err(wrong("sub")),
        };
        Ok(Self { session, issued_at_s, jti })
    }
}

fn is_type_of_logout_tokens(typ: &str) -> bool {
    let name = typ.to_ascii_lowercase();
    matches!(name.strip_prefix("application/").unwrap_or(&name), "jwt" | "logout+jwt")
}

fn is_for(audience: &Value, client_id: &str) -> bool {
    match audience {
        Value::String(one) => one == client_id,
        Value::Array(several) => several.iter().any(|one| one == client_id),
        _ => false,
    }
}

/// The claim `name`, which must be an identifier where it is there.
fn identifier<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, ChannelError> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if is_identifier(text) => Ok(Some(text)),
        Some(_) => Err(ChannelError::Claim(name)),
    }
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.len() <= SUBJECT_MAX_BYTES && !text.chars().any(char::is_control)
}
