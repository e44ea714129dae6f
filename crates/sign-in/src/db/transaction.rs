//! A transaction on either dialect, for changes that several subjects make together.

use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Postgres, Sqlite};

use super::Db;

/// A transaction that has begun. Dropped without [`commit`](Self::commit), it changes nothing.
pub enum Transaction {
    /// On SQLite, where it keeps everybody else from writing.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// On Postgres.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// Runs one expression on whichever dialect `$transaction` is of, with `$connection` bound to its connection.
#[macro_export]
macro_rules! in_transaction {
    ($transaction:expr, |$connection:ident| $body:expr) => {
        match $transaction {
            $crate::db::Transaction::Sqlite(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
            $crate::db::Transaction::Postgres(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
        }
    };
}
pub use crate::in_transaction;

/// Connections on which a transaction begins that will change something.
pub trait BeginWriting {
    /// Their dialect.
    type Dialect: sqlx::Database;

    /// Begins it. SQLite takes its lock at once: a transaction that first reads and then writes would fail where another process has
    /// written in between, and would not wait for one that writes now.
    ///
    /// # Errors
    /// When the database does not answer, or has no time.
    fn begin_writing(
        &self,
    ) -> impl Future<Output = Result<sqlx::Transaction<'static, Self::Dialect>, sqlx::Error>> + Send;
}

impl BeginWriting for SqlitePool {
    type Dialect = Sqlite;

    async fn begin_writing(&self) -> Result<sqlx::Transaction<'static, Sqlite>, sqlx::Error> {
        self.begin_with("BEGIN IMMEDIATE").await
    }
}

impl BeginWriting for PgPool {
    type Dialect = Postgres;

    async fn begin_writing(&self) -> Result<sqlx::Transaction<'static, Postgres>, sqlx::Error> {
        self.begin().await
    }
}

impl Db {
    /// Begins a transaction that will change something.
    ///
    /// # Errors
    /// When the database does not answer, or has no time.
    pub async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pools) => Transaction::Sqlite(pools.writing.begin_writing().await?),
            Self::Postgres(pools) => Transaction::Postgres(pools.writing.begin_writing().await?),
        })
    }
}

impl Transaction {
    /// Puts everything in force that was done in it.
    ///
    /// # Errors
    /// When the database does not answer. Whether it is in force is not known then.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        }
    }
}
