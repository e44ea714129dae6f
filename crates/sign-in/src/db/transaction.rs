//! A transaction on either dialect, for changes that several modules make together.

use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Postgres, Sqlite};

use super::Db;

/// A transaction that has begun. Dropped without [`commit`](Self::commit), it changes nothing.
pub enum Transaction {
    /// On SQLite, where it blocks all other writers.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// On Postgres.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// Runs one expression on the dialect of `$transaction`, with `$connection` bound to its connection.
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

/// Connections on which a transaction that writes can begin.
pub trait BeginWriting {
    /// Their dialect.
    type Dialect: sqlx::Database;

    /// Begins the transaction. SQLite takes the write lock right away: a transaction that first reads and then writes
    /// would fail if another process has written in between, and would not wait for one that is writing.
    ///
    /// # Errors
    /// When the database does not answer, or is busy.
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
    /// Begins a transaction that will write.
    ///
    /// # Errors
    /// When the database does not answer, or is busy.
    pub async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pools) => Transaction::Sqlite(pools.writing.begin_writing().await?),
            Self::Postgres(pools) => Transaction::Postgres(pools.writing.begin_writing().await?),
        })
    }
}

impl Transaction {
    /// Commits the transaction.
    ///
    /// # Errors
    /// When the database does not answer. Then nobody knows whether it was committed.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        }
    }
}
