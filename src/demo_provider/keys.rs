//! The signing keys: made when first needed, shared by everybody who waits for them, replaced on request.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey, SigningError};
use rand::rngs::OsRng;
use rsa::RsaPrivateKey;
use rsa::pkcs1::{EncodeRsaPrivateKey, LineEnding};
use thiserror::Error;
use tokio::sync::OnceCell;

use super::random::random_text;

/// The algorithm of every honest signature: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3).
pub(super) const ALGORITHM: CoreJwsSigningAlgorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
/// Its name in headers and keys.
pub(super) const ALGORITHM_NAME: &str = "RS256";
/// The size of a key in bits.
const KEY_BITS: usize = 2048;

/// Why there is no key or no signature: always our own fault.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The key could not be made.
    #[error("an RSA key could not be made")]
    Generate(#[from] rsa::Error),
    /// The key could not be written as PEM.
    #[error("the RSA key could not be encoded")]
    Encode(#[from] rsa::pkcs1::Error),
    /// The key could not be read from PEM.
    #[error("the RSA key could not be read: {0}")]
    Read(String),
    /// The public half could not be written as a JSON Web Key.
    #[error("the public key could not be written as a JSON Web Key")]
    Publish(#[from] serde_json::Error),
    /// The thread that made the key ended early.
    #[error("the making of the key was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
    /// The key could not sign.
    #[error("the token could not be signed")]
    Sign(#[from] SigningError),
}

impl IntoResponse for KeyError {
    fn into_response(self) -> Response {
        tracing::error!(error = &self as &dyn std::error::Error, "the demonstration provider has no key or signature");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

/// A key pair with its id.
pub(super) struct SigningKey {
    /// The key id: `kid` in headers and in the key set.
    pub(super) kid: String,
    /// The public half, with `kid`, `use` and `alg`.
    pub(super) public: CoreJsonWebKey,
    private: CoreRsaPrivateSigningKey,
}

impl SigningKey {
    /// Makes a key pair. Takes long enough to be kept off the threads that serve requests.
    fn generate() -> Result<Self, KeyError> {
        let kid = random_text();
        let pem = RsaPrivateKey::new(&mut OsRng, KEY_BITS)?.to_pkcs1_pem(LineEnding::LF)?;
        let private =
            CoreRsaPrivateSigningKey::from_pem(&pem, Some(JsonWebKeyId::new(kid.clone()))).map_err(KeyError::Read)?;
        // The type has no setter for `alg`, but it reads and writes one.
        let mut public = serde_json::to_value(private.as_verification_key())?;
        public["alg"] = ALGORITHM_NAME.into();
        Ok(Self { kid, public: serde_json::from_value(public)?, private })
    }

    /// Signs `message` with [`ALGORITHM`].
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        self.private.sign(&ALGORITHM, message)
    }
}

/// A key that is made by whoever needs it first; the others wait for it.
type LazyKey = Arc<OnceCell<Arc<SigningKey>>>;

/// The keys of the provider.
#[derive(Default)]
pub(super) struct KeyRing {
    current: Mutex<LazyKey>,
    spare: LazyKey,
}

impl KeyRing {
    /// The key that signs and is published.
    ///
    /// # Errors
    /// When the key could not be made; the next call tries again.
    pub(super) async fn current(&self) -> Result<Arc<SigningKey>, KeyError> {
        let key = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        made(&key).await
    }

    /// A key beside the current one, which only faults use.
    ///
    /// # Errors
    /// As [`current`](Self::current).
    pub(super) async fn spare(&self) -> Result<Arc<SigningKey>, KeyError> {
        made(&self.spare).await
    }

    /// Forgets the current key: the next one to need it gets a new one.
    pub(super) fn rotate(&self) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = LazyKey::default();
    }
}

/// The key in `key`, made now if nobody has made it.
async fn made(key: &LazyKey) -> Result<Arc<SigningKey>, KeyError> {
    let make = || async { tokio::task::spawn_blocking(SigningKey::generate).await?.map(Arc::new) };
    key.get_or_try_init(make).await.cloned()
}
