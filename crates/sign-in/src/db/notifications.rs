//! Messages between instances on one Postgres (`NOTIFY`).

use std::time::Duration;

use sqlx::postgres::{PgListener, PgNotification, PgPool};
use tokio::time::timeout;

/// How long the connection may be silent before it is tested, and how long the test may take.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Messages on one channel, received on a connection of their own.
pub struct Notifications {
    channel: &'static str,
    listener: PgListener,
}

impl Notifications {
    /// Subscribes to `channel` on a connection of `pool`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn on(pool: &PgPool, channel: &'static str) -> Result<Self, sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(channel).await?;
        Ok(Self { channel, listener })
    }

    /// The next message that is not a test. `None`: the connection was lost or delivers nothing, and messages may have
    /// been missed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn next(&mut self) -> Result<Option<String>, sqlx::Error> {
        loop {
            let mut received = timeout(HEARTBEAT, self.listener.try_recv()).await;
            if received.is_err() {
                // A dead connection can look alive. To test it, a message sent on this very connection must come back,
                // so the test does not depend on other connections of the pool.
                received = timeout(HEARTBEAT, self.test_connection()).await;
            }
            let Ok(received) = received else { return Ok(None) };
            match received? {
                Some(test) if test.payload().is_empty() => {}
                received => return Ok(received.map(|notification| notification.payload().to_owned())),
            }
        }
    }

    async fn test_connection(&mut self) -> Result<Option<PgNotification>, sqlx::Error> {
        sqlx::query("SELECT pg_notify($1, '')").bind(self.channel).execute(&mut self.listener).await?;
        self.listener.try_recv().await
    }
}
