//! Sign-in records: what a request must find live to count as signed in. All SQL about them is in this file.
//!
//! The cookie session only points here. Every change needs a live row and counts the version up, and revoking is one
//! statement, so a session that comes back finds nothing to come back to.

use std::net::IpAddr;
use std::sync::Arc;

use sqlx::Row as _;
use thiserror::Error;

use super::cache::{LiveSignIns, Seen};
use super::cipher::{Cipher, CipherError};
use crate::auth::config::SessionLimits;
use crate::auth::random;
use crate::auth::tokens::TokenSet;
use crate::db::{Db, on_both};
use crate::identity::{CurrentUser, Role};

/// How often `last_seen_at` is written at most, in milliseconds.
const SEEN_EVERY_MS: i64 = 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A live sign-in, as requests see it. Holds no token.
#[derive(Debug)]
pub struct SignIn {
    /// The record's id.
    pub id: String,
    /// Our number of the person.
    pub user_id: i64,
    /// The provider's id.
    pub provider: String,
    /// The person, as pages may show them.
    pub user: CurrentUser,
    /// When it began, Unix milliseconds (UTC).
    pub created_at_ms: i64,
    /// When its roles were read, Unix milliseconds (UTC).
    pub roles_read_at_ms: i64,
}

/// What a new sign-in record is made of.
pub struct NewSignIn<'a> {
    /// The provider's id.
    pub provider: &'a str,
    /// The provider's name, for display.
    pub provider_name: &'a str,
    /// The issuer, which together with `subject` is the person's key.
    pub issuer: &'a str,
    /// The subject at the issuer.
    pub subject: &'a str,
    /// The provider's own session id, for sign-outs that come from there.
    pub provider_sid: Option<String>,
    /// The name to show.
    pub name: String,
    /// The e-mail address, for display.
    pub email: Option<String>,
    /// The role that the token gave.
    pub role: Option<Role>,
    /// Where the request came from.
    pub ip: Option<IpAddr>,
    /// What the browser says it is, shortened.
    pub user_agent: Option<&'a str>,
    /// The tokens, to be sealed.
    pub tokens: &'a TokenSet,
}

/// Why a record could not be read or written.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The database does not answer.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
    /// What was stored cannot be read.
    #[error("the stored tokens cannot be read")]
    Sealed(#[from] CipherError),
    /// What was begun was not carried through, or the connection was lost.
    #[error("the database connection was interrupted")]
    Interrupted,
}

/// How many sign-ins there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInCounts {
    /// Those that are live.
    pub live: i64,
    /// Different people among them.
    pub people: i64,
    /// Those begun in the last 24 hours, ended ones too.
    pub last_day: i64,
    /// The live ones by role, `None` first.
    pub by_role: Vec<(Option<Role>, i64)>,
}

/// The sign-in records of this database, the live ones in use held in memory.
#[derive(Clone)]
pub struct SignIns {
    pub(super) db: Db,
    cipher: Arc<Cipher>,
    limits: SessionLimits,
    pub(super) live: LiveSignIns,
    /// The names of the providers, by id.
    provider_names: Arc<[(String, String)]>,
}

impl SignIns {
    /// The records in `db`, their tokens sealed with `cipher`, ended by `limits`.
    pub fn new(db: Db, cipher: Arc<Cipher>, limits: SessionLimits, provider_names: Arc<[(String, String)]>) -> Self {
        Self { db, cipher, limits, live: LiveSignIns::default(), provider_names }
    }

    /// Stores a new sign-in, and the person with it.
    ///
    /// # Errors
    /// When the database does not answer; nothing is stored then.
    pub async fn create(&self, new: &NewSignIn<'_>, now_ms: i64) -> Result<SignIn, RecordError> {
        let id = random::id();
        let tokens = serde_json::to_vec(new.tokens).map_err(|_| CipherError::Damaged)?;
        let sealed_tokens = self.cipher.seal(&owner(&id), &tokens)?;
        let user_id: i64 = on_both!(&self.db, |pool| {
            let mut transaction = pool.begin().await?;
            let user_id = sqlx::query_scalar(
                "INSERT INTO users (issuer, subject, name, email, created_at, last_sign_in_at) \
                 VALUES ($1, $2, $3, $4, $5, $5) \
                 ON CONFLICT (issuer, subject) DO UPDATE SET \
                 name = excluded.name, email = excluded.email, last_sign_in_at = excluded.last_sign_in_at \
                 RETURNING id",
            )
            .bind(new.issuer)
            .bind(new.subject)
            .bind(&new.name)
            .bind(&new.email)
            .bind(now_ms)
            .fetch_one(&mut *transaction)
            .await?;
            sqlx::query(
                "INSERT INTO sign_ins (id, user_id, provider, provider_sid, role, roles_read_at, created_at, \
                 last_seen_at, ip, user_agent, sealed_tokens) VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7, $8, $9)",
            )
            .bind(&id)
            .bind(user_id)
            .bind(new.provider)
            .bind(&new.provider_sid)
            .bind(new.role.map(Role::key))
            .bind(now_ms)
            .bind(new.ip.map(|ip| ip.to_string()))
            .bind(new.user_agent)
            .bind(&sealed_tokens)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            user_id
        });
        let user = CurrentUser {
            name: new.name.clone(),
            email: new.email.clone(),
            role: new.role,
            provider: new.provider_name.to_owned(),
        };
        let provider = new.provider.to_owned();
        Ok(SignIn { id, user_id, provider, user, created_at_ms: now_ms, roles_read_at_ms: now_ms })
    }

    /// The sign-in `id`, if it is live at `now_ms`: not revoked, and neither idle nor older than the limits allow.
    /// Being asked for counts as activity.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn live(&self, id: &str, now_ms: i64) -> Result<Option<Arc<SignIn>>, RecordError> {
        let held = self.live.seen(id).filter(|seen| self.lasts(seen, now_ms));
        let seen = match held {
            Some(seen) => seen,
            // What has ended by memory may have been active at another instance: the row tells.
            None => match self.load(id).await?.filter(|seen| self.lasts(seen, now_ms)) {
                Some(seen) => seen,
                None => return Ok(None),
            },
        };
        if seen.touch(now_ms, SEEN_EVERY_MS)
            && let Err(error) = self.write_last_seen(id, now_ms).await
        {
            // The sign-in is live all the same; the next request tries again.
            seen.touch_failed();
            tracing::warn!(?error, "the last activity of a sign-in could not be written");
        }
        Ok(Some(seen.sign_in))
    }

    /// Ends the sign-in `id`, for `reason`. Whoever holds its cookie is signed out from here on. Once begun it is
    /// carried through, even if the caller is gone.
    ///
    /// # Errors
    /// When the database does not answer, or its answer is lost.
    pub async fn revoke(&self, id: &str, reason: &'static str, now_ms: i64) -> Result<(), RecordError> {
        let (this, id) = (self.clone(), id.to_owned());
        let revoking = tokio::spawn(async move {
            let revoked = this.write_revocation(&id, reason, now_ms).await;
            // Even a lost answer may be that of a revocation that is in force.
            this.live.forget(&id);
            revoked
        });
        revoking.await.map_err(|_| RecordError::Interrupted)?
    }

    /// One statement, so that on Postgres no instance misses a revocation that is in force.
    async fn write_revocation(&self, id: &str, reason: &str, now_ms: i64) -> Result<(), RecordError> {
        const REVOKE: &str = "UPDATE sign_ins SET revoked_at = $1, revoked_reason = $2, version = version + 1 \
                              WHERE id = $3 AND revoked_at IS NULL";
        match &self.db {
            Db::Sqlite(pool) => {
                sqlx::query(REVOKE).bind(now_ms).bind(reason).bind(id).execute(pool).await?;
            }
            Db::Postgres(pool) => {
                let revoke = format!("WITH revoked AS ({REVOKE} RETURNING id) SELECT pg_notify($4, id) FROM revoked");
                sqlx::query(&revoke).bind(now_ms).bind(reason).bind(id).bind(REVOKED).execute(pool).await?;
            }
        }
        Ok(())
    }

    /// The tokens of the sign-in `id`; `None` when it is not live in the database.
    ///
    /// # Errors
    /// When the database does not answer, or the key they were sealed with is gone.
    pub async fn tokens(&self, id: &str) -> Result<Option<TokenSet>, RecordError> {
        const TOKENS: &str = "SELECT sealed_tokens FROM sign_ins WHERE id = $1 AND revoked_at IS NULL";
        let sealed: Option<Vec<u8>> =
            on_both!(&self.db, |pool| sqlx::query_scalar(TOKENS).bind(id).fetch_optional(pool).await?);
        let Some(sealed) = sealed else { return Ok(None) };
        let tokens = self.cipher.open(&owner(id), &sealed)?;
        Ok(Some(serde_json::from_slice(&tokens).map_err(|_| CipherError::Damaged)?))
    }

    /// How many sign-ins there are at `now_ms`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn counts(&self, now_ms: i64) -> Result<SignInCounts, RecordError> {
        const COUNTS: &str = "SELECT COUNT(*) AS live, COUNT(DISTINCT user_id) AS people, \
                              COUNT(CASE WHEN role IS NULL THEN 1 END) AS without_role, \
                              COUNT(CASE WHEN role = 'read' THEN 1 END) AS read, \
                              COUNT(CASE WHEN role = 'write' THEN 1 END) AS write, \
                              COUNT(CASE WHEN role = 'admin' THEN 1 END) AS admin, \
                              (SELECT COUNT(*) FROM sign_ins WHERE created_at > $3) AS last_day \
                              FROM sign_ins WHERE revoked_at IS NULL AND created_at > $1 AND last_seen_at > $2";
        on_both!(&self.db, |pool| {
            let row = sqlx::query(COUNTS)
                .bind(now_ms.saturating_sub(self.limits.absolute_ms()))
                .bind(now_ms.saturating_sub(self.limits.idle_ms()))
                .bind(now_ms - DAY_MS)
                .fetch_one(pool)
                .await?;
            Ok(SignInCounts {
                live: row.try_get("live")?,
                people: row.try_get("people")?,
                last_day: row.try_get("last_day")?,
                by_role: vec![
                    (None, row.try_get("without_role")?),
                    (Some(Role::Read), row.try_get("read")?),
                    (Some(Role::Write), row.try_get("write")?),
                    (Some(Role::Admin), row.try_get("admin")?),
                ],
            })
        })
    }

    async fn load(&self, id: &str) -> Result<Option<Seen>, RecordError> {
        const LOAD: &str = "SELECT s.user_id, s.provider, s.role, s.roles_read_at, s.created_at, s.last_seen_at, \
                            u.name, u.email FROM sign_ins s JOIN users u ON u.id = s.user_id \
                            WHERE s.id = $1 AND s.revoked_at IS NULL";
        let ticket = self.live.ticket();
        on_both!(&self.db, |pool| {
            let Some(row) = sqlx::query(LOAD).bind(id).fetch_optional(pool).await? else { return Ok(None) };
            let provider: String = row.try_get("provider")?;
            // Nobody stays signed in by a provider that is no longer configured, the demonstration's included.
            let Some(provider_name) = self.provider_name(&provider) else { return Ok(None) };
            let role: Option<String> = row.try_get("role")?;
            let user = CurrentUser {
                name: row.try_get("name")?,
                email: row.try_get("email")?,
                role: role.as_deref().and_then(Role::from_key),
                provider: provider_name,
            };
            let sign_in = SignIn {
                id: id.to_owned(),
                user_id: row.try_get("user_id")?,
                provider,
                user,
                created_at_ms: row.try_get("created_at")?,
                roles_read_at_ms: row.try_get("roles_read_at")?,
            };
            Ok(Some(self.live.hold(sign_in, row.try_get("last_seen_at")?, ticket)))
        })
    }

    /// Whether neither end is reached, by today's configuration.
    fn lasts(&self, seen: &Seen, now_ms: i64) -> bool {
        now_ms < seen.sign_in.created_at_ms.saturating_add(self.limits.absolute_ms())
            && now_ms < seen.last_seen_ms().saturating_add(self.limits.idle_ms())
    }

    async fn write_last_seen(&self, id: &str, now_ms: i64) -> Result<(), RecordError> {
        const SEEN: &str =
            "UPDATE sign_ins SET last_seen_at = $1 WHERE id = $2 AND revoked_at IS NULL AND last_seen_at < $1";
        on_both!(&self.db, |pool| sqlx::query(SEEN).bind(now_ms).bind(id).execute(pool).await?.rows_affected());
        Ok(())
    }

    fn provider_name(&self, id: &str) -> Option<String> {
        self.provider_names.iter().find(|(of, _)| of == id).map(|(_, name)| name.clone())
    }
}

/// The channel on which instances tell each other of revocations.
pub(super) const REVOKED: &str = "rolecall_sign_in_revoked";

/// What the tokens of a sign-in are bound to.
fn owner(id: &str) -> String {
    format!("sign-in {id}")
}
