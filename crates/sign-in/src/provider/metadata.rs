//! The content of a provider's metadata (OpenID Connect Discovery 1.0, section 3), which issuer they must contain, and
//! why there may be no metadata.

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, ProviderMetadata};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use url::Url;

use super::http::HttpError;

/// Members of a provider's metadata beyond OpenID Connect Discovery 1.0.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FurtherMetadata {
    /// The endpoint for signing out (OpenID Connect RP-Initiated Logout 1.0, section 2.1).
    pub end_session_endpoint: Option<Url>,
    /// Whether every callback carries `iss` (RFC 9207, section 3).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    /// The endpoint for pushed authorization requests (RFC 9126, section 5).
    pub pushed_authorization_request_endpoint: Option<Url>,
    /// Whether only pushed requests are accepted (RFC 9126, section 5).
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
    /// Whether the provider reports sign-outs through the browser (OpenID Connect Front-Channel Logout 1.0, section 3).
    /// Of any type: no sign-in depends on it.
    #[serde(default)]
    pub frontchannel_logout_supported: Value,
}

impl AdditionalProviderMetadata for FurtherMetadata {}

/// The metadata of a provider.
pub type Metadata = ProviderMetadata<
    FurtherMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Why there are no metadata.
#[derive(Debug, Error)]
pub enum DiscoveryError {
    /// They could not be fetched.
    #[error("the provider's metadata could not be fetched")]
    Fetch(#[from] HttpError),
    /// Fetching them failed a moment ago, so it was not tried again.
    #[error("the provider's metadata could not be fetched a moment ago")]
    FailedRecently,
    /// They contain an endpoint that is neither https nor on this machine: secrets would be sent unencrypted.
    #[error("the provider's metadata name an endpoint without https: {url}")]
    Insecure {
        /// The endpoint.
        url: Url,
    },
    /// They contain an endpoint on this machine, or one that only this machine can reach, although the provider is
    /// elsewhere: our requests would go to whatever listens there.
    #[error("the provider's metadata name an endpoint of this machine's own: {url}")]
    Inward {
        /// The endpoint.
        url: Url,
    },
    /// They contain another issuer than the one that was asked (OpenID Connect Discovery 1.0, section 4.3).
    #[error("the provider's metadata name another issuer: {found}")]
    OtherIssuer {
        /// The issuer in them.
        found: String,
    },
}

/// Which issuer the metadata must contain.
#[derive(Debug)]
pub enum ExpectedIssuer {
    /// Exactly this one.
    Exactly(String),
    /// The issuer of the one tenant that an Entra domain stands for: below this authority, by its id.
    OneTenantOf(Url),
}
