//! Signing out: the record is revoked first; then, if the provider supports it, the person is sent there too.

use std::net::IpAddr;

use openidconnect::core::CoreIdToken;
use openidconnect::{ClientId, EndSessionUrl, LogoutHint, LogoutRequest, PostLogoutRedirectUrl};
use serde_json::Value;
use thiserror::Error;
use tower_sessions::Session;
use url::Url;

use super::session::{self, EndReason, LiveSignInError, RecordError, SignIn};
use super::tokens::TokenSet;
use super::{Auth, Event, id_token};
use crate::routes;

/// The message when a sign-out failed.
pub const STILL_SIGNED_IN: &str = "You could not be signed out right now. You are still signed in.";

/// Why a person could not be signed out.
#[derive(Debug, Error)]
pub enum SignOutError {
    /// The record could not be revoked: the person is still signed in.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The session could not be read or deleted.
    #[error(transparent)]
    Session(#[from] LiveSignInError),
}

/// Signs the browser with `session` out, and returns where it goes: to the provider's end of session (OpenID Connect
/// RP-Initiated Logout 1.0) or, without one, to our own page. A person who is not signed in goes to our own page too.
///
/// # Errors
/// When the record could not be revoked or the session not deleted.
pub async fn sign_out(auth: &Auth, session: &Session, ip: Option<IpAddr>) -> Result<SignOutTarget, SignOutError> {
    let id = session::pointed_to(session).await.map_err(LiveSignInError::from)?;
    sign_out_of(auth, id.as_deref(), session, ip).await
}

/// The same, for a browser whose `session` points to the sign-in record `id`.
///
/// # Errors
/// When the record could not be revoked or the session not deleted.
pub async fn sign_out_of(
    auth: &Auth,
    id: Option<&str>,
    session: &Session,
    ip: Option<IpAddr>,
) -> Result<SignOutTarget, SignOutError> {
    let now_ms = auth.clock().now_ms();
    let sign_in = match id {
        Some(id) => auth.sign_ins().live(id, now_ms).await?,
        None => None,
    };
    let tokens = match &sign_in {
        Some(sign_in) => auth.sign_ins().tokens(&sign_in.id).await.ok().flatten(),
        None => None,
    };
    if let Some(id) = id {
        auth.sign_ins().revoke(id, EndReason::SignedOut, now_ms).await?;
    }
    if let Some(sign_in) = &sign_in {
        let provider = sign_in.provider.clone();
        auth.events().emit(&Event::SignedOut { provider, user_id: sign_in.user_id, ip });
    }
    session.flush().await.map_err(LiveSignInError::from)?;
    // The provider is asked only now, when the person is signed out here.
    match sign_in {
        Some(sign_in) => Ok(end_session_url(auth, &sign_in, tokens, now_ms).await),
        None => Ok(SignOutTarget::Here),
    }
}

/// Where a person goes after signing out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOutTarget {
    /// To our own page.
    Here,
    /// To the provider, which sends them back to our own page.
    Provider(Url),
}

/// The provider's end of session, with the ID token as a hint; our own page if the provider has none or does not
/// answer.
async fn end_session_url(auth: &Auth, sign_in: &SignIn, tokens: Option<TokenSet>, now_ms: i64) -> SignOutTarget {
    let Some(provider) = auth.provider(&sign_in.provider) else { return SignOutTarget::Here };
    let Ok(metadata) = provider.metadata(now_ms).await else { return SignOutTarget::Here };
    let endpoint = metadata.additional_metadata().end_session_endpoint.clone();
    let (Some(endpoint), Ok(back)) = (endpoint, auth.config().public_url.join(routes::SIGNED_OUT)) else {
        return SignOutTarget::Here;
    };
    let mut request = LogoutRequest::from(EndSessionUrl::from_url(endpoint))
        .set_client_id(ClientId::new(provider.config.client_id.clone()))
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::from_url(back));
    if let Some(tokens) = tokens {
        if let Ok(hint) = tokens.id_token.parse::<CoreIdToken>() {
            request = request.set_id_token_hint(&hint);
        }
        // Entra asks for the account unless it gets a hint (from its optional claim `login_hint`).
        let claims = id_token::payload(&tokens.id_token).unwrap_or_default();
        if let Some(hint) = claims.get("login_hint").and_then(Value::as_str) {
            request = request.set_logout_hint(LogoutHint::new(hint.to_owned()));
        }
    }
    SignOutTarget::Provider(request.http_get_url())
}
