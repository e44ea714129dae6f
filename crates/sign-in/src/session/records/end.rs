//! How sign-ins end: one, several chosen ones within a larger transaction, and all. The sweep ends those that are idle
//! or old, and deletes expired data. After a backup was restored all end: some that are live in it may have been
//! revoked since it was made.

use std::path::{Path, PathBuf};

use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr};
use thiserror::Error;

use super::sign_ins::RevocationMark;
use super::{RecordError, SignIns};
use crate::db::{Transaction, in_batches, in_transaction, on_both, reading_on_both};
use crate::session::sign_in::SEEN_EVERY_MS;
use crate::session::sign_out_mark::SignedOutBy;

/// Replaces deleted tokens.
const NO_TOKENS: &[u8] = &[];

/// How long an ended sign-in is kept for the history, in milliseconds.
const HISTORY_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// Why a sign-in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum EndReason {
    /// The person signed out here.
    SignedOut,
    /// The browser signed in again.
    SignedInAgain,
    /// Its browser never received it.
    NotCompleted,
    /// The provider signed the person out.
    SignedOutAtProvider,
    /// The provider no longer accepts the person, or its answer is no longer valid.
    RefreshRefused,
    /// It was idle for too long, or too old.
    Expired,
    /// The database was restored from a backup, in which an ended sign-in may still be live.
    Restored,
    /// The operator ended every sign-in.
    SignedOutByOperator,
    /// The person ended it from another browser.
    EndedElsewhere,
    /// An administrator ended it.
    EndedByAdministrator,
    /// An administrator disabled the person.
    Disabled,
    /// The provider's directory says that the person is no longer active.
    InactiveInDirectory,
}

impl EndReason {
    /// The name in databases and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A sign-in that was ended just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedSignIn {
    /// The record's id.
    pub id: String,
    /// Our number of the person.
    pub user_id: i64,
}

/// The update that ends a record, before its condition. The tokens are no longer needed, so they are deleted. `$1` is
/// the time, `$2` the reason, `$3` no bytes.
macro_rules! end_where {
    ($condition:literal) => {
        concat!(
            "UPDATE sign_ins SET revoked_at = $1, revoked_reason = $2, sealed_tokens = $3, version = version + 1 ",
            "WHERE revoked_at IS NULL AND ",
            $condition,
            " RETURNING id, user_id"
        )
    };
}
pub(super) use end_where;

/// Which sign-ins to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The one with this id.
    One(String),
    /// The one with this id, if it belongs to this person.
    OneOf(i64, String),
    /// All sign-ins of this person except the one with this id.
    OthersOf(i64, String),
    /// All sign-ins of this person.
    AllOf(i64),
    /// All sign-ins except the one with this id.
    EveryOther(String),
    /// All sign-ins.
    All,
}

impl Ending {
    /// The statement, with the keys from `$4` on. They are bound as text.
    fn statement(&self) -> (&'static str, Vec<String>) {
        const ONE: &str = end_where!("id = $4");
        const ONE_OF: &str = end_where!("id = $4 AND user_id = CAST(CAST($5 AS TEXT) AS BIGINT)");
        const OTHERS_OF: &str = end_where!("id <> $4 AND user_id = CAST(CAST($5 AS TEXT) AS BIGINT)");
        const ALL_OF: &str = end_where!("user_id = CAST(CAST($4 AS TEXT) AS BIGINT)");
        const EVERY_OTHER: &str = end_where!("id <> $4");
        const ALL: &str = end_where!("TRUE");
        match self {
            Self::One(id) => (ONE, vec![id.clone()]),
            Self::OneOf(user_id, id) => (ONE_OF, vec![id.clone(), user_id.to_string()]),
            Self::OthersOf(user_id, id) => (OTHERS_OF, vec![id.clone(), user_id.to_string()]),
            Self::AllOf(user_id) => (ALL_OF, vec![user_id.to_string()]),
            Self::EveryOther(id) => (EVERY_OTHER, vec![id.clone()]),
            Self::All => (ALL, vec![]),
        }
    }
}

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
    /// Ends the sign-in `id`, for `reason`. The browser with its cookie is signed out from now on. Once begun this is
    /// completed, even if the caller is cancelled.
    ///
    /// # Errors
    /// When the database does not answer, or its answer is lost.
    pub async fn revoke(&self, id: &str, reason: EndReason, now_ms: i64) -> Result<(), RecordError> {
        let (this, id) = (self.clone(), id.to_owned());
        let revoking = tokio::spawn(async move {
            let revoked = this.end(end_where!("id = $4"), &[&id], reason, now_ms).await;
            // If the answer was lost, the revocation may still be in force.
            this.live.forget(&id);
            revoked
        });
        revoking.await.map_err(|_| RecordError::Interrupted)?.map(|_| ())
    }

    /// When the person, an administrator or the directory ended the sign-in `id`, Unix milliseconds (UTC), and who did;
    /// `None` for one that is live, or that ended in another way.
    pub async fn signed_out_at(&self, id: &str) -> Result<Option<(i64, SignedOutBy)>, RecordError> {
        const ENDED: &str =
            "SELECT revoked_at, revoked_reason FROM sign_ins WHERE id = $1 AND revoked_reason IN ($2, $3, $4, $5, $6)";
        let (by_person, elsewhere) = (EndReason::SignedOut.name(), EndReason::EndedElsewhere.name());
        let (by_administrator, disabled) = (EndReason::EndedByAdministrator.name(), EndReason::Disabled.name());
        let by_directory = EndReason::InactiveInDirectory.name();
        let ended: Option<(i64, String)> = reading_on_both!(&self.db, |pool| {
            let query = sqlx::query_as(ENDED).bind(id).bind(by_person).bind(elsewhere);
            query.bind(by_administrator).bind(by_directory).bind(disabled).fetch_optional(pool).await?
        });
        Ok(ended.map(|(at_ms, reason)| match reason {
            reason if reason == elsewhere => (at_ms, SignedOutBy::PersonElsewhere),
            reason if reason == by_administrator => (at_ms, SignedOutBy::Administrator),
            reason if reason == disabled => (at_ms, SignedOutBy::Disabled),
            reason if reason == by_directory => (at_ms, SignedOutBy::Directory),
            _ => (at_ms, SignedOutBy::Person),
        }))
    }

    /// Whether there is, or was in the last three months, a sign-in `id`.
    pub async fn is_known(&self, id: &str) -> Result<bool, RecordError> {
        const KNOWN: &str = "SELECT COUNT(*) FROM sign_ins WHERE id = $1";
        let count: i64 = reading_on_both!(&self.db, |pool| sqlx::query_scalar(KNOWN).bind(id).fetch_one(pool).await?);
        Ok(count > 0)
    }

    /// Ends the sign-ins that `statement`, built by `end_where!`, finds with `keys` from `$4` on. It is one statement,
    /// so on Postgres no instance misses a revocation that is in force.
    pub(super) async fn end(
        &self,
        statement: &str,
        keys: &[&str],
        reason: EndReason,
        now_ms: i64,
    ) -> Result<Vec<EndedSignIn>, RecordError> {
        let statement = self.announced(statement);
        let ended: Result<Vec<EndedSignIn>, RecordError> = on_both!(&self.db, |pool| {
            let query = sqlx::query(&statement).bind(now_ms).bind(reason.name()).bind(NO_TOKENS);
            let rows = keys.iter().fold(query, |query, key| query.bind(*key)).fetch_all(pool).await?;
            rows.iter()
                .map(|row| Ok(EndedSignIn { id: row.try_get("id")?, user_id: row.try_get("user_id")? }))
                .collect()
        });
        if ended.as_ref().is_ok_and(|ended| !ended.is_empty()) {
            self.mark_revocation(now_ms);
        }
        ended
    }

    /// Ends the sign-ins of `ending`, for `reason`, as part of `transaction`. After the transaction, whatever its
    /// outcome, call [`let_go`](Self::let_go): only then does the next request see it.
    pub async fn end_in(
        &self,
        transaction: &mut Transaction,
        ending: &Ending,
        reason: EndReason,
        now_ms: i64,
    ) -> Result<Vec<EndedSignIn>, RecordError> {
        let (statement, keys) = ending.statement();
        let statement = self.announced(statement);
        in_transaction!(transaction, |connection| {
            let query = sqlx::query(&statement).bind(now_ms).bind(reason.name()).bind(NO_TOKENS);
            let rows = keys.iter().fold(query, sqlx::query::Query::bind).fetch_all(connection).await?;
            rows.iter()
                .map(|row| Ok(EndedSignIn { id: row.try_get("id")?, user_id: row.try_get("user_id")? }))
                .collect()
        })
    }

    /// Drops the `ended` sign-ins from the cache, and stores the time of the revocation.
    pub fn let_go(&self, ended: &[EndedSignIn], now_ms: i64) {
        for sign_in in ended {
            self.live.forget(&sign_in.id);
        }
        if !ended.is_empty() {
            self.mark_revocation(now_ms);
        }
    }

    /// Ends every sign-in, for `reason`, and returns how many.
    pub async fn revoke_all(&self, reason: EndReason, now_ms: i64) -> Result<usize, RecordError> {
        let ended = self.end(end_where!("TRUE"), &[], reason, now_ms).await;
        self.live.forget_all();
        ended.map(|ended| ended.len())
    }

    /// Stores the time of a revocation that is in force. If that fails, a restored backup would not be detected by it;
    /// the revocation stays in force.
    fn mark_revocation(&self, revoked_at_ms: i64) {
        if let Err(error) = self.mark.raise(revoked_at_ms) {
            tracing::warn!(?error, "the time of the latest revocation could not be written");
        }
    }

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
