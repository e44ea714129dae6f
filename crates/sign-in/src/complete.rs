//! Completing a sign-in: the callback is compared with its attempt, the code becomes an ID token, the token a record.

use openidconnect::TokenResponse as _;
use thiserror::Error;
use tower_sessions::Session;

use super::attempts::{Attempt, AttemptError, AttemptSecrets};
use super::callback::{Callback, CallbackError, CallbackRequest};
use super::events::error_chain;
use super::id_token::{self, ExpectedNonce, IdTokenClaims};
use super::provider::{Metadata, Provider};
use super::session::{self, EndReason, LiveSignInError, SignIn};
use super::tokens::TokenSet;
use super::{Auth, AuthenticatedPerson, CompleteSignInError, Event, Prompt, ProviderSaid, ReturnTo, RoleFound, person};

/// A sign-in that failed.
#[derive(Debug, Error)]
#[error("the sign-in failed")]
pub struct SignInFailure {
    /// The check at which it failed.
    #[source]
    pub error: CompleteSignInError,
    /// Where the person wanted to go, when this browser's attempt was found.
    pub return_to: Option<ReturnTo>,
    /// The prompt of this browser's attempt, when it was found: the next attempt uses it again.
    pub prompt: Option<Prompt>,
}

/// Completes the sign-in that `callback` of the provider `provider_id` belongs to, and returns where the person goes.
///
/// On success the browser's session has a new id and points to a new record; the record that it pointed to before is
/// revoked. On failure nobody is signed in. An attempt that was found is used up in either case.
///
/// # Errors
/// A variant for each way in which it can fail.
pub async fn complete_sign_in(
    auth: &Auth,
    provider_id: &str,
    callback: Result<Callback, CallbackError>,
    request: &CallbackRequest,
) -> Result<ReturnTo, SignInFailure> {
    let result = complete(auth, provider_id, callback, request).await;
    if let Err(SignInFailure { error, .. }) = &result {
        auth.events().emit(&Event::SignInRefused {
            provider: auth.known_provider_id(provider_id),
            user_id: error.user_id(),
            reason: error.name(),
            detail: error_chain(error),
            said: error.provider_said().cloned().map(Box::new),
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
) -> Result<ReturnTo, SignInFailure> {
    let now_ms = auth.clock().now_ms();
    let (callback, attempt) = find_attempt(auth, provider_id, callback, request, now_ms).await?;
    let (return_to, prompt) = (attempt.return_to.clone(), attempt.prompt);
    finish(auth, provider_id, callback, attempt, request).await.map_err(|error| SignInFailure {
        error,
        return_to: Some(return_to),
        prompt,
    })
}

/// The attempt that `callback` belongs to. It is used up now.
async fn find_attempt(
    auth: &Auth,
    provider_id: &str,
    callback: Result<Callback, CallbackError>,
    request: &CallbackRequest,
    now_ms: i64,
) -> Result<(Callback, Attempt), CompleteSignInError> {
    auth.provider(provider_id).ok_or(CompleteSignInError::UnknownProvider)?;
    let callback = callback?;
    let state = callback.state.as_deref().ok_or(CompleteSignInError::Missing("state"))?;
    if request.held.is_empty() {
        return Err(CompleteSignInError::NoAttemptCookie);
    }
    let attempt = auth.attempts().take(state, &request.held, now_ms).await?;
    Ok((callback, attempt))
}

/// Completes the sign-in once the attempt is known.
async fn finish(
    auth: &Auth,
    provider_id: &str,
    callback: Callback,
    attempt: Attempt,
    request: &CallbackRequest,
) -> Result<ReturnTo, CompleteSignInError> {
    let now_ms = auth.clock().now_ms();
    let provider = auth.provider(provider_id).ok_or(CompleteSignInError::UnknownProvider)?;
    if attempt.provider != provider.config.id {
        return Err(CompleteSignInError::OtherIssuer);
    }
    let metadata = provider.metadata(now_ms).await?;
    check_issuer(&callback, provider, &metadata)?;
    if let Some(error) = &callback.error {
        let secrets = [&callback.state, &callback.code].map(|secret| secret.as_deref().unwrap_or_default());
        let said = ProviderSaid::in_callback(error, callback.error_description.as_deref(), &secrets);
        return Err(CompleteSignInError::Refused(Box::new(said)));
    }
    let code = callback.code.ok_or(CompleteSignInError::Missing("code"))?;

    let AttemptSecrets { nonce, further, .. } = attempt.secrets.clone();
    let response = provider.exchange_code(&metadata, code, attempt.secrets, now_ms).await?;
    let raw = response.id_token().ok_or(CompleteSignInError::NoIdToken)?;
    let nonce = ExpectedNonce::Attempt(&nonce);
    let claims = id_token::validate(raw, provider, &metadata, nonce, now_ms).await?;
    if callback.iss.is_some_and(|issuer| issuer != claims.issuer && issuer != metadata.issuer().as_str()) {
        return Err(CompleteSignInError::OtherIssuer);
    }
    let info = person::asked_user_info(&claims, provider, &metadata, &response, now_ms).await?;
    let tokens = TokenSet::from_response(&response, now_ms).ok_or(CompleteSignInError::NoIdToken)?;
    let found = auth.role_of(provider, &claims.all, info.as_ref(), &tokens.access_token).await?;
    let RoleFound { role, groups, user_info } = found;
    let tokens = TokenSet { groups, user_info, further, ..tokens };
    let claims = info.iter().fold(claims, person::with_user_info);
    let new = person::new_sign_in(provider, &claims, role, request, &tokens)?;
    let sign_in = auth.sign_ins().create(&new, now_ms).await?;
    let subject = new.subject.to_owned();
    let IdTokenClaims { issuer, all, .. } = claims;
    let person = AuthenticatedPerson {
        user_id: sign_in.user_id,
        provider: sign_in.provider.clone(),
        issuer,
        subject,
        user: sign_in.user.clone(),
        claims: all,
    };
    let taken_over = match admit(auth, person).await {
        Ok(()) => take_over(auth, &request.session, &sign_in, now_ms).await,
        refused => refused,
    };
    if let Err(error) = taken_over {
        // No browser holds this sign-in, so it must not stay live.
        auth.sign_ins().revoke(&sign_in.id, EndReason::NotCompleted, now_ms).await?;
        return Err(error);
    }
    auth.events().emit(&Event::SignedIn { provider: sign_in.provider, user_id: sign_in.user_id, role, ip: request.ip });
    let without_role = auth.config().without_role.as_ref().filter(|_| sign_in.user.role.is_none());
    Ok(match without_role {
        Some(explained) if attempt.return_to == ReturnTo::home() => explained.clone(),
        _ => attempt.return_to,
    })
}

/// Asks the application, if it has a hook for that.
async fn admit(auth: &Auth, person: AuthenticatedPerson) -> Result<(), CompleteSignInError> {
    match &auth.hooks().admission {
        Some(admission) => admission(person).await.map_err(CompleteSignInError::NotAdmitted),
        None => Ok(()),
    }
}

/// Lets the browser's session point to `sign_in`, and then ends the sign-in that it pointed to before.
async fn take_over(auth: &Auth, session: &Session, sign_in: &SignIn, now_ms: i64) -> Result<(), CompleteSignInError> {
    let previous = session::pointed_to(session).await.map_err(LiveSignInError::from)?;
    session::point_to(session, sign_in, auth.absolute_end_ms(sign_in)).await.map_err(LiveSignInError::from)?;
    if let Some(previous) = previous {
        auth.sign_ins().revoke(&previous, EndReason::SignedInAgain, now_ms).await?;
    }
    Ok(())
}

/// The answer must come from the provider that was asked (RFC 9207, section 2.4). The ID token's check also decides
/// which of many tenants it was.
fn check_issuer(callback: &Callback, provider: &Provider, metadata: &Metadata) -> Result<(), CompleteSignInError> {
    let announced = metadata.additional_metadata().authorization_response_iss_parameter_supported;
    let is_right = callback.iss.as_ref().map_or(!announced, |issuer| provider.is_issuer(metadata, issuer));
    if is_right { Ok(()) } else { Err(CompleteSignInError::OtherIssuer) }
}

impl From<CompleteSignInError> for SignInFailure {
    fn from(error: CompleteSignInError) -> Self {
        let return_to = match &error {
            CompleteSignInError::Attempt(AttemptError::Expired { return_to } | AttemptError::Used { return_to }) => {
                Some(return_to.clone())
            }
            _ => None,
        };
        Self { error, return_to, prompt: None }
    }
}
