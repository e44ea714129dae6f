//! Beginning a sign-in: the browser gets the cookie of an attempt and goes to the provider.

use std::net::IpAddr;

use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow};
use openidconnect::{AuthenticationContextClass, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use strum::{IntoStaticStr, VariantNames};
use thiserror::Error;
use tower_sessions::cookie::Cookie;
use url::Url;

use super::attempts::Attempt;
use super::callback::CallbackError;
use super::config::ProviderConfig;
use super::events::error_chain;
use super::further::claims_parameter;
use super::provider::{ClientRequestError, Metadata, Provider, ProviderError};
use super::session::{CipherError, KeptAddress};
use super::{Auth, BeginRequest, Event, Further, LoginHint, Prompt, random};

/// Where the browser goes, and which cookies it gets.
pub struct Begun {
    /// The authorization request (OpenID Connect Core 3.1.2.1).
    pub authorization_url: Url,
    /// The cookies for the answer: the attempt's, and the removal of old ones.
    pub cookies: Vec<Cookie<'static>>,
}

/// Why a sign-in could not be begun.
#[derive(Debug, Error, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum BeginSignInError {
    /// No provider of that id is configured.
    #[error("there is no provider of that id")]
    UnknownProvider,
    /// The provider does not answer.
    #[error(transparent)]
    #[strum(serialize = "provider_unavailable")]
    Provider(#[from] ProviderError),
    /// The query of the request cannot be read.
    #[error(transparent)]
    #[strum(serialize = "malformed_request")]
    Malformed(#[from] CallbackError),
    /// The request names another issuer than the provider's own (OpenID Connect Core 4).
    #[error("the sign-in was to be begun at another issuer than the provider's")]
    OtherIssuer,
    /// The authorization request could not be pushed (RFC 9126).
    #[error(transparent)]
    #[strum(serialize = "push_failed")]
    Push(#[from] ClientRequestError),
    /// The attempt could not be sealed.
    #[error(transparent)]
    #[strum(serialize = "attempt_not_sealed")]
    Seal(#[from] CipherError),
}

impl BeginSignInError {
    /// The failure's name in logs, from a fixed set.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

/// Begins a sign-in at the provider `provider_id` with `request`, which came from the address `ip`.
///
/// The request carries state, nonce and a PKCE challenge (RFC 7636, S256), made for this attempt alone.
///
/// # Errors
/// When there is no such provider, the request cannot be read, the provider is not the issuer that was to be asked,
/// does not answer or refuses a pushed request, or the attempt cannot be sealed.
pub async fn begin_sign_in(
    auth: &Auth,
    provider_id: &str,
    request: Result<BeginRequest, CallbackError>,
    ip: Option<IpAddr>,
) -> Result<Begun, BeginSignInError> {
    let begun = begin(auth, provider_id, request).await;
    if let Err(error) = &begun {
        auth.events().emit(&Event::SignInNotBegun {
            provider: auth.known_provider_id(provider_id),
            reason: error.name(),
            detail: error_chain(error),
            ip,
        });
    }
    begun
}

async fn begin(
    auth: &Auth,
    provider_id: &str,
    request: Result<BeginRequest, CallbackError>,
) -> Result<Begun, BeginSignInError> {
    let now_ms = auth.clock().now_ms();
    let provider = auth.provider(provider_id).ok_or(BeginSignInError::UnknownProvider)?;
    let request = request?;
    let metadata = provider.metadata(now_ms).await?;
    if request.issuer.is_some_and(|issuer| !provider.is_issuer(&metadata, &issuer)) {
        return Err(BeginSignInError::OtherIssuer);
    }

    let state = random::token();
    let kept = auth.attempts().cookies();
    let KeptAddress { address, cookies } = kept.keep(request.return_to)?;
    let attempt =
        Attempt::new(provider.config.id.clone(), address, request.further, now_ms).with_prompt(request.prompt);
    let pkce_verifier = PkceCodeVerifier::new(attempt.secrets.pkce_verifier.clone());
    let (nonce, further) = (&attempt.secrets.nonce, &attempt.secrets.further);
    let values = AttemptValues { state: &state, nonce, pkce_verifier: &pkce_verifier, further };
    let authorization_url = authorization_url(provider, &metadata, &values, request.login_hint, request.prompt);
    let authorization_url = provider.pushed(&metadata, authorization_url, now_ms).await?;

    let begun = auth.attempts().begin(&state, &attempt, &request.held)?;
    Ok(Begun { authorization_url, cookies: cookies.into_iter().chain(begun).collect() })
}

/// The values of one attempt that its authorization request carries.
pub(super) struct AttemptValues<'a> {
    pub(super) state: &'a str,
    pub(super) nonce: &'a str,
    pub(super) pkce_verifier: &'a PkceCodeVerifier,
    pub(super) further: &'a Further,
}

/// The authorization request (OpenID Connect Core 3.1.2.1), as the provider's configuration wants it.
pub(super) fn authorization_url(
    provider: &Provider,
    metadata: &Metadata,
    values: &AttemptValues,
    login_hint: Option<LoginHint>,
    prompt: Option<Prompt>,
) -> Url {
    let config = &provider.config;
    let options = &config.options;
    let client = provider.client(metadata);
    let (state, nonce) = (CsrfToken::new(values.state.to_owned()), Nonce::new(values.nonce.to_owned()));
    let mut request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
        .add_scopes(scopes(config, values.further).filter(|scope| *scope != "openid").cloned().map(Scope::new))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(values.pkce_verifier));
    // The prompt for this attempt is added to the configured ones. "none" must stand alone, so it is dropped.
    let this_time = prompt.map(CoreAuthPrompt::from);
    let always = options.prompt.iter().filter(|always| this_time.is_none() || **always != CoreAuthPrompt::None);
    let further = this_time.iter().filter(|prompt| !options.prompt.contains(prompt));
    for prompt in always.chain(further) {
        request = request.add_prompt(prompt.clone());
    }
    for value in &options.acr_values {
        request = request.add_auth_context_value(AuthenticationContextClass::new(value.clone()));
    }
    if let Some(max_age) = options.max_age {
        request = request.set_max_age(max_age);
    }
    if let Some(hint) = login_hint {
        request = request.set_login_hint(openidconnect::LoginHint::new(hint.as_str().to_owned()));
    }
    if let Some(domain) = &options.domain_hint {
        request = request.add_extra_param("domain_hint", domain.clone());
    }
    if let Some(claims) = claims_parameter(&config.kind, &values.further.claims) {
        request = request.add_extra_param("claims", claims);
    }
    request.url().0
}

/// The configured scopes, and those of `further` that are missing there.
fn scopes<'a>(config: &'a ProviderConfig, further: &'a Further) -> impl Iterator<Item = &'a String> {
    config.scopes.iter().chain(further.scopes.iter().filter(|scope| !config.scopes.contains(scope)))
}
