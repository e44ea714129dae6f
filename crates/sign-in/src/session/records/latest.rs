//! The tokens of those who are signed in, for whoever has to judge what a provider sends.

use sqlx::Row as _;

use super::{RecordError, SignIns, owner};
use crate::db::reading_on_both;
use crate::session::cipher::CipherError;
use crate::tokens::TokenSet;

/// A live sign-in's provider, and its tokens where they can be opened.
pub struct LiveTokens {
    /// The provider's id.
    pub provider: String,
    /// The tokens.
    pub tokens: Result<TokenSet, CipherError>,
}

impl SignIns {
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
                Ok(LiveTokens { provider: row.try_get("provider")?, tokens: self.opened(&id, &sealed) })
            });
            read.collect()
        })
    }

    /// The tokens in `sealed`, which belong to the sign-in `id`.
    fn opened(&self, id: &str, sealed: &[u8]) -> Result<TokenSet, CipherError> {
        let tokens = self.cipher.open(&owner(id), sealed)?;
        serde_json::from_slice(&tokens).map_err(|_| CipherError::Damaged)
    }
}
