//! The administrators' decisions about a person: whether they may come in, and which roles were given here. A sign-in
//! record is read together with them; for API callers they are cached in memory.

use std::sync::Arc;

use rolecall_model::Role;
use sqlx::Row as _;

use super::held::Standing;
use crate::db::{Transaction, in_transaction, reading_on_both};
use crate::session::{RecordError, SignIns};

impl SignIns {
    /// The decisions about the person `subject` at `issuer`: none for a person who was never here.
    pub async fn standing(&self, issuer: &str, subject: &str) -> Result<Arc<Standing>, RecordError> {
        const STANDING: &str = "SELECT u.disabled_at, u.disabled_reason, u.inactive_since, g.role, g.ends_at FROM users u \
                                LEFT JOIN grants g ON g.user_id = u.id AND g.revoked_at IS NULL \
                                WHERE u.issuer = $1 AND u.subject = $2";
        let key = (issuer.to_owned(), subject.to_owned());
        if let Some(held) = self.standings.find(&key).filter(|_| self.live.is_trusted()) {
            return Ok(held);
        }
        let ticket = self.standings.ticket();
        let mut standing = Standing::default();
        reading_on_both!(&self.db, |pool| {
            for row in sqlx::query(STANDING).bind(issuer).bind(subject).fetch_all(pool).await? {
                let (since, reason): (Option<i64>, Option<String>) =
                    (row.try_get("disabled_at")?, row.try_get("disabled_reason")?);
                standing.disabled = since.map(|_| reason.unwrap_or_default());
                standing.is_inactive = row.try_get::<Option<i64>, _>("inactive_since")?.is_some();
                let (role, ends_at): (Option<String>, Option<i64>) = (row.try_get("role")?, row.try_get("ends_at")?);
                standing.grants.extend(role.as_deref().and_then(Role::from_key).map(|role| (role, ends_at)));
            }
        });
        let standing = Arc::new(standing);
        self.standings.insert(key, &standing, &ticket);
        Ok(standing)
    }

    /// Keeps the person `user_id` out because of `reason`, as part of `transaction`; `None` lets them in again. End
    /// their sign-ins in the same transaction. Returns `false` where nobody has that number, or nothing changed. After
    /// the transaction, whatever its outcome, call [`person_changed`](Self::person_changed).
    pub async fn disable_in(
        &self,
        transaction: &mut Transaction,
        user_id: i64,
        reason: Option<&str>,
        now_ms: i64,
    ) -> Result<bool, RecordError> {
        const DISABLE: &str =
            "UPDATE users SET disabled_at = $1, disabled_reason = $2 WHERE id = $3 AND disabled_at IS NULL";
        const ENABLE: &str = "UPDATE users SET disabled_at = NULL, disabled_reason = NULL \
                              WHERE id = $1 AND disabled_at IS NOT NULL";
        let changed = in_transaction!(transaction, |connection| {
            let change = match reason {
                Some(reason) => sqlx::query(DISABLE).bind(now_ms).bind(reason).bind(user_id),
                None => sqlx::query(ENABLE).bind(user_id),
            };
            change.execute(connection).await?.rows_affected()
        });
        self.announce_person_in(transaction, user_id).await?;
        Ok(changed > 0)
    }

    /// Whether the person `user_id` may come in, with the row locked until `transaction` is over.
    pub async fn is_enabled_in(&self, transaction: &mut Transaction, user_id: i64) -> Result<bool, RecordError> {
        const ENABLED: &str = "SELECT id FROM users WHERE id = $1 AND disabled_at IS NULL AND inactive_since IS NULL";
        let found: Option<i64> = match transaction {
            Transaction::Sqlite(transaction) => {
                sqlx::query_scalar(ENABLED).bind(user_id).fetch_optional(&mut **transaction).await?
            }
            Transaction::Postgres(transaction) => {
                let locked = format!("{ENABLED} FOR UPDATE");
                sqlx::query_scalar(&locked).bind(user_id).fetch_optional(&mut **transaction).await?
            }
        };
        Ok(found.is_some())
    }

    /// Drops what is cached about the person `user_id`, because it changed. If the database cannot tell which sign-ins
    /// are theirs, all cached sign-ins are dropped.
    pub async fn person_changed(&self, user_id: i64) {
        const LIVE: &str = "SELECT id FROM sign_ins WHERE user_id = $1 AND revoked_at IS NULL";
        self.standings.forget_all();
        let ids: Result<Vec<String>, sqlx::Error> =
            reading_on_both!(&self.db, |pool| sqlx::query_scalar(LIVE).bind(user_id).fetch_all(pool).await);
        match ids {
            Ok(ids) => ids.iter().for_each(|id| self.live.forget(id)),
            Err(error) => {
                tracing::warn!(?error, user_id, "the sign-ins of a person cannot be listed, so all are read again");
                self.live.forget_all();
            }
        }
    }
}
