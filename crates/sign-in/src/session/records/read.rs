//! Whether a sign-in is live, whose it is, and its tokens.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rolecall_model::{CurrentUser, Role};
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

use super::{RecordError, SignIns};
use crate::db::{on_both, reading_on_both};
use crate::session::cache::CachedSignIn;
use crate::session::cipher::CipherError;
use crate::session::sign_in::{SEEN_EVERY_MS, SignIn};
use crate::tokens::TokenSet;

/// A live sign-in's provider, and its tokens where they can be opened.
pub struct LiveTokens {
    /// The provider's id.
    pub provider: String,
    /// The tokens.
    pub tokens: Result<TokenSet, CipherError>,
}

impl SignIns {
    /// The sign-in `id`, if it is live at `now_ms`: not revoked, and neither idle nor older than the limits allow.
    /// Being asked for counts as activity.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn live(&self, id: &str, now_ms: i64) -> Result<Option<Arc<SignIn>>, RecordError> {
        let Some(cached) = self.find_live(id, now_ms).await? else { return Ok(None) };
        if cached.touch(now_ms, SEEN_EVERY_MS)
            && let Err(error) = self.write_last_seen(id, now_ms).await
        {
            // The sign-in is live all the same; the next request tries again.
            cached.touch_failed();
            tracing::warn!(?error, "the last activity of a sign-in could not be written");
        }
        Ok(Some(cached.sign_in))
    }

    /// The same, where asking is not what a person does: it counts as no activity.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn live_unseen(&self, id: &str, now_ms: i64) -> Result<Option<Arc<SignIn>>, RecordError> {
        Ok(self.find_live(id, now_ms).await?.map(|cached| cached.sign_in))
    }

    async fn find_live(&self, id: &str, now_ms: i64) -> Result<Option<CachedSignIn>, RecordError> {
        match self.live.find(id).filter(|cached| self.lasts(cached, now_ms)) {
            Some(cached) => Ok(Some(cached)),
            // What has ended by memory may have been active at another instance: the row tells.
            None => Ok(self.load(id).await?.filter(|cached| self.lasts(cached, now_ms))),
        }
    }

    /// What names the person of the number `user_id` to others: the same for every sign-in of theirs and on every
    /// installation, and neither an address nor anything else that is given to somebody else later. It is the SHA-256 of
    /// issuer, a line feed and subject, as base64url; no issuer holds a line feed. `None` for nobody.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_key(&self, user_id: i64) -> Result<Option<String>, RecordError> {
        const PERSON: &str = "SELECT issuer, subject FROM users WHERE id = $1";
        let person: Option<(String, String)> = reading_on_both!(&self.db, |pool| {
            match sqlx::query(PERSON).bind(user_id).fetch_optional(pool).await? {
                Some(row) => Some((row.try_get("issuer")?, row.try_get("subject")?)),
                None => None,
            }
        });
        Ok(person.map(|(issuer, subject)| URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{issuer}\n{subject}")))))
    }

    /// The tokens of the sign-in `id`; `None` when it is not live in the database.
    ///
    /// # Errors
    /// When the database does not answer, or the key they were sealed with is gone.
    pub async fn tokens(&self, id: &str) -> Result<Option<TokenSet>, RecordError> {
        const TOKENS: &str = "SELECT sealed_tokens FROM sign_ins WHERE id = $1 AND revoked_at IS NULL";
        let sealed: Option<Vec<u8>> =
            reading_on_both!(&self.db, |pool| sqlx::query_scalar(TOKENS).bind(id).fetch_optional(pool).await?);
        let Some(sealed) = sealed else { return Ok(None) };
        Ok(Some(self.open_tokens(id, &sealed)?))
    }

    /// The tokens of the sign-ins that are live at `now_ms`, of the `most` newest ones. Looking is no activity.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn latest_tokens(&self, most: u32, now_ms: i64) -> Result<Vec<LiveTokens>, RecordError> {
        const LATEST: &str = "SELECT id, provider, sealed_tokens FROM sign_ins WHERE revoked_at IS NULL \
                              AND created_at > $1 AND last_seen_at > $2 ORDER BY created_at DESC LIMIT $3";
        reading_on_both!(&self.db, |pool| {
            let rows = sqlx::query(LATEST)
                .bind(now_ms.saturating_sub(self.limits.absolute_ms()))
                .bind(now_ms.saturating_sub(self.limits.idle_ms()))
                .bind(i64::from(most))
                .fetch_all(pool)
                .await?;
            let read = rows.into_iter().map(|row| {
                let (id, sealed): (String, Vec<u8>) = (row.try_get("id")?, row.try_get("sealed_tokens")?);
                Ok(LiveTokens { provider: row.try_get("provider")?, tokens: self.open_tokens(&id, &sealed) })
            });
            read.collect()
        })
    }

    /// Lets go of what memory holds of the sign-in `id`: its row has more to tell.
    pub fn forget(&self, id: &str) {
        self.live.forget(id);
    }

    async fn load(&self, id: &str) -> Result<Option<CachedSignIn>, RecordError> {
        const LOAD: &str = "SELECT s.user_id, s.provider, s.role, s.roles_read_at, s.created_at, s.last_seen_at, \
                            s.refresh_at, s.tokens_end_at, s.authenticated_at, u.name, u.email, u.issuer FROM sign_ins s JOIN users u ON u.id = s.user_id \
                            WHERE s.id = $1 AND s.revoked_at IS NULL";
        let ticket = self.live.ticket();
        reading_on_both!(&self.db, |pool| {
            let Some(row) = sqlx::query(LOAD).bind(id).fetch_optional(pool).await? else { return Ok(None) };
            let provider: String = row.try_get("provider")?;
            // Nobody stays signed in by a provider that is no longer configured, the demonstration's included.
            let Some(known) = self.providers.iter().find(|known| known.id == provider) else { return Ok(None) };
            let (role, issuer): (Option<String>, String) = (row.try_get("role")?, row.try_get("issuer")?);
            let user = CurrentUser {
                name: row.try_get("name")?,
                email: row.try_get("email")?,
                role: known.limited(role.as_deref().and_then(Role::from_key), &issuer),
                provider: known.name.clone(),
            };
            let sign_in = SignIn {
                id: id.to_owned(),
                user_id: row.try_get("user_id")?,
                provider,
                user,
                created_at_ms: row.try_get("created_at")?,
                roles_read_at_ms: row.try_get("roles_read_at")?,
                authenticated_at_ms: row.try_get("authenticated_at")?,
                refresh_at_ms: row.try_get("refresh_at")?,
                tokens_end_at_ms: row.try_get("tokens_end_at")?,
            };
            Ok(Some(self.live.insert(sign_in, row.try_get("last_seen_at")?, ticket)))
        })
    }

    /// Whether neither end is reached, by today's configuration.
    fn lasts(&self, cached: &CachedSignIn, now_ms: i64) -> bool {
        now_ms < cached.sign_in.created_at_ms.saturating_add(self.limits.absolute_ms())
            && now_ms < cached.last_seen_ms().saturating_add(self.limits.idle_ms())
    }

    async fn write_last_seen(&self, id: &str, now_ms: i64) -> Result<(), RecordError> {
        const SEEN: &str =
            "UPDATE sign_ins SET last_seen_at = $1 WHERE id = $2 AND revoked_at IS NULL AND last_seen_at < $1";
        on_both!(&self.db, |pool| sqlx::query(SEEN).bind(now_ms).bind(id).execute(pool).await?.rows_affected());
        Ok(())
    }
}
