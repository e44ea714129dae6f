//! The database in its two dialects: SQLite, embedded, and Postgres, for several instances.
//!
//! Queries are portable SQL with `$1` placeholders and run on either through `on_both!`. Each module holds its own SQL;
//! none is here.

mod inspect;
mod migrations;
mod notifications;
mod pace;
mod pools;
mod ready;
mod sqlite;
mod transaction;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use thiserror::Error;

pub use inspect::Schema;
pub use migrations::Migrations;
pub use notifications::Notifications;
pub use pace::Pace;
pub use pools::Pools;
pub use ready::NotReady;
pub use transaction::{BeginWriting, Transaction, in_transaction};

/// How long to wait for other writers (SQLite). On PostgreSQL writers wait as long for a lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// SQLite's result codes while another process writes (`SQLITE_BUSY`).
const SQLITE_BUSY: [&str; 4] = ["5", "261", "517", "773"];

/// PostgreSQL's codes for a transaction that it aborted in favour of another one (`serialization_failure` and
/// `deadlock_detected`), or that waited too long for a lock (`lock_not_available`).
const POSTGRES_BUSY: [&str; 3] = ["40001", "40P01", "55P03"];

/// PostgreSQL's code for a text with the character 0, which it cannot store: `character_not_in_repertoire`.
const POSTGRES_NUL: &str = "22021";

/// Connections to one database. Clones share them.
#[derive(Clone, Debug)]
pub enum Db {
    /// An embedded SQLite file.
    Sqlite(Pools<SqlitePool>),
    /// A Postgres server.
    Postgres(Pools<PgPool>),
}

/// Why the database could not be opened.
#[derive(Debug, Error)]
pub enum DbError {
    /// The address belongs to neither dialect.
    #[error("the database address must begin with sqlite: or postgres://")]
    UnknownDialect,
    /// The database file could not be created, or its permissions not restricted.
    #[error("the database file {} cannot be made or used: let this user read and write it and its folder", .0.display())]
    Files(PathBuf, #[source] io::Error),
    /// The database does not answer, or refuses.
    #[error("the database could not be opened")]
    Connect(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database could not be brought up to date")]
    Migrate(#[source] MigrateError),
    /// It is read-only, so nobody could sign in.
    #[error("the database cannot be written: is the disk full, or are file system, file or folder read-only?")]
    NotWritable(#[source] NotReady),
}

/// Whether `error` means that the database was busy: a retry in a moment helps.
pub fn is_busy(error: &(dyn std::error::Error + 'static)) -> bool {
    any_cause(error, |error| match error {
        sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| SQLITE_BUSY.contains(&&*code) || POSTGRES_BUSY.contains(&&*code))
        }
        _ => false,
    })
}

/// Whether `error` comes from a text with the character 0, which the database cannot store. The sender made the
/// mistake.
pub fn is_unstorable(error: &(dyn std::error::Error + 'static)) -> bool {
    any_cause(
        error,
        |error| matches!(error, sqlx::Error::Database(error) if error.code().is_some_and(|code| code == POSTGRES_NUL)),
    )
}

fn any_cause(error: &(dyn std::error::Error + 'static), is_meant: impl Fn(&sqlx::Error) -> bool) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|error| {
        let shared = || error.downcast_ref().map(Arc::<sqlx::Error>::as_ref);
        error.downcast_ref().or_else(shared).is_some_and(&is_meant)
    })
}

/// Runs one expression on the dialect of `$db`, with `$pool` bound to the connections that may write.
#[macro_export]
macro_rules! on_both {
    ($db:expr, |$pool:ident| $body:expr) => {
        match $db {
            $crate::db::Db::Sqlite(pools) => {
                let $pool = &pools.writing;
                $body
            }
            $crate::db::Db::Postgres(pools) => {
                let $pool = &pools.writing;
                $body
            }
        }
    };
}
pub use crate::on_both;

/// The same with the connections that only read.
#[macro_export]
macro_rules! reading_on_both {
    ($db:expr, |$pool:ident| $body:expr) => {
        match $db {
            $crate::db::Db::Sqlite(pools) => {
                let $pool = &pools.reading;
                $body
            }
            $crate::db::Db::Postgres(pools) => {
                let $pool = &pools.reading;
                $body
            }
        }
    };
}
pub use crate::{in_batches, reading_on_both};

impl Db {
    /// Opens the database at `url` and brings its schema up to date with `migrations`. A SQLite file is made where
    /// there is none.
    ///
    /// # Errors
    /// When the address is of no known dialect, the database does not answer, or a migration fails.
    pub async fn open(url: &str, migrations: &Migrations) -> Result<Self, DbError> {
        let db = if url.starts_with("sqlite:") {
            Self::Sqlite(sqlite::open(url).await?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::Postgres(pools::open_postgres(url).await?)
        } else {
            return Err(DbError::UnknownDialect);
        };
        migrations.run(&db).await.map_err(DbError::Migrate)?;
        db.write_a_row().await.map_err(DbError::NotWritable)?;
        if let Self::Sqlite(pools) = &db {
            sqlite::let_it_shrink(&pools.writing).await.map_err(DbError::Connect)?;
        }
        Ok(db)
    }

    /// Returns free space of a SQLite file to the file system, a little at a time.
    ///
    /// # Errors
    /// When the database does not answer; the next run does the rest.
    pub async fn shrink(&self) -> Result<(), sqlx::Error> {
        let Self::Sqlite(pools) = self else { return Ok(()) };
        sqlite::shrink(&pools.writing).await
    }

    /// Checks that the database answers.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        reading_on_both!(self, |pool| sqlx::query("SELECT 1").execute(pool).await.map(|_| ()))
    }

    /// Closes every connection once it is idle.
    pub async fn close(&self) {
        reading_on_both!(self, |pool| pool.close().await);
        on_both!(self, |pool| pool.close().await);
    }
}
