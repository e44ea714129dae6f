//! Completing a sign-in: the callback is held against its attempt, the code becomes an ID token, the token a record.

use std::net::IpAddr;

use openidconnect::core::{CoreErrorResponseType, CoreTokenResponse};
use openidconnect::{AuthorizationCode, PkceCodeVerifier, RequestTokenError, TokenResponse as _, UserInfoError};
use thiserror::Error;
use tower_sessions::Session;

use super::attempts::{Attempt, AttemptError};
use super::callback::{Callback, CallbackError};
use super::config::ProviderKind;
use super::events::error_chain;
use super::id_token::{self, ExpectedNonce, IdTokenError};
use super::provider::{HttpError, Metadata, Provider, ProviderError};
use super::roles::RolesError;
use super::session::{self, CreateError, EndReason, LiveSignInError, RecordError, SignIn};
use super::tokens::TokenSet;
use super::{Auth, Event, ReturnTo, person};
use crate::routes;

/// What the request of a callback brings along.
pub struct CallbackRequest {
    /// The browser's cookie session.
    pub session: Session,
    /// The binding of the browser's attempts.
    pub binding: Option<String>,
    /// Where the request came from.
    pub ip: Option<IpAddr>,
    /// What the browser says it is.
    pub user_agent: Option<String>,
}

/// Each way in which a callback can fail.
#[derive(Debug, Error)]
pub enum CompleteSignInError {
    /// No provider of that id is configured.
    #[error("there is no provider of that id")]
    UnknownProvider,
    /// The query cannot be read.
    #[error(transparent)]
    Malformed(#[from] CallbackError),
    /// There is no `state`, or neither `code` nor `error`.
    #[error("the answer lacks `{0}`")]
    Missing(&'static str),
    /// The browser did not send the cookie that binds the attempt to it.
    #[error("the browser did not send the attempt's cookie")]
    NoAttemptCookie,
    /// There is no such attempt in this browser.
    #[error(transparent)]
    Attempt(#[from] AttemptError),
    /// The attempt was begun at another provider, or the answer names another issuer (RFC 9207).
    #[error("the answer comes from another provider than was asked")]
    OtherIssuer,
    /// The provider refused (RFC 6749, section 4.1.2.1).
    #[error("the provider refused: {error}")]
    Refused {
        /// The kind of failure.
        error: String,
        /// What the provider says of it.
        description: Option<String>,
    },
    /// The provider does not answer.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The code could not be exchanged for tokens (RFC 6749, section 5.2).
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The provider's answer holds no ID token.
    #[error("the provider returned no ID token")]
    NoIdToken,
    /// The ID token was refused.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// The `UserInfo` endpoint failed, or answered for another subject (OpenID Connect Core 5.3.2).
    #[error("the provider's user information could not be used")]
    UserInfo(#[source] Box<UserInfoError<HttpError>>),
    /// Entra's ID token names no object id: it does with the scope `profile`.
    #[error("the ID token holds no `oid` that is a GUID")]
    NoObjectId,
    /// The roles cannot be told.
    #[error(transparent)]
    Roles(#[from] RolesError),
    /// The record could not be stored.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The provider signed the person out while the sign-in was on its way.
    #[error("the provider has ended this session already")]
    SignedOutAtProvider,
    /// The session could not be stored or read.
    #[error(transparent)]
    Session(#[from] LiveSignInError),
}

/// Why a code could not be exchanged. Holds nothing of an answer that cannot be read: there may be tokens in it.
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// The provider refused (RFC 6749, section 5.2).
    #[error("the token endpoint refused: {error}")]
    Refused {
        /// The kind of failure.
        error: CoreErrorResponseType,
    },
    /// The token endpoint does not answer.
    #[error("the token endpoint could not be reached")]
    Unreachable(#[source] HttpError),
    /// Its answer is not a token response, or what it calls an ID token is none.
    #[error("the token endpoint's answer cannot be read")]
    Unreadable,
    /// The provider has no token endpoint.
    #[error("the provider's metadata name no token endpoint")]
    NoEndpoint,
}

/// Completes the sign-in that `callback` of the provider `provider_id` belongs to, and tells where the person goes.
///
/// On success the browser's session has a new id and points to a new record; what it pointed to before is revoked. On
/// failure nobody is signed in. An attempt that was found is gone in either case.
///
/// # Errors
/// A variant for each way in which it can fail.
pub async fn complete_sign_in(
    auth: &Auth,
    provider_id: &str,
    callback: Result<Callback, CallbackError>,
    request: &CallbackRequest,
) -> Result<ReturnTo, CompleteSignInError> {
    let result = complete(auth, provider_id, callback, request).await;
    if let Err(error) = &result {
        auth.events().emit(&Event::SignInRefused {
            provider: auth.known_provider_id(provider_id),
            reason: error.name(),
            detail: error_chain(error),
            ip: request.ip,
        });
    }
    result
}

async fn complete(
    auth: &Auth,
    provider_id: &str,
    callback: Result<Callback, CallbackError>,
    request: &CallbackRequest,
) -> Result<ReturnTo, CompleteSignInError> {
    let now_ms = auth.clock().now_ms();
    let provider = auth.provider(provider_id).ok_or(CompleteSignInError::UnknownProvider)?;
    let callback = callback?;
    let state = callback.state.as_deref().ok_or(CompleteSignInError::Missing("state"))?;
    let binding = request.binding.as_deref().ok_or(CompleteSignInError::NoAttemptCookie)?;
    let attempt = auth.attempts().take(state, binding, now_ms).await?;
    if attempt.provider != provider.config.id {
        return Err(CompleteSignInError::OtherIssuer);
    }
    let metadata = provider.metadata(now_ms).await?;
    check_issuer(&callback, &metadata, &provider.config.kind)?;
    if let Some(error) = callback.error {
        return Err(CompleteSignInError::Refused { error, description: callback.error_description });
    }
    let code = callback.code.ok_or(CompleteSignInError::Missing("code"))?;

    let response = exchange(provider, &metadata, code, &attempt).await?;
    let raw = response.id_token().ok_or(CompleteSignInError::NoIdToken)?;
    let nonce = ExpectedNonce::Attempt(&attempt.secrets.nonce);
    let claims = id_token::validate(raw, provider, &metadata, nonce, now_ms).await?;
    let claims = person::with_user_info(claims, provider, &metadata, &response).await?;
    let tokens = TokenSet::from_response(&response, now_ms).ok_or(CompleteSignInError::NoIdToken)?;
    let role = auth.config().roles.highest(&claims.all)?;
    let new = person::new_sign_in(provider, &claims, role, request, &tokens)?;
    let sign_in = auth.sign_ins().create(&new, now_ms).await?;
    if let Err(error) = take_over(auth, &request.session, &sign_in, now_ms).await {
        // Nobody holds this sign-in: it must not stay live.
        auth.sign_ins().revoke(&sign_in.id, EndReason::NotCompleted, now_ms).await?;
        return Err(error);
    }
    auth.events().emit(&Event::SignedIn { provider: sign_in.provider, user_id: sign_in.user_id, role, ip: request.ip });
    // Who has no role is told so at once instead of looking at an empty front page.
    let explained = role.is_none() && attempt.return_to == ReturnTo::home();
    Ok(if explained { ReturnTo::parse_or_home(Some(routes::DASHBOARDS)) } else { attempt.return_to })
}

/// Lets the browser's session point to `sign_in`, and ends what it pointed to before.
async fn take_over(auth: &Auth, session: &Session, sign_in: &SignIn, now_ms: i64) -> Result<(), CompleteSignInError> {
    if let Some(previous) = session::pointed_to(session).await.map_err(LiveSignInError::from)? {
        auth.sign_ins().revoke(&previous, EndReason::SignedInAgain, now_ms).await?;
    }
    session::point_to(session, sign_in, auth.absolute_end_ms(sign_in)).await.map_err(LiveSignInError::from)?;
    Ok(())
}

/// The answer must come from the provider that was asked (RFC 9207, section 2.4). The issuer of a provider for many
/// tenants depends on the tenant and is judged with the ID token.
fn check_issuer(callback: &Callback, metadata: &Metadata, kind: &ProviderKind) -> Result<(), CompleteSignInError> {
    let announced = metadata.additional_metadata().authorization_response_iss_parameter_supported;
    match (&callback.iss, kind) {
        (None, _) if !announced => Ok(()),
        (Some(iss), ProviderKind::Oidc { .. }) if iss == metadata.issuer().as_str() => Ok(()),
        (Some(_), ProviderKind::Entra { .. }) => Ok(()),
        _ => Err(CompleteSignInError::OtherIssuer),
    }
}

async fn exchange(
    provider: &Provider,
    metadata: &Metadata,
    code: String,
    attempt: &Attempt,
) -> Result<CoreTokenResponse, CompleteSignInError> {
    let client = provider.client(metadata);
    client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|_| ExchangeError::NoEndpoint)?
        .set_pkce_verifier(PkceCodeVerifier::new(attempt.secrets.pkce_verifier.clone()))
        .request_async(provider.http())
        .await
        .map_err(|error| match error {
            RequestTokenError::ServerResponse(answer) => {
                ExchangeError::Refused { error: answer.error().clone() }.into()
            }
            RequestTokenError::Request(error) => ExchangeError::Unreachable(error).into(),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => ExchangeError::Unreadable.into(),
        })
}

impl From<CreateError> for CompleteSignInError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::SignedOutAtProvider => Self::SignedOutAtProvider,
            CreateError::Record(error) => Self::Record(error),
        }
    }
}

impl CompleteSignInError {
    /// The failure's name in logs, from a fixed set.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UnknownProvider => "unknown_provider",
            Self::Malformed(_) => "malformed_callback",
            Self::Missing(_) => "missing_parameter",
            Self::NoAttemptCookie => "no_attempt_cookie",
            Self::Attempt(AttemptError::Unknown) => "unknown_attempt",
            Self::Attempt(AttemptError::OtherBrowser) => "other_browser",
            Self::Attempt(_) => "attempt_unreadable",
            Self::OtherIssuer => "other_issuer",
            Self::Refused { .. } => "provider_refused",
            Self::Provider(_) => "provider_unavailable",
            Self::Exchange(_) => "exchange_failed",
            Self::NoIdToken => "no_id_token",
            Self::IdToken(_) => "id_token_refused",
            Self::UserInfo(_) => "user_info_refused",
            Self::NoObjectId => "no_object_id",
            Self::Roles(_) => "roles_unreadable",
            Self::Record(_) => "record_not_stored",
            Self::SignedOutAtProvider => "signed_out_at_provider",
            Self::Session(_) => "session_not_stored",
        }
    }
}
