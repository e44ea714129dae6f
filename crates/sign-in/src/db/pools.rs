//! Connections to one database: some read and some write, so that neither kind has to wait for the other.

use std::time::Duration;

use sqlx::Executor as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::DbError;
use super::ready::OpenedFile;

/// How long to wait for a connection. After that the request fails.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// How many connections to Postgres read, and how many write.
const OF_EACH: u32 = 8;
/// How transactions see concurrent changes: one that waited for a row continues with its current content. At the
/// stricter levels, which can be a database's default, it would fail.
const READ_COMMITTED: &str = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED";
/// How long a statement that writes waits for a lock of another transaction, such as that of a stuck instance or of an
/// open `psql`, until it fails as [busy](super::is_busy): as long as on SQLite ([`BUSY_TIMEOUT`](super::BUSY_TIMEOUT)).
/// By default PostgreSQL would wait for ever, and the connection with it.
const LOCK_TIMEOUT: &str = "SET lock_timeout = '5s'";

/// The connections of one dialect.
#[derive(Clone, Debug)]
pub struct Pools<P> {
    /// Connections for reading; also for migrations on PostgreSQL, since they wait for locks without limit.
    pub reading: P,
    /// Connections for writing; also for reads that must see the latest change of another instance. They wait for
    /// locks only for a limited time.
    pub writing: P,
    /// The file that was opened, for SQLite.
    pub(super) file: Option<OpenedFile>,
}

pub(super) async fn open_postgres(url: &str) -> Result<Pools<PgPool>, DbError> {
    let options: PgConnectOptions = url.parse().map_err(DbError::Connect)?;
    let pool = |lock_timeout: Option<&'static str>| {
        let pool = PgPoolOptions::new().max_connections(OF_EACH).acquire_timeout(ACQUIRE_TIMEOUT);
        pool.after_connect(move |connection, _| {
            Box::pin(async move {
                connection.execute(READ_COMMITTED).await?;
                if let Some(lock_timeout) = lock_timeout {
                    connection.execute(lock_timeout).await?;
                }
                Ok(())
            })
        })
    };
    let writing = pool(Some(LOCK_TIMEOUT)).connect_with(options.clone()).await.map_err(DbError::Connect)?;
    let reading = pool(None).connect_with(options).await.map_err(DbError::Connect)?;
    Ok(Pools { reading, writing, file: None })
}
