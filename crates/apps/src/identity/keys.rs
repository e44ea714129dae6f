//! The keys that sign the tokens for apps: ES256 (RFC 7518, section 3.4), made here, stored encrypted in the database,
//! and shared by all instances.
//!
//! A key signs for 30 days. The next one is published a day before it begins to sign, so that an app which keeps a copy
//! of the key set for less than a day never gets a token with an unknown key. It stays published for a day after it
//! stops.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;
use thiserror::Error;
use tokio::sync::Mutex;

use rolecall_sign_in::db::{Db, on_both};
use rolecall_sign_in::session::{Cipher, CipherError};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a key signs.
const SIGNS_MS: i64 = 30 * DAY_MS;
/// How long a key is published before it signs, and after.
const PUBLISHED_MS: i64 = DAY_MS;
/// How long keys are used before they are read again: other instances make keys, too.
const READ_AGAIN_MS: i64 = 60 * 1000;

/// Why there is no key.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The database does not answer.
    #[error("the signing keys cannot be read or written")]
    Database(#[from] sqlx::Error),
    /// A key cannot be sealed.
    #[error("a signing key cannot be sealed")]
    Seal(#[from] CipherError),
    /// A key cannot be made, or does not sign.
    #[error("a signing key cannot be used")]
    Unusable,
}

/// One key.
pub struct SigningKey {
    /// Its name: the thumbprint (RFC 7638).
    pub(super) kid: String,
    signs_from_ms: i64,
    pair: EcdsaKeyPair,
}

/// The public keys (RFC 7517, section 5).
#[derive(Debug, Default, Serialize)]
pub struct PublishedKeys {
    keys: Vec<serde_json::Value>,
}

/// The keys of this database.
pub struct SigningKeys {
    db: Db,
    cipher: Cipher,
    held: Mutex<Option<CachedKeys>>,
}

#[derive(Clone)]
struct CachedKeys {
    read_at_ms: i64,
    /// The oldest first; never empty.
    keys: Arc<[SigningKey]>,
}

impl SigningKey {
    fn from_pkcs8(der: &[u8], signs_from_ms: i64) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new())
            .map_err(|_| KeyError::Unusable)?;
        let [x, y] = coordinates(&pair)?;
        let thumbprint = Sha256::digest(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        Ok(Self { kid: URL_SAFE_NO_PAD.encode(thumbprint), signs_from_ms, pair })
    }

    /// The signature of `message`.
    ///
    /// # Errors
    /// When the key does not sign.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signature = self.pair.sign(&SystemRandom::new(), message).map_err(|_| KeyError::Unusable)?;
        Ok(signature.as_ref().to_vec())
    }

    fn public(&self) -> Result<serde_json::Value, KeyError> {
        let [x, y] = coordinates(&self.pair)?;
        Ok(json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": self.kid, "use": "sig", "alg": "ES256" }))
    }
}

/// The two coordinates of the public key, as base64url: it is an uncompressed point (SEC 1, section 2.3.3).
fn coordinates(pair: &EcdsaKeyPair) -> Result<[String; 2], KeyError> {
    match pair.public_key().as_ref() {
        [4, point @ ..] if point.len() == 64 => {
            let (x, y) = point.split_at(32);
            Ok([x, y].map(|half| URL_SAFE_NO_PAD.encode(half)))
        }
        _ => Err(KeyError::Unusable),
    }
}

/// What a sealed key belongs to.
fn owner(kid: &str) -> String {
    format!("app signing key {kid}")
}

impl SigningKeys {
    /// The keys in `db`, sealed with `cipher`. Nothing is read or made yet.
    pub(super) fn new(db: Db, cipher: Cipher) -> Self {
        Self { db, cipher, held: Mutex::new(None) }
    }

    /// The public keys at `now_ms`: of the key that signs, of the next one, and of those that signed until recently.
    pub(super) async fn public(&self, now_ms: i64) -> Result<PublishedKeys, KeyError> {
        let keys = self.current(now_ms).await?;
        Ok(PublishedKeys { keys: keys.iter().map(SigningKey::public).collect::<Result<_, _>>()? })
    }

    /// The key that signs at `now_ms`.
    pub(super) async fn signing(&self, now_ms: i64) -> Result<SigningKeyOf, KeyError> {
        let keys = self.current(now_ms).await?;
        // If the clock was put back, there may be no such key: then the oldest signs.
        let at = keys.iter().rposition(|key| key.signs_from_ms <= now_ms).unwrap_or(0);
        Ok(SigningKeyOf { keys, at })
    }

    /// The keys at `now_ms`. While the database does not answer, the cached ones are used.
    async fn current(&self, now_ms: i64) -> Result<Arc<[SigningKey]>, KeyError> {
        let mut held = self.held.lock().await;
        if let Some(held) = held.as_ref()
            && (0..READ_AGAIN_MS).contains(&(now_ms - held.read_at_ms))
        {
            return Ok(Arc::clone(&held.keys));
        }
        match (self.kept(now_ms).await, held.as_ref()) {
            (Ok(keys), _) => {
                *held = Some(CachedKeys { read_at_ms: now_ms, keys: Arc::clone(&keys) });
                Ok(keys)
            }
            (Err(error), Some(held)) => {
                tracing::warn!(?error, "the signing keys of apps cannot be read again");
                Ok(Arc::clone(&held.keys))
            }
            (Err(error), None) => Err(error),
        }
    }

    /// Reads the keys, makes the next one if it is due, and drops those that are no longer needed.
    async fn kept(&self, now_ms: i64) -> Result<Arc<[SigningKey]>, KeyError> {
        let (keys, newest) = self.read().await?;
        let signs_from_ms = match keys.last() {
            // No key can sign now, so the new one begins at once.
            None => now_ms,
            Some(last) if now_ms >= last.signs_from_ms.saturating_add(SIGNS_MS - PUBLISHED_MS) => {
                now_ms.saturating_add(PUBLISHED_MS)
            }
            Some(_) => return self.without_old(keys, now_ms).await,
        };
        self.make(&newest, signs_from_ms).await?;
        let (keys, _) = self.read().await?;
        self.without_old(keys, now_ms).await
    }

    /// The keys that can be decrypted, the oldest first, and the name of the newest of all.
    async fn read(&self) -> Result<(Vec<SigningKey>, String), KeyError> {
        const READ: &str = "SELECT kid, signs_from, sealed_key FROM app_signing_keys ORDER BY signs_from, kid";
        let rows: Vec<(String, i64, Vec<u8>)> = on_both!(&self.db, |pool| {
            let rows = sqlx::query(READ).fetch_all(pool).await?;
            let row = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)));
            row.collect::<Result<_, sqlx::Error>>()?
        });
        let newest = rows.last().map(|(kid, ..)| kid.clone()).unwrap_or_default();
        let open = |(kid, signs_from_ms, sealed): &(String, i64, Vec<u8>)| {
            let opened = self.cipher.open(&owner(kid), sealed).map_err(KeyError::from);
            let key = opened.and_then(|der| SigningKey::from_pkcs8(&der, *signs_from_ms));
            // For example after a change of the secret keys: a new key replaces it.
            key.inspect_err(|error| tracing::warn!(kid, ?error, "a signing key of apps cannot be opened")).ok()
        };
        Ok((rows.iter().filter_map(open).collect(), newest))
    }

    /// Makes the key that follows `follows`, unless another instance already has.
    async fn make(&self, follows: &str, signs_from_ms: i64) -> Result<(), KeyError> {
        const MAKE: &str = "INSERT INTO app_signing_keys (kid, follows, signs_from, sealed_key) \
                            VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| KeyError::Unusable)?;
        let key = SigningKey::from_pkcs8(der.as_ref(), signs_from_ms)?;
        let sealed = self.cipher.seal(&owner(&key.kid), der.as_ref())?;
        on_both!(&self.db, |pool| {
            let query = sqlx::query(MAKE).bind(&key.kid).bind(follows).bind(signs_from_ms);
            query.bind(sealed).execute(pool).await?;
        });
        Ok(())
    }

    /// `keys` without those whose last token expired long ago, which are deleted.
    async fn without_old(&self, mut keys: Vec<SigningKey>, now_ms: i64) -> Result<Arc<[SigningKey]>, KeyError> {
        const DELETE: &str = "DELETE FROM app_signing_keys WHERE signs_from < $1";
        let is_over = |next: &SigningKey| next.signs_from_ms.saturating_add(PUBLISHED_MS) <= now_ms;
        if let Some(first) = keys.iter().rposition(is_over).filter(|first| *first > 0) {
            keys.drain(..first);
            let oldest_ms = keys.first().map_or(i64::MIN, |key| key.signs_from_ms);
            on_both!(&self.db, |pool| {
                sqlx::query(DELETE).bind(oldest_ms).execute(pool).await?;
            });
        }
        if keys.is_empty() { Err(KeyError::Unusable) } else { Ok(keys.into()) }
    }
}

/// One of the keys.
pub(super) struct SigningKeyOf {
    keys: Arc<[SigningKey]>,
    at: usize,
}

impl std::ops::Deref for SigningKeyOf {
    type Target = SigningKey;

    fn deref(&self) -> &SigningKey {
        &self.keys[self.at]
    }
}
