//! The database in its two dialects: SQLite, embedded, and Postgres, for several instances.
//!
//! Queries are portable SQL with `$1` placeholders and run on either through `on_both!`. The SQL of a subject lives
//! with the subject, not here.

mod look;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use thiserror::Error;

pub use look::Schema;

/// How long to wait for others who write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// A pool of connections to one database. Clones share it.
#[derive(Clone, Debug)]
pub enum Db {
    /// An embedded SQLite file.
    Sqlite(SqlitePool),
    /// A Postgres server.
    Postgres(PgPool),
}

/// Why the database could not be opened.
#[derive(Debug, Error)]
pub enum DbError {
    /// The address names neither dialect.
    #[error("the database address must begin with sqlite: or postgres://")]
    UnknownDialect,
    /// The folder of the database file could not be made.
    #[error("the folder of the database could not be made")]
    Folder(#[source] std::io::Error),
    /// The database does not answer, or refuses.
    #[error("the database could not be opened")]
    Connect(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database could not be brought up to date")]
    Migrate(#[source] MigrateError),
}

/// Runs one expression on whichever dialect `$db` is, with `$pool` bound to its pool.
macro_rules! on_both {
    ($db:expr, |$pool:ident| $body:expr) => {
        match $db {
            $crate::db::Db::Sqlite($pool) => $body,
            $crate::db::Db::Postgres($pool) => $body,
        }
    };
}
pub(crate) use on_both;

/// How many rows one statement of [`in_batches!`] changes at most.
pub(crate) const BATCH: i64 = 200;
/// How long others have the database to themselves between two such statements.
pub(crate) const PAUSE: Duration = Duration::from_millis(20);

/// Runs one query on whichever dialect `$db` is, telling it in its last placeholder how many rows to change at most,
/// until none are left. However many there are, nobody else waits for longer than a few of them take.
macro_rules! in_batches {
    ($db:expr, $query:expr) => {
        loop {
            let query_changed =
                $crate::db::on_both!($db, |pool| $query.bind($crate::db::BATCH).execute(pool).await?.rows_affected());
            if query_changed < $crate::db::BATCH.unsigned_abs() {
                break;
            }
            tokio::time::sleep($crate::db::PAUSE).await;
        }
    };
}
pub(crate) use in_batches;

impl Db {
    /// Opens the database at `url` and brings its schema up to date. A SQLite file is made where there is none.
    ///
    /// # Errors
    /// When the address is of no known dialect, the database does not answer, or a migration fails.
    pub async fn open(url: &str) -> Result<Self, DbError> {
        let db = if url.starts_with("sqlite:") {
            Self::Sqlite(open_sqlite(url).await?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::Postgres(open_postgres(url).await?)
        } else {
            return Err(DbError::UnknownDialect);
        };
        match &db {
            Self::Sqlite(pool) => SQLITE_MIGRATIONS.run(pool).await,
            Self::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await,
        }
        .map_err(DbError::Migrate)?;
        Ok(db)
    }

    /// Asks the database for nothing but an answer.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        on_both!(self, |pool| sqlx::query("SELECT 1").execute(pool).await.map(|_| ()))
    }

    /// Closes every connection once it is idle.
    pub async fn close(&self) {
        on_both!(self, |pool| pool.close().await);
    }
}

async fn open_sqlite(url: &str) -> Result<SqlitePool, DbError> {
    let options = SqliteConnectOptions::from_str(url).map_err(DbError::Connect)?;
    if let Some(folder) = options.get_filename().parent().filter(|folder| *folder != Path::new("")) {
        std::fs::create_dir_all(folder).map_err(DbError::Folder)?;
    }
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT);
    SqlitePoolOptions::new().max_connections(4).connect_with(options).await.map_err(DbError::Connect)
}

async fn open_postgres(url: &str) -> Result<PgPool, DbError> {
    let options = PgConnectOptions::from_str(url).map_err(DbError::Connect)?;
    PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options)
        .await
        .map_err(DbError::Connect)
}
