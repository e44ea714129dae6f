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

/// The connections of one dialect.
#[derive(Clone, Debug)]
pub struct Pools<P> {
    /// Connections for reading.
    pub reading: P,
    /// Connections for writing; also for reads that must see the latest change of another instance.
    pub writing: P,
    /// The file that was opened, for SQLite.
    pub(super) file: Option<OpenedFile>,
}

pub(super) async fn open_postgres(url: &str) -> Result<Pools<PgPool>, DbError> {
    let options: PgConnectOptions = url.parse().map_err(DbError::Connect)?;
    let pool = || {
        let pool = PgPoolOptions::new().max_connections(OF_EACH).acquire_timeout(ACQUIRE_TIMEOUT);
        pool.after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute(READ_COMMITTED).await?;
                Ok(())
            })
        })
    };
    let writing = pool().connect_with(options.clone()).await.map_err(DbError::Connect)?;
    let reading = pool().connect_with(options).await.map_err(DbError::Connect)?;
    Ok(Pools { reading, writing, file: None })
}
