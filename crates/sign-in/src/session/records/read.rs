//! What is read of sign-ins: whether one is live, whose it is, its tokens, and how many there are.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rolecall_model::{CurrentUser, Role};
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

use super::grants::{granted, role_of_level};
use super::{RecordError, SignIns};
use crate::db::{on_both, reading_on_both};
use crate::session::cache::{CachedSignIn, SignInChanges};
use crate::session::cipher::CipherError;
use crate::session::sign_in::{SEEN_EVERY_MS, SignIn, ViewAs};
use crate::tokens::TokenSet;

/// A live sign-in's provider, and its tokens where they can be opened.
pub struct LiveTokens {
    /// The provider's id.
    pub provider: String,
    /// The tokens.
    pub tokens: Result<TokenSet, CipherError>,
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Counts without looking at any row: all that it needs is in the index `sign_ins_figures`, in which the sign-ins of a
/// person stand together. The plus keeps SQLite from an index of that column, which would lead it to every row.
const COUNTS: &str = "SELECT COUNT(*) AS live, \
    COUNT(CASE WHEN role IS NULL THEN 1 END) AS without_role, \
    COUNT(CASE WHEN role = 'read' THEN 1 END) AS read, \
    COUNT(CASE WHEN role = 'write' THEN 1 END) AS write, \
    COUNT(CASE WHEN role = 'admin' THEN 1 END) AS admin, \
    (SELECT COUNT(*) FROM (SELECT DISTINCT user_id FROM sign_ins \
     WHERE revoked_at IS NULL AND +created_at > $1 AND +last_seen_at > $2) AS people) AS people, \
    (SELECT COUNT(*) FROM sign_ins WHERE created_at > $3) AS last_day \
    FROM sign_ins WHERE revoked_at IS NULL AND +created_at > $1 AND +last_seen_at > $2";

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

impl SignIns {
    /// The sign-in `id`, if it is live at `now_ms`: not revoked, and neither idle nor older than the limits allow.
    /// Being asked for counts as activity.
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
    pub async fn live_unseen(&self, id: &str, now_ms: i64) -> Result<Option<Arc<SignIn>>, RecordError> {
        Ok(self.find_live(id, now_ms).await?.map(|cached| cached.sign_in))
    }

    /// Says from now on when the sign-in `id` may have changed or ended, here or at another instance. Time ends it silently.
    #[must_use]
    pub fn changes_of(&self, id: &str) -> SignInChanges {
        self.live.watch(id)
    }

    pub(super) async fn find_live(&self, id: &str, now_ms: i64) -> Result<Option<CachedSignIn>, RecordError> {
        match self.live.find(id).filter(|cached| self.lasts(cached, now_ms) && has_its_role(cached, now_ms)) {
            Some(cached) => Ok(Some(cached)),
            // What has ended by memory may have been active at another instance: the row tells.
            None => Ok(self.load(id, now_ms).await?.filter(|cached| self.lasts(cached, now_ms))),
        }
    }

    /// What names the person of the number `user_id` to others: the same for each of their sign-ins and on every
    /// installation, and neither an address nor anything else that is given to somebody else later. It is the SHA-256 of
    /// issuer, a line feed and subject, as base64url; no issuer holds a line feed. `None` for nobody.
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

    /// How many sign-ins there are at `now_ms`. That takes the longer the more there are.
    pub async fn counts(&self, now_ms: i64) -> Result<SignInCounts, RecordError> {
        reading_on_both!(&self.db, |pool| {
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

    /// Lets go of what memory holds of the sign-in `id`: its row has more to tell.
    pub fn forget(&self, id: &str) {
        self.live.forget(id);
    }

    async fn load(&self, id: &str, now_ms: i64) -> Result<Option<CachedSignIn>, RecordError> {
        // Whom an administrator or the directory keeps out has no live sign-in. Should there be one all the same, it counts for nothing.
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
            let provider: String = row.try_get("provider")?;
            // Nobody stays signed in by a provider that is no longer configured, the demonstration's included.
            let Some(known) = self.providers.iter().find(|known| known.id == provider) else { return Ok(None) };
            let (role, issuer): (Option<String>, String) = (row.try_get("role")?, row.try_get("issuer")?);
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
                created_at_ms: row.try_get("created_at")?,
                roles_read_at_ms: row.try_get("roles_read_at")?,
                authenticated_at_ms: row.try_get("authenticated_at")?,
                refresh_at_ms: row.try_get("refresh_at")?,
                tokens_end_at_ms: row.try_get("tokens_end_at")?,
                provider_role: known.limited(provider_role, &issuer),
                view_as,
                role_changes_at_ms: grants_change_at_ms.into_iter().chain(view_as.map(|it| it.until_ms)).min(),
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

/// Whether the role of `cached` is what it was when it was read.
fn has_its_role(cached: &CachedSignIn, now_ms: i64) -> bool {
    cached.sign_in.role_changes_at_ms.is_none_or(|end| now_ms < end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;

    // Case: limit/counts
    #[tokio::test]
    async fn counting_looks_at_an_index_and_at_no_row() {
        let folder = tempfile::tempdir().unwrap();
        let db =
            Db::open(&format!("sqlite:{}", folder.path().join("db").display()), &crate::db::Migrations::of_sign_in())
                .await
                .unwrap();
        let Db::Sqlite(pools) = &db else { panic!("not SQLite") };
        let plan = format!("EXPLAIN QUERY PLAN {COUNTS}");
        let steps = sqlx::query(&plan).bind(0).bind(0).bind(0).fetch_all(&pools.reading).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.try_get("detail").unwrap()).collect();
        db.close().await;
        let looks: Vec<_> = steps.iter().filter(|step| step.contains("sign_ins")).collect();
        assert_eq!(looks.len(), 3, "{steps:?}");
        assert!(looks.iter().all(|look| look.contains("COVERING INDEX")), "{steps:?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
    }
}
