//! The embedded database: one connection writes, several read, and other users of the machine cannot read its files.

use std::path::Path;
use std::str::FromStr as _;

use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous, SqliteTransactionManager,
};
use sqlx::{Connection as _, TransactionManager as _};

use super::pools::{ACQUIRE_TIMEOUT, Pools};
use super::ready::OpenedFile;
use super::{BUSY_TIMEOUT, DbError, NotReady, Pace};
use crate::private_files;

/// How many connections read.
const READERS: u32 = 4;
/// The size to which SQLite truncates the write-ahead log once it is checkpointed: 64 MiB.
const JOURNAL_LIMIT_BYTES: &str = "67108864";
/// The suffixes of a database's files.
const ENDINGS: [&str; 4] = ["", "-wal", "-shm", "-journal"];
/// Up to this size, in bytes, the start rewrites a database so that its file can shrink: that takes some seconds at
/// most.
const REWRITTEN_BYTES: i64 = 256 * 1024 * 1024;
/// How many free pages stay in the file, for new data, when it shrinks.
const KEPT_PAGES: i64 = 1_000;
/// How many pages are returned in one step.
const PAGES_AT_ONCE: i64 = 200;

pub(super) async fn open(url: &str) -> Result<Pools<SqlitePool>, DbError> {
    let options = SqliteConnectOptions::from_str(url).map_err(DbError::Connect)?;
    let path = options.get_filename().to_owned();
    // Databases in memory have names as well.
    let is_file = !path.as_os_str().is_empty() && !path.to_string_lossy().starts_with("file:");
    if is_file {
        make_private(&path).map_err(|error| DbError::Files(path.clone(), error))?;
    }
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("journal_size_limit", JOURNAL_LIMIT_BYTES)
        .busy_timeout(BUSY_TIMEOUT);
    // All connections are opened now and kept: while the disk is full or another process locks the file, none can be
    // opened.
    let pool = |connections| {
        SqlitePoolOptions::new()
            .min_connections(connections)
            .max_connections(connections)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            // Each is tested when it is returned, and nothing closes it after that. Another test would wake its thread.
            .test_before_acquire(false)
            .after_release(|connection, _| Box::pin(without_transaction(connection)))
    };
    // Setting how the file shrinks is a write, so the reading connections are opened after the writing one is done.
    let writes = options.clone().auto_vacuum(SqliteAutoVacuum::Incremental);
    let writing = pool(1).connect_with(writes).await.map_err(not_opened)?;
    let reading = pool(READERS).connect_with(options).await.map_err(not_opened)?;
    let file = if is_file { Some(OpenedFile::of(&path).map_err(|error| DbError::Files(path, error))?) } else { None };
    Ok(Pools { reading, writing, file })
}

/// Whether no transaction is open on the connection. It first ends one that only sqlx believes to be open. SQLite rolls
/// back by itself after some errors, a full disk among them (<https://www.sqlite.org/lang_transaction.html>, section
/// 3). Then sqlx's own rollback fails, and every later transaction on the connection would be a savepoint within one
/// that never ends.
async fn without_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // The rollback of a dropped transaction may still be running.
        connection.ping().await?;
    }
    if connection.is_in_transaction() && SqliteTransactionManager::rollback(&mut *connection).await.is_err() {
        sqlx::query("BEGIN").execute(&mut *connection).await?;
        SqliteTransactionManager::rollback(&mut *connection).await?;
    }
    Ok(!connection.is_in_transaction())
}

fn not_opened(error: sqlx::Error) -> DbError {
    // The lowest byte of every error code for a read-only file (`SQLITE_READONLY`).
    const READ_ONLY: i32 = 8;
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    if code.is_some_and(|code| code & 0xff == READ_ONLY) {
        return DbError::NotWritable(NotReady::NotWritten(error));
    }
    DbError::Connect(error)
}

/// Creates the file and its folder if they are missing. SQLite gives the files beside it the permissions of this one.
fn make_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
        private_files::make_folder(folder)?;
    }
    private_files::make_file(path)?;
    for ending in ENDINGS {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        private_files::close_to_others(Path::new(&beside))?;
    }
    Ok(())
}

/// Rewrites a database of an earlier version so that its file can shrink, if it is small enough to wait for.
pub(super) async fn let_it_shrink(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let number = async |pragma: &str| sqlx::query_scalar::<_, i64>(pragma).fetch_one(pool).await;
    if number("PRAGMA auto_vacuum").await? != 0 {
        return Ok(());
    }
    let bytes = number("PRAGMA page_count").await?.saturating_mul(number("PRAGMA page_size").await?);
    if bytes > REWRITTEN_BYTES {
        tracing::warn!(
            bytes,
            "the database file does not shrink: docs/BACKUPS.md says how to rewrite it once, while Rolecall is stopped"
        );
        return Ok(());
    }
    // In this order, on the one writing connection: the setting belongs to that connection until the file is rewritten.
    sqlx::query("PRAGMA auto_vacuum = INCREMENTAL").execute(pool).await?;
    sqlx::query("VACUUM").execute(pool).await?;
    Ok(())
}

/// Returns free space of the file to the file system, a few pages at a time.
pub(super) async fn shrink(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut pace = Pace::begin();
    let can_shrink: i64 = sqlx::query_scalar("PRAGMA auto_vacuum").fetch_one(pool).await?;
    let mut before = i64::MAX;
    if can_shrink == 0 {
        return Ok(());
    }
    loop {
        let free: i64 = sqlx::query_scalar("PRAGMA freelist_count").fetch_one(pool).await?;
        if free <= KEPT_PAGES || free >= before {
            return Ok(());
        }
        before = free;
        let begun = tokio::time::Instant::now();
        let pages = PAGES_AT_ONCE.min(free - KEPT_PAGES);
        sqlx::query(&format!("PRAGMA incremental_vacuum({pages})")).fetch_all(pool).await?;
        pace.rest(begun.elapsed()).await;
    }
}
