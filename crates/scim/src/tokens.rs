//! The tokens with which directories authenticate: each is for the people of one issuer, and stored as a hash. That a
//! token was used is recorded at most once a minute. All SQL about tokens is here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rolecall_sign_in::db::{Db, Transaction, in_transaction, on_both, reading_on_both};
use rolecall_sign_in::random;
use thiserror::Error;

/// What tokens begin with, so that scanners for leaked secrets recognize them.
const PREFIX: &str = "rolecall_scim_";
/// The longest name, in characters.
const NAME_MAX_CHARS: usize = 64;

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Its name: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The id of the provider whose directory it is for.
    pub provider: String,
    /// The issuer of that provider's ID tokens. Together with the external id it is a person's key.
    pub issuer: String,
    /// When it expires, Unix milliseconds (UTC).
    pub ends_at_ms: i64,
}

/// A token, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TokenRow {
    pub name: String,
    /// The id of the provider.
    pub provider: String,
    pub issuer: String,
    /// When it was made, Unix milliseconds (UTC).
    pub created_at: i64,
    /// When it expires, Unix milliseconds (UTC).
    pub ends_at: i64,
    /// When it was last used, Unix milliseconds (UTC), up to a minute late.
    pub used_at: Option<i64>,
}

/// A directory that came with a valid token.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Directory {
    /// The token's id.
    id: String,
    /// The token's name.
    pub name: String,
    /// The id of the provider.
    pub provider: String,
    /// The issuer whose people it covers.
    pub issuer: String,
    /// Its actor in the audit, by our number.
    pub actor_id: i64,
    /// When the token was last used, Unix milliseconds (UTC), as far as that is recorded.
    pub(super) used_at: Option<i64>,
}

/// Why a token was not made.
#[derive(Debug, Error)]
pub enum TokenError {
    /// The name is not valid.
    #[error("a name has 1 to {NAME_MAX_CHARS} letters, digits, and the characters - _ .")]
    Name,
    /// Another token has the name.
    #[error("a token with this name exists already: choose another name, or revoke it first")]
    NameTaken,
    /// The database does not answer.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
}

/// Makes the token `new` as part of `transaction`, and returns it with the number of its actor in the audit. It cannot
/// be read later.
pub async fn create_in(
    transaction: &mut Transaction,
    new: &NewToken,
    now_ms: i64,
) -> Result<(String, i64), TokenError> {
    // Like an application of the API, this is not a person who signs in.
    const ACTOR: &str = "INSERT INTO users (issuer, subject, name, created_at, last_sign_in_at) \
                         VALUES ('applications of SCIM', $1, $2, $3, 0) RETURNING id";
    const CREATE: &str = "INSERT INTO scim_tokens (id, name, provider, issuer, hash, actor_id, created_at, ends_at) \
                          VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let is_of_name = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    if !(1..=NAME_MAX_CHARS).contains(&new.name.chars().count()) || !new.name.chars().all(is_of_name) {
        return Err(TokenError::Name);
    }
    let (id, token) = (random::id(), format!("{PREFIX}{}", random::token()));
    let created: Result<i64, sqlx::Error> = in_transaction!(transaction, |connection| {
        let actor = sqlx::query_scalar(ACTOR).bind(&id).bind(format!("SCIM ({})", new.name)).bind(now_ms);
        let actor_id: i64 = actor.fetch_one(&mut *connection).await?;
        let create = sqlx::query(CREATE).bind(&id).bind(&new.name).bind(&new.provider).bind(&new.issuer);
        let create = create.bind(random::hash(&token)).bind(actor_id).bind(now_ms).bind(new.ends_at_ms);
        create.execute(&mut *connection).await.map(|_| actor_id)
    });
    match created {
        Ok(actor_id) => Ok((token, actor_id)),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(TokenError::NameTaken),
        Err(error) => Err(error.into()),
    }
}

/// Revokes the token called `name` as part of `transaction`, and returns the number of its actor in the audit; `None`
/// if there is no such token, or it is revoked already.
pub async fn revoke_in(transaction: &mut Transaction, name: &str, now_ms: i64) -> Result<Option<i64>, sqlx::Error> {
    const REVOKE: &str =
        "UPDATE scim_tokens SET revoked_at = $1 WHERE name = $2 AND revoked_at IS NULL RETURNING actor_id";
    in_transaction!(transaction, |connection| {
        sqlx::query_scalar(REVOKE).bind(now_ms).bind(name).fetch_optional(connection).await
    })
}

/// The tokens that are not revoked, by name.
pub async fn list(db: &Db) -> Result<Vec<TokenRow>, sqlx::Error> {
    const LIST: &str = "SELECT name, provider, issuer, created_at, ends_at, used_at FROM scim_tokens \
                        WHERE revoked_at IS NULL ORDER BY name";
    reading_on_both!(db, |pool| sqlx::query_as(LIST).fetch_all(pool).await)
}

/// The directory that `token` belongs to; `None` if the token is not valid at `now_ms`.
pub async fn directory_of(db: &Db, token: &str, now_ms: i64) -> Result<Option<Directory>, sqlx::Error> {
    // A hash of a random value is compared, so the duration of the query reveals nothing about the token.
    const FIND: &str = "SELECT id, name, provider, issuer, actor_id, used_at FROM scim_tokens \
                        WHERE hash = $1 AND revoked_at IS NULL AND ends_at > $2";
    if !token.starts_with(PREFIX) {
        return Ok(None);
    }
    let hash = random::hash(token);
    reading_on_both!(db, |pool| sqlx::query_as(FIND).bind(&hash).bind(now_ms).fetch_optional(pool).await)
}

/// Records that the token of `directory` was used.
pub(super) async fn note_use(db: &Db, directory: &Directory, now_ms: i64) -> Result<(), sqlx::Error> {
    const USED: &str = "UPDATE scim_tokens SET used_at = $1 WHERE id = $2";
    on_both!(db, |pool| sqlx::query(USED).bind(now_ms).bind(&directory.id).execute(pool).await.map(drop))
}

/// How often the use of a token is recorded, in milliseconds.
const EVERY_MS: i64 = 60 * 1000;

/// When that was last tried, Unix milliseconds (UTC), by the name of the token: while the database is busy, each try
/// takes seconds. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Uses(Arc<Mutex<HashMap<String, i64>>>);

impl Uses {
    /// Records that `directory` used its token at `now_ms`. A request does not fail if this fails.
    pub async fn note(&self, db: &Db, directory: &Directory, now_ms: i64) {
        if !self.is_due(directory, now_ms) {
            return;
        }
        if let Err(error) = note_use(db, directory, now_ms).await {
            let name = &directory.name;
            tracing::warn!(event = "scim_token_use_not_noted", name, ?error, "the use of a token could not be noted");
        }
    }

    fn is_due(&self, directory: &Directory, now_ms: i64) -> bool {
        let is_old = |at_ms: i64| !(0..EVERY_MS).contains(&now_ms.saturating_sub(at_ms));
        if !directory.used_at.is_none_or(is_old) {
            return false;
        }
        let mut tried = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = tried.get(&directory.name).copied().is_none_or(is_old);
        if is_due {
            tried.insert(directory.name.clone(), now_ms);
        }
        is_due
    }
}
