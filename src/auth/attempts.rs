//! Attempts: sign-ins that have begun and not ended, each a database row of its own.
//!
//! A row is deleted by the statement that reads it, so a callback works once. State and browser binding are stored as
//! hashes, nonce and PKCE verifier sealed. All SQL about attempts is in this file.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use thiserror::Error;

use crate::auth::random;
use crate::auth::session::{Cipher, CipherError};
use crate::auth::{Further, ReturnTo};
use crate::db::{Db, in_batches, on_both};

/// How long a person may take at the provider, in milliseconds.
pub const LIFETIME_MS: i64 = 10 * 60 * 1000;
/// How many attempts one browser may have open: the oldest gives way.
pub const MAX_PER_BROWSER: i64 = 8;

/// The attempts of this database.
#[derive(Clone)]
pub struct Attempts {
    db: Db,
    cipher: Arc<Cipher>,
}

/// What only we may know of an attempt.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct AttemptSecrets {
    /// The nonce that the ID token must carry (OpenID Connect Core 3.1.2.1).
    pub nonce: String,
    /// The PKCE code verifier (RFC 7636, section 4.1).
    pub pkce_verifier: String,
    /// What is asked beyond the provider's configuration.
    #[serde(default)]
    pub further: Further,
}

/// An attempt, as it was begun.
pub struct Attempt {
    /// The provider's id.
    pub provider: String,
    /// Where the person wanted to go.
    pub return_to: ReturnTo,
    /// The nonce and the PKCE verifier.
    pub secrets: AttemptSecrets,
}

/// Why an attempt was not found, or could not be stored.
#[derive(Debug, Error)]
pub enum AttemptError {
    /// No such attempt: it was used, has expired, or never was ours.
    #[error("there is no such attempt: used, expired or never begun")]
    Unknown,
    /// It was begun in this browser, too long ago.
    #[error("the attempt has expired")]
    Expired {
        /// Where the person wanted to go.
        return_to: ReturnTo,
    },
    /// It was begun in another browser.
    #[error("the attempt was begun in another browser")]
    OtherBrowser,
    /// The database does not answer.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
    /// What was stored cannot be read.
    #[error("the stored attempt cannot be read")]
    Sealed(#[from] CipherError),
}

impl Attempts {
    /// The attempts in `db`, their secrets sealed with `cipher`.
    pub fn new(db: Db, cipher: Arc<Cipher>) -> Self {
        Self { db, cipher }
    }

    /// Stores an attempt under `state` for the browser that holds `binding`, whose oldest ones give way.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&self, state: &str, binding: &str, attempt: &Attempt, now_ms: i64) -> Result<(), AttemptError> {
        let state_hash = random::hash(state);
        let secrets = serde_json::to_vec(&attempt.secrets).map_err(|_| CipherError::Damaged)?;
        let sealed = self.cipher.seal(&owner(&state_hash), &secrets)?;
        let browser_hash = random::hash(binding);
        on_both!(&self.db, |pool| {
            sqlx::query(
                "INSERT INTO attempts \
                 (state_hash, browser_hash, provider, return_to, sealed_secrets, created_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(&state_hash)
            .bind(&browser_hash)
            .bind(&attempt.provider)
            .bind(attempt.return_to.as_str())
            .bind(&sealed)
            .bind(now_ms)
            .bind(now_ms + LIFETIME_MS)
            .execute(pool)
            .await?;
            sqlx::query(
                "DELETE FROM attempts WHERE state_hash IN ( \
                 SELECT state_hash FROM attempts WHERE browser_hash = $1 \
                 ORDER BY created_at DESC, state_hash LIMIT 1000 OFFSET $2)",
            )
            .bind(&browser_hash)
            .bind(MAX_PER_BROWSER)
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// Takes the attempt stored under `state` out of the database: it is gone, whatever comes of it.
    ///
    /// # Errors
    /// [`AttemptError::Unknown`] when there is none, [`AttemptError::OtherBrowser`] when the browser that holds `binding`
    /// did not begin it, [`AttemptError::Expired`] when it did so too long ago.
    pub async fn take(&self, state: &str, binding: &str, now_ms: i64) -> Result<Attempt, AttemptError> {
        const TAKE: &str = "DELETE FROM attempts WHERE state_hash = $1 \
                            RETURNING browser_hash, provider, return_to, sealed_secrets, expires_at";
        let state_hash = random::hash(state);
        let (browser_hash, provider, return_to, sealed, expires_at) = on_both!(&self.db, |pool| {
            // To its end, and not the first row alone: only then does SQLite say whether the row is really gone.
            let mut rows = sqlx::query(TAKE).bind(&state_hash).fetch_all(pool).await?;
            let row = rows.pop().ok_or(AttemptError::Unknown)?;
            (
                row.try_get::<Vec<u8>, _>("browser_hash")?,
                row.try_get::<String, _>("provider")?,
                row.try_get::<String, _>("return_to")?,
                row.try_get::<Vec<u8>, _>("sealed_secrets")?,
                row.try_get::<i64, _>("expires_at")?,
            )
        });
        if browser_hash != random::hash(binding) {
            return Err(AttemptError::OtherBrowser);
        }
        let return_to = ReturnTo::parse_or_home(Some(&return_to));
        if expires_at <= now_ms {
            return Err(AttemptError::Expired { return_to });
        }
        let secrets = self.cipher.open(&owner(&state_hash), &sealed)?;
        let secrets = serde_json::from_slice(&secrets).map_err(|_| CipherError::Damaged)?;
        Ok(Attempt { provider, return_to, secrets })
    }
}

impl Attempts {
    /// Deletes what has expired, a few rows at a time.
    ///
    /// # Errors
    /// When the database does not answer; what is left goes the next time.
    pub async fn sweep(&self, now_ms: i64) -> Result<(), sqlx::Error> {
        const EXPIRED: &str = "DELETE FROM attempts WHERE state_hash IN \
                               (SELECT state_hash FROM attempts WHERE expires_at <= $1 LIMIT $2)";
        in_batches!(&self.db, sqlx::query(EXPIRED).bind(now_ms));
        Ok(())
    }
}

/// What the secrets of an attempt are bound to.
fn owner(state_hash: &[u8]) -> String {
    use std::fmt::Write as _;
    state_hash.iter().fold("attempt ".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
