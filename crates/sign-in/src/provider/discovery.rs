//! Provider metadata (OpenID Connect Discovery 1.0): fetched when first needed, kept for an hour, and longer while the
//! provider does not answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;
use url::Url;

use super::http::ProviderHttp;
use super::metadata::{DiscoveryError, ExpectedIssuer, Metadata};
use super::{endpoints, entra};

const KEEP_MS: i64 = 60 * 60 * 1000;
/// How long no new fetch is tried after a failure, if older metadata exist.
const RETRY_MS: i64 = 60 * 1000;

/// The metadata of one provider. Concurrent requests share one fetch.
#[derive(Debug)]
pub struct Discovery {
    /// The address below which `.well-known/openid-configuration` is.
    base: String,
    /// Its origin.
    base_origins: Arc<[String]>,
    expected_issuer: ExpectedIssuer,
    known: RwLock<Option<CachedMetadata>>,
    /// Locked while fetching.
    fetching: Mutex<()>,
    fetches: AtomicU64,
}

#[derive(Clone, Debug)]
struct CachedMetadata {
    metadata: Arc<Metadata>,
    browser_origins: Arc<[String]>,
    fresh_until_ms: i64,
}

impl Discovery {
    /// The metadata found below `base`, which must contain the expected issuer.
    pub fn new(base: String, expected_issuer: ExpectedIssuer) -> Self {
        Self {
            base_origins: Url::parse(&base).iter().map(origin_of).collect(),
            base,
            expected_issuer,
            known: RwLock::default(),
            fetching: Mutex::default(),
            fetches: AtomicU64::default(),
        }
    }

    /// The metadata. Known ones are returned while they are fresh, while another request fetches new ones, and while
    /// new ones cannot be fetched.
    ///
    /// # Errors
    /// When no metadata were ever fetched, and they cannot be fetched now.
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
            return self.known().ok_or(DiscoveryError::FailedRecently);
        }
        let answer = self.fetch(http).await;
        self.fetches.fetch_add(1, Ordering::AcqRel);
        let known = match (answer, stale) {
            (Ok(metadata), _) => CachedMetadata {
                browser_origins: self.origins_with(&metadata),
                metadata: Arc::new(metadata),
                fresh_until_ms: now_ms + KEEP_MS,
            },
            (Err(_), Some(stale)) => CachedMetadata { fresh_until_ms: now_ms + RETRY_MS, ..stale },
            (Err(error), None) => return Err(error),
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known.metadata)
    }

    /// The address that the metadata are fetched from.
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

    /// The origins that a browser is sent to during sign-in and sign-out: that of the issuer, and, once the metadata
    /// are known, those of the endpoints in them. Every page lists them in its policy, so they are computed once.
    pub fn browser_origins(&self) -> Arc<[String]> {
        self.read().map_or_else(|| Arc::clone(&self.base_origins), |known| known.browser_origins)
    }

    fn origins_with(&self, metadata: &Metadata) -> Arc<[String]> {
        let end_session = metadata.additional_metadata().end_session_endpoint.as_ref();
        let endpoints = [Some(metadata.authorization_endpoint().url()), end_session];
        self.base_origins.iter().cloned().chain(endpoints.into_iter().flatten().map(origin_of)).collect()
    }

    fn read(&self) -> Option<CachedMetadata> {
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

fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}
