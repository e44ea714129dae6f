//! The provider's signing keys (RFC 7517): fetched when first needed, fetched again when a token names an unknown one.
//!
//! Whatever tokens arrive, the provider is asked at most once every [`REFETCH_MS`]; the last good keys are kept when it
//! does not answer.

use std::sync::Arc;

use openidconnect::core::CoreJsonWebKeySet;
use tokio::sync::Mutex;

use super::http::{HttpError, ProviderHttp};

/// The shortest time between two fetches on account of an unknown key, in milliseconds.
pub const REFETCH_MS: i64 = 60 * 1000;
/// How long keys are used without asking whether they still hold, in milliseconds.
const KEEP_MS: i64 = 60 * 60 * 1000;

/// The keys of one provider.
#[derive(Debug, Default)]
pub struct Keys {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    keys: Option<KeySet>,
    tried_at_ms: i64,
    refetched_at_ms: Option<i64>,
}

/// Keys, and which fetch they came from.
#[derive(Clone, Debug)]
pub struct KeySet {
    /// The keys.
    pub keys: Arc<CoreJsonWebKeySet>,
    /// Counts the fetches, so that who waited for one does not fetch again.
    generation: u64,
}

impl Keys {
    /// The keys: fetched from `jwks_uri` if there are none, or they are an hour old and the provider answers.
    ///
    /// # Errors
    /// When there are none and they cannot be fetched.
    pub async fn current(&self, http: &ProviderHttp, jwks_uri: &str, now_ms: i64) -> Result<KeySet, HttpError> {
        let mut known = self.known.lock().await;
        match known.keys.clone() {
            Some(keys) if now_ms - known.tried_at_ms < KEEP_MS => Ok(keys),
            Some(keys) => Ok(known.fetch(http, jwks_uri, now_ms).await.unwrap_or(keys)),
            None => known.fetch(http, jwks_uri, now_ms).await,
        }
    }

    /// Keys newer than `stale`, which did not hold the one that was looked for; `None` when there are none to be had
    /// now.
    pub async fn newer(&self, stale: &KeySet, http: &ProviderHttp, jwks_uri: &str, now_ms: i64) -> Option<KeySet> {
        let mut known = self.known.lock().await;
        if let Some(keys) = known.keys.clone().filter(|keys| keys.generation != stale.generation) {
            return Some(keys);
        }
        if known.refetched_at_ms.is_some_and(|at| now_ms - at < REFETCH_MS) {
            return None;
        }
        known.refetched_at_ms = Some(now_ms);
        known.fetch(http, jwks_uri, now_ms).await.ok()
    }
}

impl Known {
    async fn fetch(&mut self, http: &ProviderHttp, jwks_uri: &str, now_ms: i64) -> Result<KeySet, HttpError> {
        self.tried_at_ms = now_ms;
        let keys = Arc::new(http.fetch_json::<CoreJsonWebKeySet>(jwks_uri).await?);
        let generation = self.keys.as_ref().map_or(1, |known| known.generation + 1);
        Ok(self.keys.insert(KeySet { keys, generation }).clone())
    }
}
