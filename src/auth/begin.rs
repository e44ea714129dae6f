//! Beginning a sign-in: an attempt is stored, and the browser goes to the provider.

use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use thiserror::Error;
use url::Url;

use super::attempts::{Attempt, AttemptError, AttemptSecrets};
use super::events::error_chain;
use super::provider::ProviderError;
use super::{Auth, Event, ReturnTo, random};

/// Where the browser goes, and the binding that it must bring back.
pub struct Begun {
    /// The authorization request (OpenID Connect Core 3.1.2.1).
    pub authorization_url: Url,
    /// The browser's binding, for its cookie.
    pub binding: String,
}

/// Why a sign-in could not be begun.
#[derive(Debug, Error)]
pub enum BeginSignInError {
    /// No provider of that id is configured.
    #[error("there is no provider of that id")]
    UnknownProvider,
    /// The provider does not answer.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The attempt could not be stored.
    #[error(transparent)]
    Attempt(#[from] AttemptError),
}

/// Begins a sign-in at the provider `provider_id` for a browser that holds `binding`, if it holds one.
///
/// The request carries state, nonce and a PKCE challenge (RFC 7636, S256), made for this attempt alone.
///
/// # Errors
/// When there is no such provider, it does not answer, or the attempt cannot be stored.
pub async fn begin_sign_in(
    auth: &Auth,
    provider_id: &str,
    return_to: ReturnTo,
    binding: Option<String>,
) -> Result<Begun, BeginSignInError> {
    let begun = begin(auth, provider_id, return_to, binding).await;
    if let Err(error) = &begun {
        auth.events()
            .emit(&Event::SignInNotBegun { provider: auth.known_provider_id(provider_id), detail: error_chain(error) });
    }
    begun
}

async fn begin(
    auth: &Auth,
    provider_id: &str,
    return_to: ReturnTo,
    binding: Option<String>,
) -> Result<Begun, BeginSignInError> {
    let now_ms = auth.clock().now_ms();
    let provider = auth.provider(provider_id).ok_or(BeginSignInError::UnknownProvider)?;
    let metadata = provider.metadata(now_ms).await?;

    let state = random::token();
    let pkce_verifier = PkceCodeVerifier::new(random::token());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&pkce_verifier);
    let nonce = random::token();
    let (state_of_request, nonce_of_request) = (state.clone(), nonce.clone());
    let scopes = provider.config.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
    let (authorization_url, ..) = provider
        .client(&metadata)
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state_of_request),
            move || Nonce::new(nonce_of_request),
        )
        .add_scopes(scopes)
        .set_pkce_challenge(challenge)
        .url();

    let binding = binding.unwrap_or_else(random::token);
    let secrets = AttemptSecrets { nonce, pkce_verifier: pkce_verifier.into_secret() };
    let attempt = Attempt { provider: provider.config.id.clone(), return_to, secrets };
    auth.attempts().begin(&state, &binding, &attempt, now_ms).await?;
    Ok(Begun { authorization_url, binding })
}
