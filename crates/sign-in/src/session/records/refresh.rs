//! Refreshing the tokens of a sign-in: one caller at a time, across all instances.

use rolecall_model::Role;
use sqlx::Row as _;

use super::end::{EndReason, end_where};
use super::{RecordError, SignIns};
use crate::clock::LEEWAY_MS;
use crate::db::on_both;
use crate::session::sign_in::{CHECK_AGAIN_MS, RETRY_MS, furthest_ahead_ms};
use crate::tokens::TokenSet;

/// How long a claim is valid, in milliseconds: longer than a provider and the database may take together. If its owner
/// dies, this is how long nobody can refresh.
const CLAIM_MS: i64 = 60 * 1000;
/// The exclusive right to refresh the tokens of one sign-in.
pub struct RefreshClaim {
    /// The record's id.
    pub id: String,
    /// The current tokens.
    pub tokens: TokenSet,
    /// The current role.
    pub role: Option<Role>,
    /// When that role was read, Unix milliseconds (UTC).
    pub roles_read_at_ms: i64,
    version: i64,
}

/// The result of a refresh.
pub struct Renewed<'a> {
    /// The tokens, to be encrypted.
    pub tokens: &'a TokenSet,
    /// The role now.
    pub role: Option<Role>,
    /// When that role was read, Unix milliseconds (UTC).
    pub roles_read_at_ms: i64,
}

/// Whether the role of a sign-in is read again now, on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolesAsked {
    /// Its tokens are due for a refresh.
    Due {
        /// When the current role was read, Unix milliseconds (UTC).
        roles_read_at_ms: i64,
    },
    /// It was read or requested a moment ago.
    TooSoon,
    /// Its tokens cannot be refreshed.
    CannotBe,
    /// It has ended.
    Ended,
}

impl SignIns {
    /// The right to refresh the tokens of the sign-in `id`; `None` when they are not due, or another caller has it.
    ///
    /// # Errors
    /// When the database does not answer, or the tokens cannot be read.
    pub async fn claim_refresh(&self, id: &str, now_ms: i64) -> Result<Option<RefreshClaim>, RecordError> {
        const CLAIM: &str = "UPDATE sign_ins SET refresh_claimed_until = $1, version = version + 1 WHERE id = $2 AND revoked_at IS NULL \
                             AND (refresh_at <= $3 OR refresh_at > $6 \
                             OR ((tokens_end_at <= $3 OR tokens_end_at > $6) AND refresh_at > $4)) \
                             AND (refresh_claimed_until IS NULL OR refresh_claimed_until <= $3 OR refresh_claimed_until > $5) \
                             RETURNING version, sealed_tokens, role, roles_read_at";
        let claimed: Option<(i64, Vec<u8>, Option<String>, i64)> = on_both!(&self.db, |pool| {
            let query = sqlx::query(CLAIM).bind(now_ms + CLAIM_MS).bind(id).bind(now_ms);
            let query = query.bind(now_ms + RETRY_MS + LEEWAY_MS).bind(now_ms + CLAIM_MS + LEEWAY_MS);
            let query = query.bind(furthest_ahead_ms(now_ms));
            match query.fetch_optional(pool).await? {
                Some(row) => Some((
                    row.try_get("version")?,
                    row.try_get("sealed_tokens")?,
                    row.try_get("role")?,
                    row.try_get("roles_read_at")?,
                )),
                None => None,
            }
        });
        let Some((version, sealed, role, roles_read_at_ms)) = claimed else { return Ok(None) };
        let tokens = self.open_tokens(id, &sealed)?;
        let role = role.as_deref().and_then(Role::from_key);
        Ok(Some(RefreshClaim { id: id.to_owned(), tokens, role, roles_read_at_ms, version }))
    }

    /// Makes the tokens of the sign-in `id` due for a refresh at `now_ms`; `false` when they cannot be refreshed.
    pub async fn refresh_now(&self, id: &str, now_ms: i64) -> Result<bool, RecordError> {
        const DUE: &str = "UPDATE sign_ins SET refresh_at = CASE WHEN refresh_at < $1 THEN refresh_at ELSE $1 END \
                           WHERE id = $2 AND revoked_at IS NULL AND refresh_at IS NOT NULL RETURNING id";
        let is_due =
            on_both!(&self.db, |pool| sqlx::query(DUE).bind(now_ms).bind(id).fetch_optional(pool).await?.is_some());
        self.live.forget(id);
        Ok(is_due)
    }

    /// Makes the tokens of the sign-in `id` due for a refresh at `now_ms`, to read its role on request. Of concurrent
    /// callers, at all instances, one gets [`RolesAsked::Due`].
    pub async fn ask_for_roles(&self, id: &str, now_ms: i64) -> Result<RolesAsked, RecordError> {
        const ASK: &str = "UPDATE sign_ins SET roles_asked_at = $1, \
                           refresh_at = CASE WHEN refresh_at < $1 THEN refresh_at ELSE $1 END \
                           WHERE id = $2 AND revoked_at IS NULL AND refresh_at IS NOT NULL \
                           AND (roles_asked_at IS NULL OR roles_asked_at <= $3 OR roles_asked_at > $1) \
                           AND (roles_read_at <= $3 OR roles_read_at > $1) RETURNING roles_read_at";
        const WHY_NOT: &str = "SELECT CASE WHEN refresh_at IS NULL THEN 0 ELSE 1 END FROM sign_ins \
                               WHERE id = $1 AND revoked_at IS NULL";
        let asked: Option<i64> = on_both!(&self.db, |pool| {
            let query = sqlx::query_scalar(ASK).bind(now_ms).bind(id).bind(now_ms - CHECK_AGAIN_MS);
            query.fetch_optional(pool).await?
        });
        if let Some(roles_read_at_ms) = asked {
            self.live.forget(id);
            return Ok(RolesAsked::Due { roles_read_at_ms });
        }
        let can_be: Option<i32> =
            on_both!(&self.db, |pool| sqlx::query_scalar(WHY_NOT).bind(id).fetch_optional(pool).await?);
        Ok(match can_be {
            None => RolesAsked::Ended,
            Some(0) => RolesAsked::CannotBe,
            Some(_) => RolesAsked::TooSoon,
        })
    }

    /// Whether a refresh of the sign-in `id` is in progress.
    pub async fn is_refresh_claimed(&self, id: &str, now_ms: i64) -> Result<bool, RecordError> {
        const CLAIMED: &str = "SELECT COUNT(*) FROM sign_ins \
                               WHERE id = $1 AND revoked_at IS NULL AND refresh_claimed_until > $2";
        let claimed: i64 =
            on_both!(&self.db, |pool| sqlx::query_scalar(CLAIMED).bind(id).bind(now_ms).fetch_one(pool).await?);
        Ok(claimed > 0)
    }

    /// Stores the result of a refresh. `false` when the sign-in has ended or changed in the meantime: then nothing is
    /// stored.
    pub async fn renew(&self, claim: &RefreshClaim, renewed: &Renewed<'_>, now_ms: i64) -> Result<bool, RecordError> {
        const RENEW: &str = "UPDATE sign_ins SET sealed_tokens = $1, role = $2, roles_read_at = $3, refresh_at = $4, \
                             tokens_end_at = $5, refresh_claimed_until = NULL, version = version + 1 \
                             WHERE id = $6 AND version = $7 AND revoked_at IS NULL RETURNING id, user_id";
        let sealed = self.seal_tokens(&claim.id, renewed.tokens)?;
        let due = renewed.tokens.due(renewed.roles_read_at_ms, now_ms);
        let statement = self.announced(RENEW);
        let renewed = on_both!(&self.db, |pool| {
            let query = sqlx::query(&statement).bind(sealed).bind(renewed.role.map(Role::key));
            let query = query.bind(renewed.roles_read_at_ms).bind(due.map(|due| due.refresh_at_ms));
            let query = query.bind(due.map(|due| due.end_at_ms)).bind(&claim.id).bind(claim.version);
            query.fetch_optional(pool).await?.is_some()
        });
        self.live.forget(&claim.id);
        Ok(renewed)
    }

    /// Releases the claim: another caller may take it in a while. `tokens`, if given, are those for the next refresh;
    /// they do not confirm the role.
    pub async fn postpone_refresh(
        &self,
        claim: &RefreshClaim,
        tokens: Option<&TokenSet>,
        now_ms: i64,
    ) -> Result<(), RecordError> {
        const POSTPONE: &str = "UPDATE sign_ins SET refresh_at = $1, refresh_claimed_until = NULL, sealed_tokens = $2, \
                                version = version + 1 WHERE id = $3 AND version = $4 AND revoked_at IS NULL";
        let sealed = self.seal_tokens(&claim.id, tokens.unwrap_or(&claim.tokens))?;
        on_both!(&self.db, |pool| {
            sqlx::query(POSTPONE)
                .bind(now_ms.saturating_add(RETRY_MS))
                .bind(sealed)
                .bind(&claim.id)
                .bind(claim.version)
                .execute(pool)
                .await?;
        });
        self.live.forget(&claim.id);
        Ok(())
    }

    /// Ends a sign-in whose tokens can no longer be refreshed, unless another refresh has succeeded in the meantime.
    pub async fn end_claimed(&self, claim: &RefreshClaim, now_ms: i64) -> Result<(), RecordError> {
        // The keys are bound as text.
        const END: &str = end_where!("id = $4 AND version = CAST(CAST($5 AS TEXT) AS BIGINT)");
        let version = claim.version.to_string();
        let ended = self.end(END, &[&claim.id, &version], EndReason::RefreshRefused, now_ms).await;
        self.live.forget(&claim.id);
        ended.map(|_| ())
    }
}
