//! What instances on one Postgres tell each other (`NOTIFY`).

use std::time::Duration;

use sqlx::postgres::{PgListener, PgNotification, PgPool};
use tokio::time::timeout;

/// How long the connection that hears may be silent before it is tested, and then may take.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// What is said on one channel, heard on a connection that is kept for it.
pub struct Notifications {
    channel: &'static str,
    listener: PgListener,
}

impl Notifications {
    /// Those on `channel`, from now on, heard on a connection of `pool`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn on(pool: &PgPool, channel: &'static str) -> Result<Self, sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(channel).await?;
        Ok(Self { channel, listener })
    }

    /// The next one that says something. `None`: the connection was lost or delivers nothing, and what was missed is not known.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn next(&mut self) -> Result<Option<String>, sqlx::Error> {
        loop {
            let mut heard = timeout(HEARTBEAT, self.listener.try_recv()).await;
            if heard.is_err() {
                // A connection can be dead without saying so: it must deliver a message of our own, sent on itself, so that the test
                // does not depend on others of the pool.
                heard = timeout(HEARTBEAT, self.hear_ourselves()).await;
            }
            let Ok(heard) = heard else { return Ok(None) };
            match heard? {
                Some(test) if test.payload().is_empty() => {}
                heard => return Ok(heard.map(|notification| notification.payload().to_owned())),
            }
        }
    }

    async fn hear_ourselves(&mut self) -> Result<Option<PgNotification>, sqlx::Error> {
        sqlx::query("SELECT pg_notify($1, '')").bind(self.channel).execute(&mut self.listener).await?;
        self.listener.try_recv().await
    }
}
