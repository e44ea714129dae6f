//! Reading a sign-in: whether it is live, its person and role, when it expires, and its tokens.

use std::sync::{Arc, OnceLock};

use rolecall_model::{CurrentUser, Role};
use sqlx::Row as _;

use super::{RecordError, SignIns};
use crate::db::{Transaction, in_transaction, on_both, reading_on_both};
use crate::people::grants::{granted, role_of_level};
use crate::session::cache::{CachedSignIn, SignInChanges};
use crate::session::cipher::CipherError;
use crate::session::sign_in::{SEEN_EVERY_MS, SignIn, ViewAs};
use crate::tokens::TokenSet;

/// How close the idle limit must be before the database is asked whether the person was active at another instance, in
/// milliseconds: longer before the end than any warning is shown.
const LOOK_AGAIN_MS: i64 = 3 * SEEN_EVERY_MS;

/// A live sign-in's provider, and its tokens if they can be decrypted.
pub struct LiveTokens {
    /// The provider's id.
    pub provider: String,
    /// The tokens.
    pub tokens: Result<TokenSet, CipherError>,
}

/// When a live sign-in expires without further activity, Unix milliseconds (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInEnds {
    /// When it has been idle for too long. Activity postpones this.
    pub idle_ms: i64,
    /// When it ends at the latest.
    pub absolute_ms: i64,
}

impl SignInEnds {
    /// The one that comes first.
    #[must_use]
    pub fn first_ms(self) -> i64 {
        self.idle_ms.min(self.absolute_ms)
    }
}

impl SignIns {
    /// The sign-in `id`, if it is live at `now_ms`: not revoked, and neither idle nor older than the limits allow. The
    /// call counts as activity.
    pub async fn live(&self, id: &str, now_ms: i64) -> Result<Option<Arc<SignIn>>, RecordError> {
        let Some(cached) = self.find_live(id, now_ms).await? else { return Ok(None) };
        if cached.touch(now_ms, SEEN_EVERY_MS)
            && let Err(error) = self.write_last_seen(id, now_ms).await
        {
            // The sign-in is live anyway; the next request tries again.
            cached.touch_failed();
            tracing::warn!(?error, "the last activity of a sign-in could not be written");
        }
        Ok(Some(cached.sign_in))
    }

    /// The same, for requests that a person did not cause: the call is not activity.
    pub async fn live_unseen(&self, id: &str, now_ms: i64) -> Result<Option<Arc<SignIn>>, RecordError> {
        Ok(self.find_live(id, now_ms).await?.map(|cached| cached.sign_in))
    }

    /// The sign-in `id`, if it is live at `now_ms`, with its expiry times. The call is not activity.
    pub async fn live_with_ends(
        &self,
        id: &str,
        now_ms: i64,
    ) -> Result<Option<(Arc<SignIn>, SignInEnds)>, RecordError> {
        const SEEN: &str = "SELECT last_seen_at FROM sign_ins WHERE id = $1 AND revoked_at IS NULL";
        let Some(cached) = self.find_live(id, now_ms).await? else { return Ok(None) };
        if cached.last_seen_ms().saturating_add(self.limits.idle_ms()) < now_ms.saturating_add(LOOK_AGAIN_MS) {
            let seen: Option<i64> =
                reading_on_both!(&self.db, |pool| sqlx::query_scalar(SEEN).bind(id).fetch_optional(pool).await?);
            let Some(seen_ms) = seen else { return Ok(None) };
            cached.was_seen(seen_ms);
        }
        let ends = SignInEnds {
            idle_ms: cached.last_seen_ms().saturating_add(self.limits.idle_ms()),
            absolute_ms: cached.sign_in.created_at_ms.saturating_add(self.limits.absolute_ms()),
        };
        Ok(Some((cached.sign_in, ends)))
    }

    /// Watches the sign-in `id` for changes, here or at another instance. Expiry causes no notification.
    #[must_use]
    pub fn changes_of(&self, id: &str) -> SignInChanges {
        self.live.watch(id)
    }

    async fn find_live(&self, id: &str, now_ms: i64) -> Result<Option<CachedSignIn>, RecordError> {
        match self.live.find(id).filter(|cached| self.lasts(cached, now_ms) && has_its_role(cached, now_ms)) {
            Some(cached) => Ok(Some(cached)),
            // A sign-in that has expired by the cache may have been active at another instance, so the row is read.
            None => Ok(self.load(id, now_ms).await?.filter(|cached| self.lasts(cached, now_ms))),
        }
    }

    /// The tokens of the sign-in `id`; `None` when it is not live in the database.
    ///
    /// # Errors
    /// When the database does not answer, or the key that encrypted them is missing.
    pub async fn tokens(&self, id: &str) -> Result<Option<TokenSet>, RecordError> {
        const TOKENS: &str = "SELECT sealed_tokens FROM sign_ins WHERE id = $1 AND revoked_at IS NULL";
        let sealed: Option<Vec<u8>> =
            reading_on_both!(&self.db, |pool| sqlx::query_scalar(TOKENS).bind(id).fetch_optional(pool).await?);
        let Some(sealed) = sealed else { return Ok(None) };
        Ok(Some(self.open_tokens(id, &sealed)?))
    }

    /// The tokens of the `most` newest sign-ins that are live at `now_ms`. The call is not activity.
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

    /// Limits the role of the sign-in `id` until a time, Unix milliseconds (UTC), as part of `transaction`; `None`
    /// removes the limit. `false` where the sign-in has ended, or has no limit to remove. After the transaction,
    /// whatever its outcome, call [`forget`](Self::forget).
    pub async fn view_as_in(
        &self,
        transaction: &mut Transaction,
        id: &str,
        role_until: Option<(Role, i64)>,
    ) -> Result<bool, RecordError> {
        // The version stays: a refresh in progress must be able to store its tokens.
        const BEGIN: &str = "UPDATE sign_ins SET view_as = $2, view_as_until = $3 WHERE id = $1 AND revoked_at IS NULL \
                             RETURNING id, user_id";
        const END: &str = "UPDATE sign_ins SET view_as = NULL, view_as_until = NULL WHERE id = $1 \
                           AND revoked_at IS NULL AND view_as IS NOT NULL RETURNING id, user_id";
        let statement = self.announced(if role_until.is_some() { BEGIN } else { END });
        let changed = in_transaction!(transaction, |connection| {
            let change = sqlx::query(&statement).bind(id);
            let change = match role_until {
                Some((role, until_ms)) => change.bind(role.key()).bind(until_ms),
                None => change,
            };
            change.fetch_all(connection).await?.len()
        });
        Ok(changed > 0)
    }

    /// Drops the sign-in `id` from the cache, because its row has changed.
    pub fn forget(&self, id: &str) {
        self.live.forget(id);
    }

    async fn load(&self, id: &str, now_ms: i64) -> Result<Option<CachedSignIn>, RecordError> {
        // A person whom an administrator or the directory keeps out has no live sign-in. If there is one anyway, it is
        // ignored.
        const LOAD: &str = concat!(
            "SELECT s.user_id, s.provider, s.role, s.roles_read_at, s.created_at, s.last_seen_at, s.refresh_at, \
             s.tokens_end_at, s.authenticated_at, s.view_as, s.view_as_until, u.name, u.email, u.issuer, ",
            granted!(),
            " FROM sign_ins s JOIN users u ON u.id = s.user_id \
             WHERE s.id = $1 AND s.revoked_at IS NULL AND u.disabled_at IS NULL AND u.inactive_since IS NULL"
        );
        let ticket = self.live.ticket();
        reading_on_both!(&self.db, |pool| {
            let Some(row) = sqlx::query(LOAD).bind(id).bind(now_ms).fetch_optional(pool).await? else {
                return Ok(None);
            };
            let (provider, issuer): (String, String) = (row.try_get("provider")?, row.try_get("issuer")?);
            // If its provider is no longer configured, or has another issuer now, the sign-in is not live: the person
            // signs in again. That includes the demonstration provider.
            let known = self.providers.iter().find(|known| known.id == provider && known.issuers.contain(&issuer));
            let Some(known) = known else { return Ok(None) };
            let role: Option<String> = row.try_get("role")?;
            let provider_role = role.as_deref().and_then(Role::from_key);
            let granted_role = role_of_level(row.try_get("granted")?);
            let own_role = known.limited(provider_role.max(granted_role), &issuer);
            let view_as: Option<String> = row.try_get("view_as")?;
            let view_as = ViewAs::read(view_as.as_deref(), row.try_get("view_as_until")?, own_role, now_ms);
            let grants_change_at_ms: Option<i64> = row.try_get("grants_change_at")?;
            let user = CurrentUser {
                name: row.try_get("name")?,
                email: row.try_get("email")?,
                role: view_as.map_or(own_role, ViewAs::role_in_force),
                provider: known.name.clone(),
            };
            let sign_in = SignIn {
                id: id.to_owned(),
                user_id: row.try_get("user_id")?,
                provider,
                user,
                user_json: OnceLock::new(),
                created_at_ms: row.try_get("created_at")?,
                roles_read_at_ms: row.try_get("roles_read_at")?,
                authenticated_at_ms: row.try_get("authenticated_at")?,
                refresh_at_ms: row.try_get("refresh_at")?,
                tokens_end_at_ms: row.try_get("tokens_end_at")?,
                provider_role: known.limited(provider_role, &issuer),
                view_as,
                role_changes_at_ms: grants_change_at_ms.into_iter().chain(view_as.map(|it| it.until_ms)).min(),
            };
            Ok(Some(self.live.insert(sign_in, row.try_get("last_seen_at")?, &ticket)))
        })
    }

    /// Whether neither limit of the current configuration is reached.
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

/// Whether the role of `cached` is still the one that was read.
fn has_its_role(cached: &CachedSignIn, now_ms: i64) -> bool {
    cached.sign_in.role_changes_at_ms.is_none_or(|end| now_ms < end)
}
