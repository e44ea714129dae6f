//! The signing key: made when first needed, shared by everybody who waits for it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey, SigningError};
use rand::rngs::OsRng;
use rsa::RsaPrivateKey;
use rsa::pkcs1::{EncodeRsaPrivateKey, LineEnding};
use serde_json::{Map, Value, json};
use thiserror::Error;
use tokio::sync::OnceCell;

use rolecall_sign_in::{jws, random};

/// The algorithm of every signature: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3).
pub(super) const ALGORITHM: CoreJwsSigningAlgorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
/// Its name in headers and keys.
const ALGORITHM_NAME: &str = "RS256";
/// The size of a key in bits.
const KEY_BITS: usize = 2048;

/// Why there is no key or no signature: always our own fault.
#[derive(Debug, Error)]
pub(super) enum KeyError {
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
pub(super) struct DemoSigningKey {
    /// The key id: `kid` in headers and in the key set.
    kid: String,
    /// The public half, with `kid`, `use` and `alg`.
    pub(super) public: CoreJsonWebKey,
    private: CoreRsaPrivateSigningKey,
}

impl DemoSigningKey {
    /// Makes a key pair. Takes long enough to be kept off the threads that serve requests.
    fn generate() -> Result<Self, KeyError> {
        let kid = random::token();
        let pem = RsaPrivateKey::new(&mut OsRng, KEY_BITS)?.to_pkcs1_pem(LineEnding::LF)?;
        let private =
            CoreRsaPrivateSigningKey::from_pem(&pem, Some(JsonWebKeyId::new(kid.clone()))).map_err(KeyError::Read)?;
        // The type has no setter for `alg`, but it reads and writes one.
        let mut public = serde_json::to_value(private.as_verification_key())?;
        public["alg"] = ALGORITHM_NAME.into();
        Ok(Self { kid, public: serde_json::from_value(public)?, private })
    }

    /// A token of the type `typ` with `claims`, signed with [`ALGORITHM`], in compact form (RFC 7515, section 3.1).
    ///
    /// # Errors
    /// When the key does not sign.
    pub(super) fn token(&self, typ: &str, claims: Map<String, Value>) -> Result<String, KeyError> {
        let header = json!({ "alg": ALGORITHM_NAME, "typ": typ, "kid": self.kid });
        Ok(jws::assemble(&header, &claims.into(), |message| self.private.sign(&ALGORITHM, message))?)
    }
}

/// A key that the first caller creates; concurrent callers wait for it.
#[derive(Default)]
pub(super) struct LazyKey(OnceCell<DemoSigningKey>);

impl LazyKey {
    /// The key, made now if nobody has made it.
    ///
    /// # Errors
    /// When the key could not be made; the next call tries again.
    pub(super) async fn made(&self) -> Result<&DemoSigningKey, KeyError> {
        let make = || async { tokio::task::spawn_blocking(DemoSigningKey::generate).await? };
        self.0.get_or_try_init(make).await
    }
}
