//! Ending the sign-ins that are idle or old, and deleting expired data.

use super::end::{EndReason, NO_TOKENS, end_where};
use super::{RecordError, SignIns};
use crate::db::in_batches;
use crate::session::sign_in::SEEN_EVERY_MS;

/// How long an ended sign-in is kept for the history, in milliseconds.
const HISTORY_MS: i64 = 90 * 24 * 60 * 60 * 1000;

impl SignIns {
    /// Ends the sign-ins that are idle or old, and deletes their tokens. Deletes sign-ins that ended three months ago,
    /// and old notes of provider sign-outs. It works on a few rows at a time, so that no request waits for it.
    ///
    /// # Errors
    /// When the database does not answer; the next run does the rest.
    pub async fn sweep(&self, now_ms: i64) -> Result<(), RecordError> {
        const TOO_OLD: &str =
            end_where!("id IN (SELECT id FROM sign_ins WHERE revoked_at IS NULL AND created_at <= $4 LIMIT $5)");
        const IDLE: &str =
            end_where!("id IN (SELECT id FROM sign_ins WHERE revoked_at IS NULL AND last_seen_at <= $4 LIMIT $5)");
        const OVER: &str = "DELETE FROM sign_ins WHERE id IN \
                            (SELECT id FROM sign_ins WHERE revoked_at <= $1 LIMIT $2)";
        const SIGN_OUTS: &str = "DELETE FROM provider_sign_outs WHERE expires_at <= $1 AND key_hash IN \
                                 (SELECT key_hash FROM provider_sign_outs WHERE expires_at <= $1 LIMIT $2)";
        const LOGOUT_TOKENS: &str = "DELETE FROM logout_tokens WHERE jti_hash IN \
                                     (SELECT jti_hash FROM logout_tokens WHERE expires_at <= $1 LIMIT $2)";
        // Activity is written once a minute, so the stored time may be a minute late.
        let idle = now_ms.saturating_sub(self.limits.idle_ms()).saturating_sub(2 * SEEN_EVERY_MS);
        self.expire(TOO_OLD, now_ms.saturating_sub(self.limits.absolute_ms()), now_ms).await?;
        self.expire(IDLE, idle, now_ms).await?;
        self.delete(OVER, now_ms.saturating_sub(HISTORY_MS)).await?;
        self.delete(SIGN_OUTS, now_ms).await?;
        self.delete(LOGOUT_TOKENS, now_ms).await?;
        Ok(())
    }

    /// Other instances need no notification: each checks the expiry itself.
    async fn expire(&self, statement: &str, until_ms: i64, now_ms: i64) -> Result<(), sqlx::Error> {
        let reason = EndReason::Expired.name();
        in_batches!(&self.db, sqlx::query(statement).bind(now_ms).bind(reason).bind(NO_TOKENS).bind(until_ms));
        Ok(())
    }

    async fn delete(&self, statement: &str, until_ms: i64) -> Result<(), sqlx::Error> {
        in_batches!(&self.db, sqlx::query(statement).bind(until_ms));
        Ok(())
    }
}
