//! One configured provider, with what is known about it.

use std::sync::Arc;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenResponse,
};
use openidconnect::{
    ClientId, EmptyAdditionalClaims, EndpointMaybeSet, EndpointNotSet, EndpointSet, RedirectUrl, StandardErrorResponse,
};
use thiserror::Error;

use super::accepted_issuers::AcceptedIssuers;
use super::discovery::Discovery;
use super::entra;
use super::http::{HttpError, ProviderHttp};
use super::keys::{KeySet, Keys};
use super::metadata::{DiscoveryError, ExpectedIssuer, Metadata};
use crate::config::{AuthConfig, ProviderConfig, ProviderKind};
use crate::routes;

/// The OAuth 2.0 client, with the endpoints of the metadata.
pub type Client = openidconnect::Client<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    CoreTokenResponse,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Every algorithm that a provider may be allowed to sign ID tokens with, by its registered name (RFC 7518, section
/// 3.1; RFC 8037): asymmetric ones only, so that a public key can never be used as a shared secret.
pub const ALGORITHMS: [(&str, CoreJwsSigningAlgorithm); 9] = [
    ("RS256", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256),
    ("RS384", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384),
    ("RS512", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512),
    ("PS256", CoreJwsSigningAlgorithm::RsaSsaPssSha256),
    ("PS384", CoreJwsSigningAlgorithm::RsaSsaPssSha384),
    ("PS512", CoreJwsSigningAlgorithm::RsaSsaPssSha512),
    ("ES256", CoreJwsSigningAlgorithm::EcdsaP256Sha256),
    ("ES384", CoreJwsSigningAlgorithm::EcdsaP384Sha384),
    ("EdDSA", CoreJwsSigningAlgorithm::EdDsa),
];

/// What a client gets unless it registers for something else (OpenID Connect Dynamic Client Registration 1.0, section
/// 2, `id_token_signed_response_alg`).
const DEFAULT_ALGORITHM: CoreJwsSigningAlgorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;

/// A configured provider.
#[derive(Debug)]
pub struct Provider {
    /// Its configuration.
    pub config: ProviderConfig,
    /// Our redirect URI at it.
    pub redirect_uri: RedirectUrl,
    issuers: AcceptedIssuers,
    http: ProviderHttp,
    discovery: Discovery,
    keys: Keys,
}

/// Why a provider cannot be used right now.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// Its metadata cannot be fetched.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// Its keys cannot be fetched.
    #[error("the provider's keys could not be fetched")]
    Keys(#[from] HttpError),
}

/// Why a provider could not be set up.
#[derive(Debug, Error)]
pub enum NewProviderError {
    /// The issuer, or the redirect URI built from the public address, is not a URL.
    #[error("the provider's address, or ours, is not a URL")]
    Address(#[from] url::ParseError),
    /// No HTTP client could be made.
    #[error("the HTTP client could not be set up")]
    Http(#[from] openidconnect::reqwest::Error),
}

impl Provider {
    /// The provider that `config` describes, for the application of `auth`.
    ///
    /// # Errors
    /// When an address is not a URL, or TLS cannot be set up.
    pub fn new(config: ProviderConfig, auth: &AuthConfig) -> Result<Self, NewProviderError> {
        let redirect_uri = auth.public_url.join(&routes::login_authorized(&config.id))?;
        let discovery = match &config.kind {
            ProviderKind::Entra { tenant, authority, .. } => {
                Discovery::new(entra::discovery_base(authority, tenant), entra::metadata_issuer(authority, tenant))
            }
            ProviderKind::Oidc { issuer } => Discovery::new(issuer.clone(), ExpectedIssuer::Exactly(issuer.clone())),
        };
        let http = ProviderHttp::new(&discovery.base()?, auth.loopback_certificates.as_deref())?;
        let (redirect_uri, issuers) = (RedirectUrl::from_url(redirect_uri), AcceptedIssuers::of(&config.kind));
        Ok(Self { redirect_uri, issuers, http, discovery, keys: Keys::default(), config })
    }

    /// The HTTP client for it.
    pub const fn http(&self) -> &ProviderHttp {
        &self.http
    }

    /// The address of its metadata.
    #[must_use]
    pub fn metadata_url(&self) -> String {
        self.discovery.url()
    }

    /// Its metadata, fetched if need be.
    ///
    /// # Errors
    /// When they cannot be fetched.
    pub async fn metadata(&self, now_ms: i64) -> Result<Arc<Metadata>, ProviderError> {
        Ok(self.discovery.metadata(&self.http, now_ms).await?)
    }

    /// The origins that a browser is sent to during sign-in and sign-out: that of the issuer, and those of the
    /// endpoints in the metadata, if they are known already.
    pub fn browser_origins(&self) -> Arc<[String]> {
        self.discovery.browser_origins()
    }

    /// Its signing keys, fetched if need be.
    ///
    /// # Errors
    /// When there are none and they cannot be fetched.
    pub async fn keys(&self, metadata: &Metadata, now_ms: i64) -> Result<KeySet, ProviderError> {
        Ok(self.keys.current(&self.http, metadata.jwks_uri().as_str(), now_ms).await?)
    }

    /// Signing keys newer than `stale`, if the provider has any and may be asked now.
    pub async fn newer_keys(&self, stale: &KeySet, metadata: &Metadata, now_ms: i64) -> Option<KeySet> {
        self.keys.newer(stale, &self.http, metadata.jwks_uri().as_str(), now_ms).await
    }

    /// The OpenID Connect client of this provider, for requests without client authentication.
    #[must_use]
    pub fn client(&self, metadata: &Metadata) -> Client {
        let id = ClientId::new(self.config.client_id.clone());
        Client::from_provider_metadata(metadata.clone(), id, None).set_redirect_uri(self.redirect_uri.clone())
    }

    /// Whether `issuer` may be the provider's own, judged without any request to it.
    #[must_use]
    pub fn may_have_issuer(&self, issuer: &str) -> bool {
        self.issuers.contain(issuer)
    }

    /// Whether `issuer` is the provider's own: exactly that of its metadata or, where that is a template for many
    /// tenants, that of a tenant that may sign in.
    #[must_use]
    pub fn is_issuer(&self, metadata: &Metadata, issuer: &str) -> bool {
        let own = metadata.issuer().as_str();
        match &self.config.kind {
            ProviderKind::Entra { allowed_tenants, .. } => issuer == own || entra::fills(own, allowed_tenants, issuer),
            ProviderKind::Oidc { .. } => issuer == own,
        }
    }

    /// The algorithms that its ID tokens may be signed with: the configured list; otherwise RS256; or, if the
    /// metadata have a list without RS256, those of [`ALGORITHMS`] in that list.
    #[must_use]
    pub fn id_token_algorithms(&self, metadata: &Metadata) -> Vec<CoreJwsSigningAlgorithm> {
        let configured = &self.config.options.id_token_algorithms;
        if !configured.is_empty() {
            return configured.clone();
        }
        let announced = metadata.id_token_signing_alg_values_supported();
        if announced.is_empty() || announced.contains(&DEFAULT_ALGORITHM) {
            return vec![DEFAULT_ALGORITHM];
        }
        ALGORITHMS.into_iter().map(|(_, algorithm)| algorithm).filter(|known| announced.contains(known)).collect()
    }
}
