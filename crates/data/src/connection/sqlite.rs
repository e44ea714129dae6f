//! Reading from a SQLite file. Whatever the statement says, it can only read tables of that file.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rolecall_model::data::{ColumnType, DataColumn};
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Batch, Connection, Error, ErrorCode, OpenFlags, Row, Statement};
use tokio::sync::OwnedSemaphorePermit;

use super::error::{ConnectionError, StatementPlace};
use super::permissions::Permissions;
use super::reading::{More, Reading};
use super::sqlite_types::{SeenTypes, advice, cell, declared_type};

/// How long to wait while another process writes.
const BUSY: Duration = Duration::from_secs(5);
/// The number of SQLite's virtual machine steps between two checks whether the caller still waits.
const STEPS: i32 = 10_000;
/// The maximum size of a value in bytes, intermediate values included.
const LONGEST_VALUE: i32 = 64 << 20;
/// Functions that a SELECT does not need: they load code, or read and write files.
const CLOSED_FUNCTIONS: [&str; 5] = ["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"];

/// Sends the result of `statement` to `reading`. Returns the columns in which numbers lost digits; SQLite has none. The
/// `turn` is held until the file is closed, even if the caller leaves earlier.
///
/// # Errors
/// [`ConnectionError`].
pub(super) async fn read(
    path: &Path,
    own: &[PathBuf],
    statement: &str,
    reading: Reading,
    turn: OwnedSemaphorePermit,
) -> Result<Vec<String>, ConnectionError> {
    let (path, own, statement) = (path.to_owned(), own.to_vec(), statement.to_owned());
    let waiting = Waiting::default();
    let is_over = Arc::clone(&waiting.is_over);
    let read = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let connection = open(&path, &own, is_over)?;
        answer(&connection, &statement, reading)
    });
    read.await.unwrap_or(Err(ConnectionError::Ended))
}

/// Checks that the file can be opened and read. It has no permissions beyond that, since it is opened read-only.
///
/// # Errors
/// [`ConnectionError`].
pub(super) async fn permissions(path: &Path, own: &[PathBuf]) -> Result<Permissions, ConnectionError> {
    const TABLES: &str = "SELECT count(*) FROM sqlite_schema";
    let (path, own) = (path.to_owned(), own.to_vec());
    let asked = tokio::task::spawn_blocking(move || {
        let connection = open(&path, &own, Arc::default())?;
        connection.query_row(TABLES, [], |_| Ok(())).map_err(|error| connection_error(&error, TABLES))
    });
    asked.await.unwrap_or(Err(ConnectionError::Ended))?;
    Ok(Permissions::default())
}

/// A caller that waits for a result. Dropping it ends the statement.
#[derive(Default)]
struct Waiting {
    is_over: Arc<AtomicBool>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Opens the database in the file `path` for reading, until `is_over` is set.
fn open(path: &Path, own: &[PathBuf], is_over: Arc<AtomicBool>) -> Result<Connection, ConnectionError> {
    let unreachable = |error: std::io::Error| ConnectionError::Unreachable(format!("{}: {error}", path.display()));
    let path = path.canonicalize().map_err(unreachable)?;
    if is_own(&path, &path.metadata().map_err(unreachable)?, own) {
        return Err(ConnectionError::OwnFile);
    }
    let connection_error = |error: Error| connection_error(&error, "");
    // Without SQLITE_OPEN_URI, a name is always a plain path.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&path, flags).map_err(connection_error)?;
    connection.busy_timeout(BUSY).map_err(connection_error)?;
    connection.pragma_update(None, "query_only", true).map_err(connection_error)?;
    // Views and indexes in the file may not call functions with side effects.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false).map_err(connection_error)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(connection_error)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0);
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE);
    connection.progress_handler(STEPS, Some(move || is_over.load(Ordering::Relaxed)));
    connection.authorizer(Some(|asked: AuthContext<'_>| judged(asked.action)));
    Ok(connection)
}

/// Whether the file at `path` is one of `own` (under any name) or inside of one of these folders.
fn is_own(path: &Path, file: &Metadata, own: &[PathBuf]) -> bool {
    own.iter().any(|own| {
        let is_same = own.metadata().is_ok_and(|own| (own.dev(), own.ino()) == (file.dev(), file.ino()));
        is_same || own.canonicalize().is_ok_and(|own| path.starts_with(own))
    })
}

/// Decides what a statement may do. SQLite asks while compiling it, so a denied action never starts.
fn judged(action: AuthAction<'_>) -> Authorization {
    let is_open = match action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => true,
        AuthAction::Function { function_name } => {
            !CLOSED_FUNCTIONS.iter().any(|closed| closed.eq_ignore_ascii_case(function_name))
        }
        // Full-text search uses this pragma to see whether its index has changed.
        AuthAction::Pragma { pragma_name, pragma_value: None } => pragma_name.eq_ignore_ascii_case("data_version"),
        _ => false,
    };
    if is_open { Authorization::Allow } else { Authorization::Deny }
}

fn answer(connection: &Connection, statement: &str, mut reading: Reading) -> Result<Vec<String>, ConnectionError> {
    let connection_error = |error: Error| connection_error(&error, statement);
    let mut batch = Batch::new(connection, statement);
    let mut prepared = batch.next().map_err(connection_error)?.ok_or(ConnectionError::NotASelect)?;
    // White space, comments and semicolons after the statement are allowed.
    if !matches!(batch.next(), Ok(None)) {
        return Err(ConnectionError::NotASelect);
    }
    if prepared.parameter_count() > 0 {
        return Err(ConnectionError::Parameters);
    }
    let columns = columns(&mut prepared, statement, &reading)?;
    reading.begin(columns)?;
    if reading.send_columns_blocking() == More::Enough {
        return Ok(Vec::new());
    }
    let mut rows = prepared.query([]).map_err(connection_error)?;
    while let Some(row) = rows.next().map_err(connection_error)? {
        let cells = cells(row, &reading)?;
        if reading.send_blocking(cells)? == More::Enough {
            break;
        }
    }
    Ok(reading.into_rounded())
}

/// The columns of `prepared`. Where a type is neither declared nor wanted, all rows are read once to find it.
fn columns(
    prepared: &mut Statement<'_>,
    statement: &str,
    reading: &Reading,
) -> Result<Vec<DataColumn>, ConnectionError> {
    let mut columns: Vec<(String, Option<ColumnType>)> = Vec::new();
    for column in prepared.columns() {
        let name = column.name().to_owned();
        let of = if reading.has_wanted() {
            // Unwanted columns may have any type.
            Some(reading.wanted_type(&name).unwrap_or(ColumnType::Text))
        } else {
            declared_type(column.decl_type()).map_err(|declared| not_taken(&name, &declared))?
        };
        columns.push((name, of));
    }
    let open: Vec<usize> = (0..columns.len()).filter(|place| columns[*place].1.is_none()).collect();
    let mut seen = vec![SeenTypes::default(); columns.len()];
    if !open.is_empty() {
        let mut rows = prepared.query([]).map_err(|error| connection_error(&error, statement))?;
        while let Some(row) = rows.next().map_err(|error| connection_error(&error, statement))? {
            for place in &open {
                seen[*place].add(row.get_ref(*place).map_err(|error| connection_error(&error, statement))?);
            }
        }
    }
    let column = |((name, of), seen): ((String, Option<ColumnType>), SeenTypes)| {
        let of = of.map_or_else(|| seen.column_type(), Ok);
        let column_type = of.map_err(|has| not_taken(&name, has))?;
        Ok(DataColumn { name, column_type })
    };
    columns.into_iter().zip(seen).map(column).collect()
}

fn not_taken(name: &str, has: &str) -> ConnectionError {
    let cast = if has.to_ascii_lowercase().contains("blob") { "hex" } else { "CAST" };
    let write = if cast == "hex" { format!("hex({name})") } else { format!("CAST({name} AS TEXT)") };
    ConnectionError::column(name, format!("holds {has}, which data sets do not have. Write `{write} AS {name}`."))
}

fn cells(row: &Row<'_>, reading: &Reading) -> Result<Vec<rolecall_model::data::Cell>, ConnectionError> {
    let number = reading.next_row();
    let cell = |(place, column): (usize, &DataColumn)| {
        let value = row.get_ref(place).map_err(|error| connection_error(&error, ""))?;
        cell(value, column.column_type).map_err(|found| {
            let advice = advice(&column.name, column.column_type);
            ConnectionError::cell(&column.name, number, &found, column.column_type, &advice)
        })
    };
    reading.columns().map(cell).collect()
}

/// The error for `error`, which SQLite returned for `statement`.
fn connection_error(error: &Error, statement: &str) -> ConnectionError {
    match error {
        Error::SqlInputError { msg, offset, .. } => {
            let bytes = usize::try_from(*offset).ok();
            let before = bytes.and_then(|bytes| statement.get(..bytes));
            let place = before.map(|before| StatementPlace::at(statement, before.chars().count()));
            ConnectionError::Refused { message: msg.clone(), place }
        }
        Error::SqliteFailure(failure, message) => {
            let text = message.clone().unwrap_or_else(|| failure.to_string());
            match failure.code {
                ErrorCode::CannotOpen
                | ErrorCode::NotADatabase
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::SystemIoFailure => ConnectionError::Unreachable(text),
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                    ConnectionError::Unreachable("somebody writes to the file all the time".to_owned())
                }
                _ => ConnectionError::Refused { message: text, place: None },
            }
        }
        error => ConnectionError::Refused { message: error.to_string(), place: None },
    }
}
