//! Signing out: the record is revoked first, and then, where the provider offers it, the person goes there too.

use std::net::IpAddr;

use openidconnect::core::CoreIdToken;
use openidconnect::{ClientId, EndSessionUrl, LogoutRequest, PostLogoutRedirectUrl};
use thiserror::Error;
use tower_sessions::Session;
use url::Url;

use super::session::{self, LiveSignInError, RecordError, SignIn};
use super::{Auth, Event};
use crate::routes;

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

/// Signs the browser that holds `session` out, and tells where it goes: to the provider's end of session
/// (OpenID Connect RP-Initiated Logout 1.0) or, without one, to our own page. Who is not signed in goes there too.
///
/// # Errors
/// When the record could not be revoked or the session not deleted.
pub async fn sign_out(auth: &Auth, session: &Session, ip: Option<IpAddr>) -> Result<SignOutTarget, SignOutError> {
    let now_ms = auth.clock().now_ms();
    let sign_in = session::live_sign_in(session, auth.sign_ins(), now_ms).await?;
    let target = match &sign_in {
        Some(sign_in) => end_session_url(auth, sign_in, now_ms).await,
        None => None,
    };
    if let Some(id) = session::pointed_to(session).await.map_err(LiveSignInError::from)? {
        auth.sign_ins().revoke(&id, "signed out", now_ms).await?;
    }
    session.flush().await.map_err(LiveSignInError::from)?;
    if let Some(sign_in) = sign_in {
        let provider = sign_in.provider.clone();
        auth.events().emit(&Event::SignedOut { provider, user_id: sign_in.user_id, ip });
    }
    Ok(target.map_or(SignOutTarget::Here, SignOutTarget::Provider))
}

/// Where a person goes after signing out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOutTarget {
    /// To our own page.
    Here,
    /// To the provider, which sends them back to our own page.
    Provider(Url),
}

/// The provider's end of session, with the ID token as a hint; `None` where the provider has none or does not answer:
/// that must not keep anybody signed in here.
async fn end_session_url(auth: &Auth, sign_in: &SignIn, now_ms: i64) -> Option<Url> {
    let provider = auth.provider(&sign_in.provider)?;
    let metadata = provider.metadata(now_ms).await.ok()?;
    let endpoint = metadata.additional_metadata().end_session_endpoint.clone()?;
    let back = auth.config().public_url.join(routes::SIGNED_OUT).ok()?;
    let mut request = LogoutRequest::from(EndSessionUrl::from_url(endpoint))
        .set_client_id(ClientId::new(provider.config.client_id.clone()))
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::from_url(back));
    let tokens = auth.sign_ins().tokens(&sign_in.id).await.ok().flatten();
    if let Some(hint) = tokens.and_then(|tokens| tokens.id_token.parse::<CoreIdToken>().ok()) {
        request = request.set_id_token_hint(&hint);
    }
    Some(request.http_get_url())
}
