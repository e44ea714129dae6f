//! The token endpoint (OpenID Connect Core 1.0, sections 3.1.3 and 12): it exchanges a code, a refresh token, or an
//! application's own credentials for tokens.

use std::fmt;
use std::time::Duration;

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use openidconnect::core::{CoreErrorResponseType, CoreTokenType};
use openidconnect::{AccessToken, ExtraTokenFields, RefreshToken, Scope, StandardTokenResponse};
use serde::{Deserialize, Serialize};

use super::api::{SentCredentials, TokenError};
use super::clients::CLIENT_ID;
use super::grants::{ACCESS_LIFETIME_S, Grant};
use super::keys::KeyError;
use super::state::ProviderState;
use super::{api, id_token, pkce};

/// The scope that asks for a refresh token (OpenID Connect Core 1.0, section 11).
const OFFLINE_ACCESS: &str = "offline_access";

/// What a client may send. Everything is optional here, so that a missing parameter gets the proper error.
#[derive(Deserialize)]
pub(super) struct TokenRequest {
    grant_type: Option<String>,
    client_id: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
    client_secret: Option<String>,
    scope: Option<String>,
}

/// The ID token in a token response, in compact form.
#[derive(Deserialize, Serialize)]
pub(super) struct IdTokenField {
    id_token: String,
}

impl fmt::Debug for IdTokenField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdTokenField([redacted])")
    }
}

impl ExtraTokenFields for IdTokenField {}

/// A token response (OpenID Connect Core 1.0, section 3.1.3.3).
pub(super) type TokenResponse = StandardTokenResponse<IdTokenField, CoreTokenType>;

/// What a redeemed code or refresh token gives.
struct Redeemed {
    grant: Grant,
    nonce: Option<String>,
    with_refresh_token: bool,
}

/// `POST /token`: tokens for a code or a refresh token.
///
/// # Errors
/// RFC 6749, section 5.2, as JSON with status 400; 500 when there is no key.
pub(super) async fn exchange(
    State(state): State<ProviderState>,
    headers: HeaderMap,
    form: Result<Form<TokenRequest>, FormRejection>,
) -> Result<Response, TokenError> {
    let unreadable = |_| TokenError::Refused(CoreErrorResponseType::InvalidRequest, "The form cannot be read.");
    let Form(request) = form.map_err(unreadable)?;
    if request.grant_type.as_deref() == Some("client_credentials") {
        let TokenRequest { client_id: id, client_secret: secret, scope, .. } = request;
        return api::for_application(&state, &headers, SentCredentials { id, secret, scope }).await;
    }
    if request.client_id.as_deref() != Some(CLIENT_ID) {
        return Err(TokenError::Refused(CoreErrorResponseType::InvalidClient, "The client is not known."));
    }
    let redeemed = match request.grant_type.as_deref() {
        Some("authorization_code") => redeem_code(&state, &request)?,
        Some("refresh_token") => redeem_refresh_token(&state, &request)?,
        Some(_) => {
            let error = CoreErrorResponseType::UnsupportedGrantType;
            return Err(TokenError::Refused(
                error,
                "grant_type must be authorization_code, refresh_token or client_credentials.",
            ));
        }
        None => return Err(missing("grant_type is missing.")),
    };
    Ok(Json(respond(&state, redeemed).await?).into_response())
}

/// What a code gives to the client that asked for it (RFC 6749, section 4.1.3; RFC 7636, section 4.6). A code is used
/// up by its first use, even if that fails.
fn redeem_code(state: &ProviderState, request: &TokenRequest) -> Result<Redeemed, TokenError> {
    let code = request.code.as_deref().ok_or_else(|| missing("code is missing."))?;
    let verifier = request.code_verifier.as_deref().ok_or_else(|| missing("code_verifier is missing."))?;
    let redeemed = state.grants().redeem_code(code, state.now_ms());
    let granted = redeemed.ok_or_else(|| invalid("The code is unknown, expired or used."))?;
    if request.redirect_uri.as_ref() != Some(&granted.redirect_uri) {
        return Err(invalid("redirect_uri is not the one of the authorization request."));
    }
    if !pkce::verifies(&granted.challenge, verifier) {
        return Err(invalid("code_verifier does not fit the code_challenge."));
    }
    let with_refresh_token = granted.grant.scopes.iter().any(|scope| scope == OFFLINE_ACCESS);
    Ok(Redeemed { grant: granted.grant, nonce: granted.nonce, with_refresh_token })
}

/// What a refresh token gives (RFC 6749, section 6).
fn redeem_refresh_token(state: &ProviderState, request: &TokenRequest) -> Result<Redeemed, TokenError> {
    let token = request.refresh_token.as_deref().ok_or_else(|| missing("refresh_token is missing."))?;
    let redeemed = state.grants().redeem_refresh(token, state.now_ms());
    let grant = redeemed.ok_or_else(|| invalid("The refresh token is unknown, expired or used."))?;
    Ok(Redeemed { grant, nonce: None, with_refresh_token: true })
}

/// Issues the tokens.
async fn respond(state: &ProviderState, redeemed: Redeemed) -> Result<TokenResponse, KeyError> {
    let Redeemed { grant, nonce, with_refresh_token } = redeemed;
    let now_ms = state.now_ms();
    let access_token = AccessToken::new(state.grants().issue_access(&grant, now_ms));
    let id_token = id_token::issue(state, &grant, nonce.as_deref(), &access_token).await?;
    let refresh_token = with_refresh_token.then(|| RefreshToken::new(state.grants().issue_refresh(&grant, now_ms)));

    let mut response = TokenResponse::new(access_token, CoreTokenType::Bearer, IdTokenField { id_token });
    response.set_expires_in(Some(&Duration::from_secs(ACCESS_LIFETIME_S.into())));
    response.set_refresh_token(refresh_token);
    response.set_scopes(Some(grant.scopes.into_iter().map(Scope::new).collect()));
    Ok(response)
}

/// The error for a parameter that is missing.
const fn missing(description: &'static str) -> TokenError {
    TokenError::Refused(CoreErrorResponseType::InvalidRequest, description)
}

/// The error for a code or refresh token that is not valid.
const fn invalid(description: &'static str) -> TokenError {
    TokenError::Refused(CoreErrorResponseType::InvalidGrant, description)
}
