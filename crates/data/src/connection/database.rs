//! An external database, and the limits of reading from it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rolecall_model::data::{Cell, DataColumn};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use super::address::Address;
use super::error::ConnectionError;
use super::permissions::Permissions;
use super::reading::{Piece, Reading};
use super::{postgres, sqlite, statement};
use crate::RowWriter;
use crate::import::{Converted, Limits};

/// The number of statements that run on one database at the same time.
const AT_ONCE: usize = 2;
/// The number of rows in the channel between reader and consumer.
const WAITING: usize = 64;

/// The limits of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatabaseLimits {
    /// The maximum number of rows.
    pub max_rows: u64,
    /// The time limit up to the last row.
    pub timeout: Duration,
}

/// An external database. Clones share its limits. Nothing is opened before it is needed, and each statement has its own
/// connection, so that no state is left from an earlier one.
#[derive(Clone, Debug)]
pub struct Database {
    address: Address,
    limits: DatabaseLimits,
    max_columns: usize,
    /// Paths that are never read: Rolecall's own folder and database.
    own: Arc<[PathBuf]>,
    turns: Arc<Semaphore>,
}

/// The first rows of a result.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The columns of the result.
    pub columns: Vec<DataColumn>,
    /// Its first rows.
    pub rows: Vec<Vec<Cell>>,
    /// The columns in which numbers lost digits.
    pub rounded: Vec<String>,
}

/// A result that was written to a file.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The file.
    pub written: Converted,
    /// The columns in which numbers lost digits.
    pub rounded: Vec<String>,
}

impl Database {
    /// The database at `address`. A SQLite file is not read if it is one of `own` or inside of one of these folders.
    #[must_use]
    pub fn new(address: Address, limits: DatabaseLimits, own: Vec<PathBuf>) -> Self {
        let max_columns = Limits::default().columns;
        Self { address, limits, max_columns, own: own.into(), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The same for data sets of at most `columns` columns; the default is the limit for files.
    #[must_use]
    pub fn with_max_columns(self, max_columns: usize) -> Self {
        Self { max_columns, ..self }
    }

    /// Its address.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// Its limits.
    #[must_use]
    pub const fn limits(&self) -> DatabaseLimits {
        self.limits
    }

    /// The first `rows` rows of the result of `statement`.
    ///
    /// # Errors
    /// [`ConnectionError`].
    pub async fn preview(&self, statement: &str, rows: u64) -> Result<Preview, ConnectionError> {
        let (to, mut pieces) = mpsc::channel(WAITING);
        let reading = Reading::new(to, self.limits.max_rows, self.max_columns).up_to(rows);
        let taking = async move {
            let (mut columns, mut taken) = (Vec::new(), Vec::new());
            while let Some(piece) = pieces.recv().await {
                match piece {
                    Piece::Columns(found) => columns = found,
                    Piece::Row(row) => taken.push(row),
                }
            }
            (columns, taken)
        };
        let (rounded, (columns, rows)) = tokio::join!(self.run(statement, reading), taking);
        Ok(Preview { columns, rows, rounded: rounded? })
    }

    /// Writes the result of `statement` to the new Parquet file `into`. If columns are `known`, the file has exactly
    /// these, in their order.
    ///
    /// # Errors
    /// [`ConnectionError`]. The file is then missing or incomplete, and must not be read.
    pub async fn snapshot(
        &self,
        statement: &str,
        known: Option<&[DataColumn]>,
        into: &Path,
    ) -> Result<Snapshot, ConnectionError> {
        let (to, pieces) = mpsc::channel(WAITING);
        let reading = Reading::new(to, self.limits.max_rows, self.max_columns).of(known);
        let into = into.to_owned();
        let writing = tokio::task::spawn_blocking(move || write(pieces, &into));
        let rounded = self.run(statement, reading).await;
        let written = writing.await.map_err(|_| ConnectionError::Ended)?;
        let rounded = rounded?;
        Ok(Snapshot { written: written?, rounded })
    }

    /// What the account may do in the database beyond reading.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn permissions(&self) -> Result<Permissions, ConnectionError> {
        let asked = async {
            match &self.address {
                Address::Postgres(options) => postgres::permissions(options).await,
                Address::Sqlite(path) => sqlite::permissions(path, &self.own).await,
            }
        };
        timeout(self.limits.timeout, asked).await.unwrap_or(Err(ConnectionError::TooSlow(self.limits.timeout)))
    }

    /// Runs `statement`, and returns the columns in which numbers lost digits.
    async fn run(&self, statement: &str, reading: Reading) -> Result<Vec<String>, ConnectionError> {
        statement::check(statement)?;
        let limit = self.limits.timeout;
        // Waiting for a place does not count against the time limit. Every statement before this one is limited, so a
        // place becomes free.
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| ConnectionError::Ended)?;
        let running = async {
            match &self.address {
                Address::Postgres(options) => postgres::read(options, statement, limit, reading).await,
                Address::Sqlite(path) => sqlite::read(path, &self.own, statement, reading, turn).await,
            }
        };
        timeout(limit, running).await.unwrap_or(Err(ConnectionError::TooSlow(limit)))
    }
}

/// Writes the received rows to the new file `into`.
fn write(mut pieces: mpsc::Receiver<Piece>, into: &Path) -> Result<Converted, ConnectionError> {
    let mut writer = None;
    while let Some(piece) = pieces.blocking_recv() {
        match (piece, &mut writer) {
            (Piece::Columns(columns), _) => writer = Some(RowWriter::create(into, columns)?),
            (Piece::Row(row), Some(writer)) => writer.push(row)?,
            (Piece::Row(_), None) => return Err(ConnectionError::Ended),
        }
    }
    Ok(writer.ok_or(ConnectionError::Ended)?.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_open_file_counts_even_after_its_caller_has_left() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("locked.sqlite3");
        let owner = rusqlite::Connection::open(&file).unwrap();
        owner.execute_batch("CREATE TABLE t (a INTEGER); BEGIN EXCLUSIVE").unwrap();
        let address = format!("sqlite:{}", file.display()).parse().unwrap();
        let limits = DatabaseLimits { max_rows: 1, timeout: Duration::from_millis(50) };
        let database = Database::new(address, limits, Vec::new());
        for _ in 0..AT_ONCE {
            let (to, _rows) = mpsc::channel(WAITING);
            let reading = Reading::new(to, limits.max_rows, database.max_columns);
            assert!(matches!(database.run("SELECT a FROM t", reading).await, Err(ConnectionError::TooSlow(_))));
        }
        // SQLite still waits for the lock and has both files open.
        assert_eq!(database.turns.available_permits(), 0);
        drop(owner);
        drop(database.turns.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap());
    }
}
