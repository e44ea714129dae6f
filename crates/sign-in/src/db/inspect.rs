//! Inspecting a database without changing it, even while another process works with it.

use std::str::FromStr as _;

use sqlx::Row as _;
use sqlx::migrate::Migration;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::pools::{Pools, open_postgres};
use super::{BUSY_TIMEOUT, BeginWriting as _, Db, DbError, Migrations, on_both};

/// How the schema of a database compares with the one that this program knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// How many migrations have been applied.
    pub applied: usize,
    /// Migrations that the next start will apply, by number.
    pub pending: Vec<i64>,
    /// Migrations that this program does not know: a newer version applied them.
    pub unknown: Vec<i64>,
    /// Migrations that failed, or that differ from the ones that this program knows.
    pub broken: Vec<i64>,
}

impl Db {
    /// Opens the database at `url` as it is; `None` where that is a SQLite file which is not there yet.
    ///
    /// # Errors
    /// When the address is of no known dialect, or the database does not answer.
    pub async fn inspect(url: &str) -> Result<Option<Self>, DbError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Some(Self::Postgres(open_postgres(url).await?)));
        }
        if !url.starts_with("sqlite:") {
            return Err(DbError::UnknownDialect);
        }
        let options = SqliteConnectOptions::from_str(url).map_err(DbError::Connect)?;
        if !options.get_filename().exists() {
            return Ok(None);
        }
        let options = options.create_if_missing(false).busy_timeout(BUSY_TIMEOUT);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(DbError::Connect)?;
        Ok(Some(Self::Sqlite(Pools { reading: pool.clone(), writing: pool, file: None })))
    }

    /// How large it is, in bytes.
    pub async fn size(&self) -> Result<u64, sqlx::Error> {
        const SQLITE: &str = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
        const POSTGRES: &str = "SELECT pg_database_size(current_database())";
        let size: i64 = match self {
            Self::Sqlite(pools) => sqlx::query_scalar(SQLITE).fetch_one(&pools.reading).await?,
            Self::Postgres(pools) => sqlx::query_scalar(POSTGRES).fetch_one(&pools.reading).await?,
        };
        Ok(size.unsigned_abs())
    }

    /// How its schema compares with `migrations`.
    pub async fn schema(&self, migrations: &Migrations) -> Result<Schema, sqlx::Error> {
        const APPLIED: &str = "SELECT version, success, checksum FROM _sqlx_migrations ORDER BY version";
        let rows: Result<Vec<Applied>, sqlx::Error> = on_both!(self, |pool| {
            sqlx::query(APPLIED).fetch_all(pool).await.and_then(|rows| {
                let read = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)));
                read.collect()
            })
        });
        let applied = match rows {
            Err(error) if is_no_table(&error) => Vec::new(),
            rows => rows?,
        };
        Ok(compare(&applied, migrations.of(self)))
    }

    /// Takes the write lock, and releases it without having written.
    ///
    /// # Errors
    /// When writing is not allowed, or not possible within five seconds.
    pub async fn try_writing(&self) -> Result<(), sqlx::Error> {
        const NOTHING: [&str; 2] =
            ["UPDATE sign_ins SET version = version WHERE 1 = 0", "DELETE FROM used_attempts WHERE 1 = 0"];
        on_both!(self, |pool| {
            let mut transaction = pool.begin_writing().await?;
            for statement in NOTHING {
                sqlx::query(statement).execute(&mut *transaction).await?;
            }
            transaction.rollback().await
        })
    }
}

/// Number, success and checksum of a migration that was run.
type Applied = (i64, bool, Vec<u8>);

/// Whether the table is missing: no migration was ever applied.
fn is_no_table(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else { return false };
    error.code().as_deref() == Some("42P01") || error.message().contains("no such table")
}

fn compare(applied: &[Applied], known: &[Migration]) -> Schema {
    let mut schema = Schema::default();
    for (version, success, checksum) in applied {
        match known.iter().find(|migration| migration.version == *version) {
            None => schema.unknown.push(*version),
            Some(migration) if !success || migration.checksum[..] != checksum[..] => schema.broken.push(*version),
            Some(_) => schema.applied += 1,
        }
    }
    let is_pending = |version: &i64| !applied.iter().any(|(of, ..)| of == version);
    schema.pending = known.iter().map(|migration| migration.version).filter(is_pending).collect();
    schema
}
