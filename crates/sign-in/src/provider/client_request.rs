//! Requests in our own name, as an OAuth client: to the token endpoint and to the endpoint for pushed authorization
//! requests. All client authentication is here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use openidconnect::HttpResponse;
use openidconnect::core::{CoreClientAuthMethod, CoreJwsSigningAlgorithm};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use strum::{IntoStaticStr, VariantNames};
use thiserror::Error;
use url::form_urlencoded;

use super::client_assertion::{ASSERTION_TYPE, client_assertion};
use super::client_key::{ClientKey, SignError};
use super::http::{HttpError, date_s};
use super::metadata::Metadata;
use super::open_id::Provider;
use crate::ProviderSaid;
use crate::config::{ClientAuthMethod, ProviderKind};
use crate::provider_said::TokenEndpointError;

/// The names and values of a form.
pub type Form<'a> = Vec<(&'a str, String)>;

/// A provider's answer, and its time.
pub struct Dated<T> {
    /// The answer.
    pub answer: T,
    /// The time at the provider, Unix seconds (UTC), if the answer contains it.
    pub date_s: Option<i64>,
}

/// Why a request in our own name failed. The error holds nothing of an answer that cannot be read, which may contain
/// tokens.
#[derive(Debug, Error, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ClientRequestError {
    /// The provider refused (RFC 6749, section 5.2; RFC 9126, section 2.3).
    #[error("the provider refused our request")]
    #[strum(serialize = "provider_refused")]
    Refused(Box<ProviderSaid>),
    /// The endpoint does not answer, or not as OAuth 2.0 requires.
    #[error("the provider's endpoint could not be reached")]
    #[strum(serialize = "provider_unavailable")]
    Unreachable(#[source] HttpError),
    /// Its answer is not the expected one, or its ID token is not a JWT.
    #[error("the answer of the provider's endpoint cannot be read")]
    #[strum(serialize = "answer_unreadable")]
    Unreadable,
    /// The metadata contain no such endpoint.
    #[error("the provider's metadata name no {0}")]
    #[strum(serialize = "provider_refused")]
    NoEndpoint(&'static str),
    /// The provider only accepts pushed authorization requests, and the configuration forbids them.
    #[error("the provider requires pushed authorization requests, and `par` is \"never\"")]
    #[strum(serialize = "provider_refused")]
    PushRequired,
    /// Our assertion could not be signed.
    #[error(transparent)]
    #[strum(serialize = "provider_refused")]
    Unsigned(#[from] SignError),
}

/// The parts of a form that must not be shown if the provider repeats them.
const SECRETS: [&str; 7] =
    ["code", "code_verifier", "refresh_token", "client_secret", "client_assertion", "state", "nonce"];

impl Provider {
    /// Sends `form` to `endpoint` in our own name, and reads the JSON of the answer, whose status must be one of
    /// `expected`.
    ///
    /// # Errors
    /// When the provider refuses, does not answer, or answers with something else.
    pub(super) async fn request<T: DeserializeOwned>(
        &self,
        metadata: &Metadata,
        endpoint: &str,
        form: Form<'_>,
        expected: &[u16],
        now_ms: i64,
    ) -> Result<T, ClientRequestError> {
        self.dated_request(metadata, endpoint, form, expected, now_ms).await.map(|dated| dated.answer)
    }

    /// The same, with the time at the provider.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    pub(super) async fn dated_request<T: DeserializeOwned>(
        &self,
        metadata: &Metadata,
        endpoint: &str,
        form: Form<'_>,
        expected: &[u16],
        now_ms: i64,
    ) -> Result<Dated<T>, ClientRequestError> {
        let secrets: Vec<_> = form.iter().filter(|(name, _)| SECRETS.contains(name)).map(|(_, v)| v.clone()).collect();
        let request = self.authenticated(metadata, endpoint, form, now_ms)?;
        let response = self.http().send(request).await.map_err(ClientRequestError::Unreachable)?;
        if !expected.contains(&response.status().as_u16()) {
            return Err(self.refusal(&response, &secrets));
        }
        let answer = serde_json::from_slice(response.body()).map_err(|_| ClientRequestError::Unreadable)?;
        Ok(Dated { answer, date_s: date_s(response.headers()) })
    }

    /// The error in an unexpected answer, without our `secrets`.
    fn refusal(&self, response: &HttpResponse, secrets: &[String]) -> ClientRequestError {
        let own = self.config.client_secret.as_ref().map(ExposeSecret::expose_secret);
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).chain(own).collect();
        match serde_json::from_slice::<TokenEndpointError>(response.body()) {
            Ok(answer) => ClientRequestError::Refused(Box::new(ProviderSaid::by_token_endpoint(&answer, &secrets))),
            Err(_) => ClientRequestError::Unreachable(HttpError::Status(response.status().as_u16())),
        }
    }

    /// How we authenticate: as configured, otherwise with what our credentials and the metadata allow (OpenID Connect
    /// Core 9).
    #[must_use]
    pub fn client_auth_method(&self, metadata: &Metadata) -> ClientAuthMethod {
        let config = &self.config;
        if let Some(method) = config.options.client_auth {
            return method;
        }
        if config.client_key.is_some() {
            return ClientAuthMethod::PrivateKeyJwt;
        }
        if config.client_secret.is_none() {
            return ClientAuthMethod::None;
        }
        match metadata.token_endpoint_auth_methods_supported() {
            Some(methods)
                if !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                    && methods.contains(&CoreClientAuthMethod::ClientSecretPost) =>
            {
                ClientAuthMethod::ClientSecretPost
            }
            _ => ClientAuthMethod::ClientSecretBasic,
        }
    }

    /// The request with our credentials added.
    fn authenticated(
        &self,
        metadata: &Metadata,
        endpoint: &str,
        mut form: Form<'_>,
        now_ms: i64,
    ) -> Result<http::Request<Vec<u8>>, ClientRequestError> {
        let config = &self.config;
        let secret = config.client_secret.as_ref().map(ExposeSecret::expose_secret).unwrap_or_default();
        let mut request = http::Request::post(endpoint)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let method = self.client_auth_method(metadata);
        if method == ClientAuthMethod::ClientSecretBasic {
            request = request.header(AUTHORIZATION, basic(&config.client_id, secret));
        } else if !form.iter().any(|(name, _)| *name == "client_id") {
            form.push(("client_id", config.client_id.clone()));
        }
        if method == ClientAuthMethod::ClientSecretPost {
            form.push(("client_secret", secret.to_owned()));
        }
        if let (ClientAuthMethod::PrivateKeyJwt, Some(key)) = (method, &config.client_key) {
            // The same audience for pushed requests: every provider accepts the token endpoint (RFC 9126, section 2).
            let audience = metadata.token_endpoint().map(|url| url.as_str()).unwrap_or_default();
            let algorithm = self.assertion_algorithm(key, metadata);
            form.push(("client_assertion_type", ASSERTION_TYPE.to_owned()));
            form.push(("client_assertion", client_assertion(key, algorithm, &config.client_id, audience, now_ms)?));
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        request.body(body.into_bytes()).map_err(|error| ClientRequestError::Unreachable(HttpError::Malformed(error)))
    }

    /// The algorithm for our assertions: the best one that the metadata list and `key` supports. If they list none:
    /// PS256 for Entra, as its documentation requires, and elsewhere the one that every provider must support (OpenID
    /// Connect Core 9).
    fn assertion_algorithm(&self, key: &ClientKey, metadata: &Metadata) -> &'static CoreJwsSigningAlgorithm {
        let ours = key.algorithms();
        let announced = metadata.token_endpoint_auth_signing_alg_values_supported();
        let common = announced.and_then(|theirs| ours.iter().find(|algorithm| theirs.contains(algorithm)));
        let fallback = match self.config.kind {
            ProviderKind::Entra { .. } => ours.first(),
            ProviderKind::Oidc { .. } => ours.last(),
        };
        common.or(fallback).unwrap_or(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256)
    }
}

/// Id and secret for HTTP Basic: each is form-encoded before they are joined (RFC 6749, section 2.3.1).
fn basic(client_id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(secret))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_and_secret_are_encoded_before_they_are_joined() {
        let header = basic("a:b", "p%s + é");
        let decoded = STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
        assert_eq!(String::from_utf8(decoded).unwrap(), "a%3Ab:p%25s+%2B+%C3%A9");
    }
}
