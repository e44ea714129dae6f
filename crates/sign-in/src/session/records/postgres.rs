//! Several instances on one Postgres: each hears of the records that others change.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPool};
use tokio::time::timeout;

use super::{RecordError, SignIns};
use crate::db::Db;

/// The channel on which instances tell each other of records that changed.
pub(super) const CHANGED: &str = "rolecall_sign_in_changed";

/// What is said there where something else holds of a person. No sign-in has it for an id.
pub(super) const PEOPLE_CHANGED: &str = "people";

/// How long the connection that hears of changes may be silent before it is tested, and then may take.
const HEARTBEAT: Duration = Duration::from_secs(5);

impl SignIns {
    /// `update`, which returns `id` and `user_id`, in a form that tells the other instances of each record it changes.
    pub(super) fn announced(&self, update: &str) -> String {
        match &self.db {
            Db::Sqlite(_) => update.to_owned(),
            Db::Postgres(_) => {
                format!("WITH changed AS ({update}) SELECT id, user_id, pg_notify('{CHANGED}', id) FROM changed")
            }
        }
    }

    /// Forgets what it holds in memory when another instance changes a record. Only while this runs is memory relied on at all.
    /// Does nothing on SQLite, which serves one instance.
    ///
    /// # Errors
    /// When the database does not answer, or does not deliver.
    pub async fn follow_other_instances(&self) -> Result<(), RecordError> {
        let Db::Postgres(pools) = &self.db else { return Ok(()) };
        self.live.set_trusted(false);
        let followed = self.follow(&pools.reading).await;
        self.live.set_trusted(false);
        followed
    }

    async fn follow(&self, pool: &PgPool) -> Result<(), RecordError> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANGED).await?;
        self.live.forget_all();
        self.standings.forget_all();
        self.live.set_trusted(true);
        loop {
            match timeout(HEARTBEAT, listener.try_recv()).await {
                Ok(Ok(Some(notification))) => self.heard(notification.payload()),
                // The connection was lost, and what was missed meanwhile is not known.
                Ok(Ok(None)) => return Err(RecordError::Interrupted),
                Ok(Err(error)) => return Err(error.into()),
                // A connection can be dead without saying so: it must deliver a message of our own.
                Err(_) => {
                    sqlx::query("SELECT pg_notify($1, '')").bind(CHANGED).execute(pool).await?;
                    let heard = timeout(HEARTBEAT, listener.try_recv()).await;
                    match heard.map_err(|_| RecordError::Interrupted)?? {
                        Some(notification) => self.heard(notification.payload()),
                        None => return Err(RecordError::Interrupted),
                    }
                }
            }
        }
    }

    /// Lets go of what another instance has changed.
    fn heard(&self, payload: &str) {
        if payload == PEOPLE_CHANGED {
            self.standings.forget_all();
        } else {
            self.live.forget(payload);
        }
    }
}
