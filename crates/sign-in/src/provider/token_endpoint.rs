//! The token endpoint (OpenID Connect Core 3.1.3 and 12): exchanges a code or a refresh token for tokens.

use openidconnect::core::CoreTokenResponse;

use super::client_request::{ClientRequestError, Dated, Form};
use super::metadata::Metadata;
use super::open_id::Provider;
use crate::Further;
use crate::attempts::AttemptSecrets;
use crate::config::ProviderKind;
use crate::further::claims_parameter;

impl Provider {
    /// The tokens for the authorization code `code` of the attempt with `secrets`, the PKCE verifier among them (RFC
    /// 6749, section 4.1.3; RFC 7636, section 4.5).
    ///
    /// # Errors
    /// When the provider refuses, does not answer, or its answer is not a token response.
    pub async fn exchange_code(
        &self,
        metadata: &Metadata,
        code: String,
        secrets: AttemptSecrets,
        now_ms: i64,
    ) -> Result<CoreTokenResponse, ClientRequestError> {
        let form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code),
            ("redirect_uri", self.redirect_uri.to_string()),
            ("code_verifier", secrets.pkce_verifier),
        ];
        let form = self.with_claims(form, &secrets.further);
        self.tokens(metadata, form, now_ms).await
    }

    /// New tokens for `refresh_token` of a sign-in that requested `further` (RFC 6749, section 6; OpenID Connect Core
    /// 12).
    ///
    /// # Errors
    /// As [`exchange_code`](Self::exchange_code). [`ClientRequestError::Refused`] with `invalid_grant` is final.
    pub async fn refresh(
        &self,
        metadata: &Metadata,
        refresh_token: String,
        further: &Further,
        now_ms: i64,
    ) -> Result<Dated<CoreTokenResponse>, ClientRequestError> {
        let form = vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh_token)];
        let form = self.with_claims(form, further);
        let endpoint = token_endpoint(metadata)?;
        self.dated_request(metadata, endpoint, form, &[200], now_ms).await
    }

    /// Requests a token for ourselves, with `scope`, and discards it (RFC 6749, section 4.4).
    ///
    /// # Errors
    /// As [`exchange_code`](Self::exchange_code).
    pub async fn token_for_ourselves(
        &self,
        metadata: &Metadata,
        scope: &str,
        now_ms: i64,
    ) -> Result<(), ClientRequestError> {
        let form = vec![("grant_type", "client_credentials".to_owned()), ("scope", scope.to_owned())];
        self.tokens(metadata, form, now_ms).await.map(drop)
    }

    /// `form` with the claims that the access token should contain: Entra reads them here as well.
    fn with_claims<'a>(&self, mut form: Form<'a>, further: &Further) -> Form<'a> {
        if matches!(self.config.kind, ProviderKind::Entra { .. })
            && let Some(claims) = claims_parameter(&self.config.kind, &further.claims)
        {
            form.push(("claims", claims));
        }
        form
    }

    async fn tokens(
        &self,
        metadata: &Metadata,
        form: Form<'_>,
        now_ms: i64,
    ) -> Result<CoreTokenResponse, ClientRequestError> {
        self.request(metadata, token_endpoint(metadata)?, form, &[200], now_ms).await
    }
}

fn token_endpoint(metadata: &Metadata) -> Result<&str, ClientRequestError> {
    metadata.token_endpoint().map(|url| url.as_str()).ok_or(ClientRequestError::NoEndpoint("token endpoint"))
}
