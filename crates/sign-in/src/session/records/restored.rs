//! Detects a restored backup: in it, sign-ins may be live that were revoked after it was made.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::end::EndReason;
use super::sign_ins::RevocationMark;
use super::{RecordError, SignIns};
use crate::db::on_both;

/// Why the check for a restored backup failed.
#[derive(Debug, Error)]
pub enum RestoredError {
    /// The time could not be read or written.
    #[error("the time of the latest revocation could not be read or written")]
    Mark(#[from] std::io::Error),
    /// The records could not be read or ended.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl SignIns {
    /// Stores the time of the latest revocation in `file` from now on. If the file has a later time than the database
    /// knows, the database was restored to an earlier state: every sign-in is ended, since nobody can tell which of
    /// them were revoked. Returns how many, or `None` where the database was not restored.
    ///
    /// A time older than the longest sign-in no longer matters: what was revoked then has expired anyway.
    ///
    /// # Errors
    /// When the file or the database cannot be read or written.
    pub async fn end_what_a_backup_revived(&self, file: PathBuf, now_ms: i64) -> Result<Option<usize>, RestoredError> {
        let marked = self.mark.keep_in(file)?;
        if !self.is_before(marked, now_ms).await? {
            return Ok(None);
        }
        let ended = self.revoke_all(EndReason::Restored, now_ms).await?;
        // Sign-ins from now on must not be ended at the next start.
        self.mark.reset(self.latest_revocation().await?.unwrap_or(i64::MIN))?;
        Ok(Some(ended))
    }

    /// Whether the time in `file` is one that the database does not know and that matters; `None` where there is none.
    ///
    /// # Errors
    /// When the file or the database cannot be read.
    pub async fn is_restored(&self, file: &Path, now_ms: i64) -> Result<Option<bool>, RestoredError> {
        match RevocationMark::read(file)? {
            Some(marked) => Ok(Some(self.is_before(Some(marked), now_ms).await?)),
            None => Ok(None),
        }
    }

    /// Whether the database knows no revocation as late as `marked`, and a sign-in of that time could still be live.
    async fn is_before(&self, marked: Option<i64>, now_ms: i64) -> Result<bool, RecordError> {
        let matters = marked.is_some_and(|at_ms| now_ms < at_ms.saturating_add(self.limits.absolute_ms()));
        Ok(matters && marked > self.latest_revocation().await?)
    }

    /// When a sign-in was last revoked, according to the database; Unix milliseconds (UTC).
    pub async fn latest_revocation(&self) -> Result<Option<i64>, RecordError> {
        const LATEST: &str = "SELECT MAX(revoked_at) FROM sign_ins WHERE revoked_at IS NOT NULL";
        on_both!(&self.db, |pool| Ok(sqlx::query_scalar(LATEST).fetch_one(pool).await?))
    }
}
