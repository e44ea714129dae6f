//! Several instances on one Postgres: each is notified of records that others change.

use sqlx::postgres::PgPool;

use super::{RecordError, SignIns};
use crate::db::{Db, Notifications, Transaction};

/// The channel for notifications about changed records.
const CHANGED: &str = "rolecall_sign_in_changed";

/// The content of a notification about a changed person. No sign-in has this id.
const PEOPLE_CHANGED: &str = "people";

impl SignIns {
    /// Wraps `update`, which returns `id` and `user_id`, so that it notifies the other instances of each changed
    /// record.
    pub(super) fn announced(&self, update: &str) -> String {
        match &self.db {
            Db::Sqlite(_) => update.to_owned(),
            Db::Postgres(_) => {
                format!("WITH changed AS ({update}) SELECT id, user_id, pg_notify('{CHANGED}', id) FROM changed")
            }
        }
    }

    /// Notifies the other instances, once `transaction` is committed, that the person `user_id` changed.
    pub async fn announce_person_in(&self, transaction: &mut Transaction, user_id: i64) -> Result<(), RecordError> {
        const SIGN_INS: &str = "SELECT pg_notify($1, id) FROM sign_ins WHERE user_id = $2 AND revoked_at IS NULL";
        const PEOPLE: &str = "SELECT pg_notify($1, $2)";
        if let Transaction::Postgres(transaction) = transaction {
            let sign_ins = sqlx::query(SIGN_INS).bind(CHANGED).bind(user_id);
            sign_ins.fetch_all(&mut **transaction).await?;
            sqlx::query(PEOPLE).bind(CHANGED).bind(PEOPLE_CHANGED).execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// Drops cached records when another instance changes them. The cache is used only while this runs. It does nothing
    /// on SQLite, which serves one instance.
    ///
    /// # Errors
    /// When the database does not answer, or does not deliver notifications.
    pub async fn follow_other_instances(&self) -> Result<(), RecordError> {
        let Db::Postgres(pools) = &self.db else { return Ok(()) };
        self.live.set_trusted(false);
        let followed = self.follow(&pools.reading).await;
        self.live.set_trusted(false);
        followed
    }

    async fn follow(&self, pool: &PgPool) -> Result<(), RecordError> {
        let mut notifications = Notifications::on(pool, CHANGED).await?;
        self.live.forget_all();
        self.standings.forget_all();
        self.live.set_trusted(true);
        while let Some(payload) = notifications.next().await? {
            self.forget_changed(&payload);
        }
        Err(RecordError::Interrupted)
    }

    /// Drops what another instance has changed from the cache.
    fn forget_changed(&self, payload: &str) {
        if payload == PEOPLE_CHANGED {
            self.standings.forget_all();
        } else {
            self.live.forget(payload);
        }
    }
}
