//! Ending sign-ins.

use sqlx::Row as _;

use super::{CHANGED, RecordError, SignIns};
use crate::db::{Db, on_both, reading_on_both};

/// Why a sign-in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The person signed out here.
    SignedOut,
    /// The browser signed in anew.
    SignedInAgain,
    /// Its browser never got hold of it.
    NotCompleted,
    /// The provider signed the person out.
    SignedOutAtProvider,
    /// The provider does not vouch for the person any more, or no longer in a way that can be believed.
    RefreshRefused,
    /// It was idle or old.
    Expired,
    /// The database was restored from a backup, in which it may have come back from the dead.
    Restored,
    /// The operator ended every sign-in.
    SignedOutByOperator,
}

impl EndReason {
    /// The name in databases and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::SignedInAgain => "signed_in_again",
            Self::NotCompleted => "not_completed",
            Self::SignedOutAtProvider => "signed_out_at_provider",
            Self::RefreshRefused => "refresh_refused",
            Self::Expired => "expired",
            Self::Restored => "restored",
            Self::SignedOutByOperator => "signed_out_by_operator",
        }
    }
}

/// A sign-in that was ended just now.
pub(super) struct Ended {
    pub(super) id: String,
    pub(super) user_id: i64,
}

/// What ending a record changes, before its condition: nobody needs its tokens any more, so they go at once.
/// `$1` is the time, `$2` the reason, `$3` no bytes.
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

impl SignIns {
    /// Ends the sign-in `id`, for `reason`. Whoever holds its cookie is signed out from here on. Once begun it is
    /// carried through, even if the caller is gone.
    ///
    /// # Errors
    /// When the database does not answer, or its answer is lost.
    pub async fn revoke(&self, id: &str, reason: EndReason, now_ms: i64) -> Result<(), RecordError> {
        let (this, id) = (self.clone(), id.to_owned());
        let revoking = tokio::spawn(async move {
            let revoked = this.end(end_where!("id = $4"), &[&id], reason, now_ms).await;
            // Even a lost answer may be that of a revocation that is in force.
            this.live.forget(&id);
            revoked
        });
        revoking.await.map_err(|_| RecordError::Interrupted)?.map(|_| ())
    }

    /// When the person ended the sign-in `id` by signing out, Unix milliseconds (UTC); `None` for one that is live, or that
    /// ended in another way.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn signed_out_at(&self, id: &str) -> Result<Option<i64>, RecordError> {
        const SIGNED_OUT_AT: &str = "SELECT revoked_at FROM sign_ins WHERE id = $1 AND revoked_reason = $2";
        let reason = EndReason::SignedOut.name();
        reading_on_both!(&self.db, |pool| {
            Ok(sqlx::query_scalar(SIGNED_OUT_AT).bind(id).bind(reason).fetch_optional(pool).await?)
        })
    }

    /// Ends the sign-ins that `statement`, made by `end_where!`, finds with `keys` from `$4` on. One statement, so that
    /// on Postgres no instance misses a revocation that is in force.
    pub(super) async fn end(
        &self,
        statement: &str,
        keys: &[&str],
        reason: EndReason,
        now_ms: i64,
    ) -> Result<Vec<Ended>, RecordError> {
        const NO_TOKENS: &[u8] = &[];
        let statement = self.announced(statement);
        let ended: Result<Vec<Ended>, RecordError> = on_both!(&self.db, |pool| {
            let query = sqlx::query(&statement).bind(now_ms).bind(reason.name()).bind(NO_TOKENS);
            let rows = keys.iter().fold(query, |query, key| query.bind(*key)).fetch_all(pool).await?;
            rows.iter().map(|row| Ok(Ended { id: row.try_get("id")?, user_id: row.try_get("user_id")? })).collect()
        });
        if ended.as_ref().is_ok_and(|ended| !ended.is_empty()) {
            self.mark_revocation(now_ms);
        }
        ended
    }

    /// `update`, which returns `id` and `user_id`, in a form that tells the other instances of each record it changes.
    pub(super) fn announced(&self, update: &str) -> String {
        match &self.db {
            Db::Sqlite(_) => update.to_owned(),
            Db::Postgres(_) => {
                format!("WITH changed AS ({update}) SELECT id, user_id, pg_notify('{CHANGED}', id) FROM changed")
            }
        }
    }
}
