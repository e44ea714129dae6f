//! A database and what may be read of it.

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

/// How many statements run on one database at the same time.
const AT_ONCE: usize = 2;
/// How many rows wait to be taken.
const WAITING: usize = 64;

/// How much may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatabaseLimits {
    /// Rows of an answer.
    pub max_rows: u64,
    /// How long an answer may take, to its last row.
    pub timeout: Duration,
}

/// An external database. Clones share its limits. Nothing is opened before it is needed: each statement has a connection of its
/// own, so that none finds what another one left.
#[derive(Clone, Debug)]
pub struct Database {
    address: Address,
    limits: DatabaseLimits,
    max_columns: usize,
    /// What is never read as a file: Rolecall's own folder and database.
    own: Arc<[PathBuf]>,
    turns: Arc<Semaphore>,
}

/// The first rows of an answer.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The columns that the statement answers.
    pub columns: Vec<DataColumn>,
    /// Its first rows.
    pub rows: Vec<Vec<Cell>>,
    /// Columns in which numbers lost digits.
    pub rounded: Vec<String>,
}

/// An answer that was written to a file.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// What was written.
    pub written: Converted,
    /// Columns in which numbers lost digits.
    pub rounded: Vec<String>,
}

impl Database {
    /// The database at `address`. Files in one of `own`, or one of these files, are not read.
    #[must_use]
    pub fn new(address: Address, limits: DatabaseLimits, own: Vec<PathBuf>) -> Self {
        let max_columns = Limits::default().columns;
        Self { address, limits, max_columns, own: own.into(), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The same for data sets of at most so many columns; otherwise as many as files may have.
    #[must_use]
    pub fn with_max_columns(self, max_columns: usize) -> Self {
        Self { max_columns, ..self }
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// How much may be read.
    #[must_use]
    pub const fn limits(&self) -> DatabaseLimits {
        self.limits
    }

    /// The first `rows` of what `statement` answers.
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

    /// Writes what `statement` answers to the new Parquet file `into`. Where columns are `known`, it has these, in their order.
    ///
    /// # Errors
    /// [`ConnectionError`]. Then there is no file, or nobody should read it.
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

    /// What the account may do there, beyond reading.
    ///
    /// # Errors
    /// Where it cannot be reached.
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
        // Waiting for others is not the database's time. Each of them is limited, so it ends.
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

/// Writes what comes to the new file `into`.
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
    async fn a_file_that_is_still_open_counts_although_nobody_waits_for_it() {
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
        // SQLite still waits for the lock, with both files open.
        assert_eq!(database.turns.available_permits(), 0);
        drop(owner);
        drop(database.turns.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap());
    }
}
