//! Codes that hand a sign-in over to the host of an app. Each is a database row.
//!
//! A row is deleted by the statement that reads it, so a code works once. Code and state are stored as hashes. All SQL
//! about codes is in this file.

use sqlx::Row as _;
use thiserror::Error;

use rolecall_sign_in::db::{Db, in_batches, on_both};
use rolecall_sign_in::random;

/// How long a code is valid, in milliseconds: as long as a browser may take from our host to that of the app.
pub const LIFETIME_MS: i64 = 60 * 1000;
/// How many codes one sign-in may have at a time: a further one replaces the oldest.
pub const MAX_PER_SIGN_IN: i64 = 32;

/// The codes of this database.
#[derive(Clone)]
pub struct Codes {
    db: Db,
}

/// What a code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// The id of the sign-in record that is handed over.
    pub sign_in_id: String,
    /// The name of the app that it is for.
    pub app: String,
    /// The state that the browser came with, and for which it keeps a cookie on the app's host.
    pub state: String,
}

/// A code that was taken out of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The name of the app that it was for.
    pub app: String,
    /// The id of the sign-in record that it handed over.
    pub sign_in_id: String,
    /// Whether it had not expired.
    pub in_time: bool,
    state_hash: Vec<u8>,
}

impl Taken {
    /// Whether it was made for the browser that came with `state`.
    #[must_use]
    pub fn is_for(&self, state: &str) -> bool {
        self.state_hash == random::hash(state)
    }
}

/// Why a code could not be stored or taken.
#[derive(Debug, Error)]
#[error("the database did not answer")]
pub struct CodeError(#[from] sqlx::Error);

impl Codes {
    /// The codes in `db`.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Makes a code for `hand_over`. If its sign-in then has too many, the oldest are deleted.
    pub async fn make(&self, hand_over: &HandOver, now_ms: i64) -> Result<String, CodeError> {
        let code = random::token();
        on_both!(&self.db, |pool| {
            sqlx::query(
                "INSERT INTO app_codes (code_hash, sign_in_id, app, state_hash, created_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(random::hash(&code))
            .bind(&hand_over.sign_in_id)
            .bind(&hand_over.app)
            .bind(random::hash(&hand_over.state))
            .bind(now_ms)
            .bind(now_ms + LIFETIME_MS)
            .execute(pool)
            .await?;
            sqlx::query(
                "DELETE FROM app_codes WHERE code_hash IN ( \
                 SELECT code_hash FROM app_codes WHERE sign_in_id = $1 \
                 ORDER BY created_at DESC, code_hash LIMIT 1000 OFFSET $2)",
            )
            .bind(&hand_over.sign_in_id)
            .bind(MAX_PER_SIGN_IN)
            .execute(pool)
            .await?;
        });
        Ok(code)
    }

    /// Takes `code` out of the database. It cannot be used again, whatever happens next. `None` if there is no such
    /// code: it was used, expired long ago, or was never issued.
    pub async fn take(&self, code: &str, now_ms: i64) -> Result<Option<Taken>, CodeError> {
        const TAKE: &str = "DELETE FROM app_codes WHERE code_hash = $1 \
                            RETURNING sign_in_id, app, state_hash, expires_at";
        on_both!(&self.db, |pool| {
            // Fetches to the end, not only the first row: only then does SQLite report whether the row was really
            // deleted.
            let mut rows = sqlx::query(TAKE).bind(random::hash(code)).fetch_all(pool).await?;
            let Some(row) = rows.pop() else { return Ok(None) };
            Ok(Some(Taken {
                app: row.try_get("app")?,
                sign_in_id: row.try_get("sign_in_id")?,
                in_time: now_ms < row.try_get::<i64, _>("expires_at")?,
                state_hash: row.try_get("state_hash")?,
            }))
        })
    }

    /// Deletes what has expired, a few rows at a time.
    ///
    /// # Errors
    /// When the database does not answer; what is left goes the next time.
    pub async fn sweep(&self, now_ms: i64) -> Result<(), CodeError> {
        const EXPIRED: &str = "DELETE FROM app_codes WHERE code_hash IN \
                               (SELECT code_hash FROM app_codes WHERE expires_at <= $1 LIMIT $2)";
        in_batches!(&self.db, sqlx::query(EXPIRED).bind(now_ms));
        Ok(())
    }
}
