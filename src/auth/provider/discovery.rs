//! Provider metadata (OpenID Connect Discovery 1.0): fetched when first needed, kept for an hour, and longer when the
//! provider does not answer.

use std::sync::Arc;

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, ProviderMetadata};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::Mutex;
use url::Url;

use super::http::{HttpError, ProviderHttp};

const KEEP_MS: i64 = 60 * 60 * 1000;
/// After a failure the provider is left alone for so long, when there is something to go on with.
const RETRY_MS: i64 = 60 * 1000;

/// What the metadata of a provider say beyond OpenID Connect Discovery 1.0.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FurtherMetadata {
    /// Where to sign out (OpenID Connect RP-Initiated Logout 1.0, section 2.1).
    pub end_session_endpoint: Option<Url>,
    /// Whether every callback carries `iss` (RFC 9207, section 3).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
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
    /// They name another issuer than was asked (OpenID Connect Discovery 1.0, section 4.3).
    #[error("the provider's metadata name another issuer: {found}")]
    OtherIssuer {
        /// The issuer that they name.
        found: String,
    },
}

/// The metadata of one provider, fetched once for all who wait.
#[derive(Debug)]
pub struct Discovery {
    /// The address below which `.well-known/openid-configuration` is.
    base: String,
    /// The issuer that the metadata must name, to the letter.
    expected_issuer: String,
    known: Mutex<Option<Known>>,
}

#[derive(Debug)]
struct Known {
    metadata: Arc<Metadata>,
    fresh_until_ms: i64,
}

impl Discovery {
    /// The metadata found below `base`, which must name `expected_issuer`.
    #[must_use]
    pub fn new(base: String, expected_issuer: String) -> Self {
        Self { base, expected_issuer, known: Mutex::new(None) }
    }

    /// The metadata: known ones while they are fresh, or while new ones cannot be had.
    ///
    /// # Errors
    /// When they were never fetched and cannot be now.
    pub async fn metadata(&self, http: &ProviderHttp, now_ms: i64) -> Result<Arc<Metadata>, DiscoveryError> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| now_ms < known.fresh_until_ms) {
            return Ok(Arc::clone(&known.metadata));
        }
        match self.fetch(http).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *known = Some(Known { metadata: Arc::clone(&metadata), fresh_until_ms: now_ms + KEEP_MS });
                Ok(metadata)
            }
            Err(error) => {
                let known = known.as_mut().ok_or(error)?;
                known.fresh_until_ms = now_ms + RETRY_MS;
                Ok(Arc::clone(&known.metadata))
            }
        }
    }

    /// Where the metadata are fetched from.
    ///
    /// # Errors
    /// When the configured issuer is not a URL.
    pub fn base(&self) -> Result<Url, url::ParseError> {
        Url::parse(&self.base)
    }

    /// The metadata that were fetched last, if any were.
    pub fn known(&self) -> Option<Arc<Metadata>> {
        let known = self.known.try_lock().ok()?;
        known.as_ref().map(|known| Arc::clone(&known.metadata))
    }

    async fn fetch(&self, http: &ProviderHttp) -> Result<Metadata, DiscoveryError> {
        let url = format!("{}/.well-known/openid-configuration", self.base.trim_end_matches('/'));
        let metadata: Metadata = http.fetch_json(&url).await?;
        let found = metadata.issuer().as_str();
        if found == self.expected_issuer {
            Ok(metadata)
        } else {
            Err(DiscoveryError::OtherIssuer { found: found.to_owned() })
        }
    }
}
