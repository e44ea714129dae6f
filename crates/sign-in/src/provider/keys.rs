//! The provider's signing keys (RFC 7517): fetched when first needed, fetched again when a token names an unknown one.
//!
//! However many tokens arrive, keys are fetched at most once every [`REFETCH_MS`]. While the provider does not answer,
//! the last good keys stay in use. A request that waited for another's fetch does not start a new one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use openidconnect::JsonWebKeySet;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::entra;
use super::http::{HttpError, ProviderHttp};
use super::verifying_key::VerifyingKey;

/// The shortest time between two fetches because of an unknown key, in milliseconds.
pub const REFETCH_MS: i64 = 60 * 1000;
/// How long keys are used before they are fetched again, in milliseconds.
const KEEP_MS: i64 = 60 * 60 * 1000;

/// The keys of one provider. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    known: Arc<Mutex<CachedKeys>>,
    fetches: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct CachedKeys {
    keys: Option<KeySet>,
    tried_at_ms: i64,
    refetched_at_ms: Option<i64>,
}

/// Keys, and the number of the fetch that they came from.
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Arc<[ProviderKey]>,
    /// Counts the fetches, so that a request that waited for one does not fetch again.
    generation: u64,
}

/// A key, and the only issuer that it may sign for, if it has one: a member of Entra's keys, which `openidconnect`
/// ignores.
#[derive(Debug)]
struct ProviderKey {
    key: VerifyingKey,
    issuer: Option<String>,
}

/// A key set from the provider: entries of unknown types are ignored (RFC 7517, section 5).
#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// The keys that may sign for `issuer`.
    #[must_use]
    pub fn serving(&self, issuer: &str) -> JsonWebKeySet<VerifyingKey> {
        let serves = |key: &&ProviderKey| key.issuer.as_ref().is_none_or(|only| entra::key_serves(only, issuer));
        JsonWebKeySet::new(self.keys.iter().filter(serves).map(|key| key.key.clone()).collect())
    }
}

impl Keys {
    /// The keys. They are fetched from `jwks_uri` if there are none, or if they are an hour old and the provider
    /// answers. A fetch that has begun is completed even if its caller is cancelled, so that others still get new keys.
    ///
    /// # Errors
    /// When there are none and they cannot be fetched.
    pub async fn current(&self, http: &ProviderHttp, jwks_uri: &str, now_ms: i64) -> Result<KeySet, HttpError> {
        if let Ok(known) = self.known.try_lock()
            && let Some(keys) = known.fresh(now_ms)
        {
            return Ok(keys);
        }
        let (this, http, jwks_uri) = (self.clone(), http.clone(), jwks_uri.to_owned());
        let fetches = self.fetches.load(Ordering::Acquire);
        let fetching = tokio::spawn(async move {
            let mut known = this.known.lock().await;
            match (known.fresh(now_ms), known.keys.clone()) {
                (Some(keys), _) => Ok(keys),
                (None, Some(keys)) => Ok(this.fetch(&mut known, &http, &jwks_uri, now_ms).await.unwrap_or(keys)),
                (None, None) if this.fetches.load(Ordering::Acquire) != fetches => Err(HttpError::FailedRecently),
                (None, None) => this.fetch(&mut known, &http, &jwks_uri, now_ms).await,
            }
        });
        fetching.await.unwrap_or(Err(HttpError::FailedRecently))
    }

    /// Keys newer than `stale`, which lacked the wanted key; `None` when no newer ones can be fetched now.
    pub async fn newer(&self, stale: &KeySet, http: &ProviderHttp, jwks_uri: &str, now_ms: i64) -> Option<KeySet> {
        let (this, http, jwks_uri) = (self.clone(), http.clone(), jwks_uri.to_owned());
        let generation = stale.generation;
        let fetching = tokio::spawn(async move {
            let mut known = this.known.lock().await;
            if let Some(keys) = known.keys.clone().filter(|keys| keys.generation != generation) {
                return Some(keys);
            }
            if known.refetched_at_ms.is_some_and(|at| is_within(REFETCH_MS, at, now_ms)) {
                return None;
            }
            known.refetched_at_ms = Some(now_ms);
            this.fetch(&mut known, &http, &jwks_uri, now_ms).await.ok()
        });
        fetching.await.ok().flatten()
    }

    async fn fetch(
        &self,
        known: &mut CachedKeys,
        http: &ProviderHttp,
        jwks_uri: &str,
        now_ms: i64,
    ) -> Result<KeySet, HttpError> {
        known.tried_at_ms = now_ms;
        let document = http.fetch_json::<Document>(jwks_uri).await;
        self.fetches.fetch_add(1, Ordering::AcqRel);
        let keys = document?.keys.into_iter().filter_map(provider_key).collect();
        let generation = known.keys.as_ref().map_or(1, |known| known.generation + 1);
        Ok(known.keys.insert(KeySet { keys, generation }).clone())
    }
}

impl CachedKeys {
    fn fresh(&self, now_ms: i64) -> Option<KeySet> {
        self.keys.clone().filter(|_| is_within(KEEP_MS, self.tried_at_ms, now_ms))
    }
}

/// Whether `now_ms` is less than `span_ms` after `at_ms`. `false` if the clock was put back.
const fn is_within(span_ms: i64, at_ms: i64, now_ms: i64) -> bool {
    0 <= now_ms - at_ms && now_ms - at_ms < span_ms
}

/// The key in `json`; `None` for an unknown type, or if its issuer is not a text.
fn provider_key(json: Value) -> Option<ProviderKey> {
    let issuer = json.get("issuer").map(|issuer| issuer.as_str().map(ToOwned::to_owned).ok_or(()));
    let issuer = issuer.transpose().ok()?;
    Some(ProviderKey { key: serde_json::from_value(json).ok()?, issuer })
}
