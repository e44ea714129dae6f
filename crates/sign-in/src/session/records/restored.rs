//! What a backup brings back: sign-ins that were revoked after it was made. They are ended, with all others.

use std::path::PathBuf;

use thiserror::Error;

use super::end::{EndReason, end_where};
use super::{RecordError, SignIns};
use crate::db::on_both;

/// Why it could not be told whether the database is a restored one.
#[derive(Debug, Error)]
pub enum RestoredError {
    /// The mark could not be read or written.
    #[error("the time of the latest revocation could not be read or written")]
    Mark(#[from] std::io::Error),
    /// The records could not be read or ended.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl SignIns {
    /// Keeps the time of the latest revocation in `file` from now on. When there is one in it that the database does
    /// not know of, the database was put back to an earlier state: every sign-in is ended, since nobody can tell which
    /// of them were revoked. Returns how many, or nothing where the database was not put back.
    ///
    /// A mark older than the longest sign-in says nothing any more: what was revoked then has ended by itself.
    ///
    /// # Errors
    /// When the file or the database cannot be read or written.
    pub async fn end_what_a_backup_revived(&self, file: PathBuf, now_ms: i64) -> Result<Option<usize>, RestoredError> {
        let marked = self.mark.keep_in(file)?;
        let is_ahead = marked > self.latest_revocation().await?;
        let matters = marked.is_some_and(|at_ms| now_ms < at_ms.saturating_add(self.limits.absolute_ms()));
        if !is_ahead || !matters {
            return Ok(None);
        }
        let ended = self.revoke_all(EndReason::Restored, now_ms).await?;
        // Who signs in from here on must not be ended at the next start.
        self.mark.reset(self.latest_revocation().await?.unwrap_or(i64::MIN))?;
        Ok(Some(ended))
    }

    /// Ends every sign-in, for `reason`, and tells how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke_all(&self, reason: EndReason, now_ms: i64) -> Result<usize, RecordError> {
        let ended = self.end(end_where!("TRUE"), &[], reason, now_ms).await;
        self.live.forget_all();
        ended.map(|ended| ended.len())
    }

    /// Notes a revocation that is in force. Where that fails, a backup would not be known by it; the revocation stands.
    pub(super) fn mark_revocation(&self, revoked_at_ms: i64) {
        if let Err(error) = self.mark.raise(revoked_at_ms) {
            tracing::warn!(?error, "the time of the latest revocation could not be written");
        }
    }

    /// When a sign-in was revoked last, by the database; Unix milliseconds (UTC).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn latest_revocation(&self) -> Result<Option<i64>, RecordError> {
        const LATEST: &str = "SELECT MAX(revoked_at) FROM sign_ins WHERE revoked_at IS NOT NULL";
        on_both!(&self.db, |pool| Ok(sqlx::query_scalar(LATEST).fetch_one(pool).await?))
    }
}
