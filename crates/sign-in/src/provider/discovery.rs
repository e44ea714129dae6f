//! Provider metadata (OpenID Connect Discovery 1.0): fetched when first needed, kept for an hour, and longer when the
//! provider does not answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, ProviderMetadata};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use tokio::sync::Mutex;
use url::Url;

use super::http::{HttpError, ProviderHttp};
use super::{endpoints, entra};

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
    /// Where authorization requests are pushed to (RFC 9126, section 5).
    pub pushed_authorization_request_endpoint: Option<Url>,
    /// Whether no others are taken (RFC 9126, section 5).
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
    /// Whether it tells of sign-outs by way of the browser (OpenID Connect Front-Channel Logout 1.0, section 3). Of any type:
    /// nobody's sign-in depends on it.
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
    /// Somebody else fetched them a moment ago, in vain.
    #[error("the provider's metadata could not be fetched a moment ago")]
    FetchedInVain,
    /// They name an endpoint that is neither https nor on this machine: secrets would go there for all to read.
    #[error("the provider's metadata name an endpoint without https: {url}")]
    Insecure {
        /// The endpoint.
        url: Url,
    },
    /// They name an endpoint on this machine, or one that only this machine reaches, although the provider is elsewhere: our
    /// requests would go to whatever listens there.
    #[error("the provider's metadata name an endpoint of this machine's own: {url}")]
    Inward {
        /// The endpoint.
        url: Url,
    },
    /// They name another issuer than was asked (OpenID Connect Discovery 1.0, section 4.3).
    #[error("the provider's metadata name another issuer: {found}")]
    OtherIssuer {
        /// The issuer that they name.
        found: String,
    },
}

/// Which issuer the metadata must name.
#[derive(Debug)]
pub enum ExpectedIssuer {
    /// This one, to the letter.
    Exactly(String),
    /// That of the one tenant which a domain of Entra's stands for: below this authority, by its id.
    OneTenantOf(Url),
}

/// The metadata of one provider, fetched once for all who wait.
#[derive(Debug)]
pub struct Discovery {
    /// The address below which `.well-known/openid-configuration` is.
    base: String,
    expected_issuer: ExpectedIssuer,
    known: RwLock<Option<Known>>,
    /// Held while fetching.
    fetching: Mutex<()>,
    fetches: AtomicU64,
}

#[derive(Clone, Debug)]
struct Known {
    metadata: Arc<Metadata>,
    fresh_until_ms: i64,
}

impl Discovery {
    /// The metadata found below `base`, which must name the expected issuer.
    pub fn new(base: String, expected_issuer: ExpectedIssuer) -> Self {
        Self {
            base,
            expected_issuer,
            known: RwLock::default(),
            fetching: Mutex::default(),
            fetches: AtomicU64::default(),
        }
    }

    /// The metadata. Those that are known serve while they are fresh, while somebody else fetches new ones, and while
    /// new ones cannot be had.
    ///
    /// # Errors
    /// When they were never fetched and cannot be now.
    pub async fn metadata(&self, http: &ProviderHttp, now_ms: i64) -> Result<Arc<Metadata>, DiscoveryError> {
        let stale = match self.read() {
            Some(known) if now_ms < known.fresh_until_ms => return Ok(known.metadata),
            stale => stale,
        };
        let fetches = self.fetches.load(Ordering::Acquire);
        let _fetching = match (&stale, self.fetching.try_lock()) {
            (_, Ok(fetching)) => fetching,
            (Some(stale), Err(_)) => return Ok(Arc::clone(&stale.metadata)),
            (None, Err(_)) => self.fetching.lock().await,
        };
        if self.fetches.load(Ordering::Acquire) != fetches {
            return self.known().ok_or(DiscoveryError::FetchedInVain);
        }
        let answer = self.fetch(http).await;
        self.fetches.fetch_add(1, Ordering::AcqRel);
        let known = match (answer, stale) {
            (Ok(metadata), _) => Known { metadata: Arc::new(metadata), fresh_until_ms: now_ms + KEEP_MS },
            (Err(_), Some(stale)) => Known { metadata: stale.metadata, fresh_until_ms: now_ms + RETRY_MS },
            (Err(error), None) => return Err(error),
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known.metadata)
    }

    /// Where the metadata are fetched from.
    ///
    /// # Errors
    /// When the configured issuer is not a URL.
    pub fn base(&self) -> Result<Url, url::ParseError> {
        Url::parse(&self.base)
    }

    /// The address of the metadata (OpenID Connect Discovery 1.0, section 4).
    pub fn url(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.base.trim_end_matches('/'))
    }

    /// The metadata that were fetched last, if any were.
    pub fn known(&self) -> Option<Arc<Metadata>> {
        self.read().map(|known| known.metadata)
    }

    fn read(&self) -> Option<Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(&self, http: &ProviderHttp) -> Result<Metadata, DiscoveryError> {
        let metadata: Metadata = http.fetch_json(&self.url()).await?;
        let found = metadata.issuer().as_str();
        let is_expected = match &self.expected_issuer {
            ExpectedIssuer::Exactly(expected) => found == expected,
            ExpectedIssuer::OneTenantOf(authority) => entra::is_issuer_of_one_tenant(authority, found),
        };
        if !is_expected {
            return Err(DiscoveryError::OtherIssuer { found: found.to_owned() });
        }
        endpoints::check(&metadata, self.base().ok().as_ref())?;
        Ok(metadata)
    }
}
