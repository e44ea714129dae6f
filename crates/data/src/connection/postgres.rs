//! Reading from PostgreSQL, and what speaks its protocol.
//!
//! The statement is prepared first: the server takes one alone there, says its columns and their types, and runs nothing. Then it
//! is run by the simple protocol, which gives every type as text. There it stands inside a SELECT of ours that cuts long texts off,
//! since a row of the server is held in memory whole, and a text of PostgreSQL may have a gigabyte.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use rolecall_model::data::{Cell, DataColumn};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgErrorPosition, PgRow};
use sqlx::{Column as _, ConnectOptions as _, Either, Executor as _, Row as _, Statement as _};

use super::error::{ConnectionError, StatementPlace};
use super::permissions::Permissions;
use super::postgres_types::{Kind, cell, not_taken};
use super::reading::{CELL_BYTES, More, Reading};

/// How many semicolons of a statement are tried as its end.
const SEMICOLONS: usize = 8;
/// How many tables are named that an account may write.
const NAMED_TABLES: i64 = 3;

/// Sends what `statement` answers to `reading`. Returns the columns in which numbers lost digits.
///
/// # Errors
/// [`ConnectionError`].
pub(super) async fn read(
    options: &PgConnectOptions,
    statement: &str,
    limit: Duration,
    mut reading: Reading,
) -> Result<Vec<String>, ConnectionError> {
    let connection_error = |error| connection_error(error, statement, limit);
    let mut connection = options.connect().await.map_err(connection_error)?;
    // What is given as text is the same whatever the account is set to.
    let begin = format!(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = {}; SET LOCAL timezone = 'UTC'; \
         SET LOCAL datestyle = 'ISO, YMD'",
        limit.as_millis().max(1)
    );
    (&mut connection).execute(sqlx::raw_sql(&begin)).await.map_err(connection_error)?;
    let types = prepare(&mut connection, statement, limit, &mut reading).await?;
    if reading.send_columns().await == More::Wanted {
        // Places in what is run are none of the statement.
        let connection_error = |error| match self::connection_error(error, "", limit) {
            ConnectionError::Refused { message, .. } => ConnectionError::Refused { message, place: None },
            other => other,
        };
        let bounded = bounded(&mut connection, statement, &types).await.map_err(connection_error)?;
        let mut rows = (&mut connection).fetch(sqlx::raw_sql(&bounded));
        while let Some(row) = rows.try_next().await.map_err(connection_error)? {
            let cells = cells(&row, &types, &mut reading)?;
            if reading.send(cells).await? == More::Enough {
                break;
            }
        }
    }
    // Closed as it is: what was not read is not waited for.
    Ok(reading.into_rounded())
}

/// `statement`, which was prepared and so is one alone, as [`within`] it can be run. A semicolon at its end cannot stand there, and
/// which one is at its end, and not in a text or a comment, the server knows.
///
/// # Errors
/// What the server says where it takes the statement in no SELECT of ours.
async fn bounded(connection: &mut PgConnection, statement: &str, kinds: &[Kind]) -> Result<String, sqlx::Error> {
    let whole = within(statement, kinds);
    let semicolons: Vec<usize> = statement.rmatch_indices(';').map(|(at, _)| at).take(SEMICOLONS).collect();
    if semicolons.is_empty() {
        return Ok(whole);
    }
    let cut = semicolons.into_iter().map(|at| within(&statement[..at], kinds));
    let mut refused = None;
    for candidate in std::iter::once(whole).chain(cut) {
        connection.execute("SAVEPOINT tried").await?;
        match connection.prepare(&candidate).await {
            Ok(_) => return Ok(candidate),
            Err(error) => refused = Some(error),
        }
        connection.execute("ROLLBACK TO SAVEPOINT tried").await?;
    }
    Err(refused.unwrap_or(sqlx::Error::RowNotFound))
}

/// A SELECT of what `statement` answers in columns of these `kinds`, without those that nobody wants, and with no text that is much
/// longer than a cell may be.
fn within(statement: &str, kinds: &[Kind]) -> String {
    let names: Vec<String> = (0..kinds.len()).map(|place| format!("c{place}")).collect();
    let answered = kinds.iter().zip(&names).map(|(kind, name)| match kind {
        Kind::Unwanted => format!("NULL AS {name}"),
        Kind::LongText => format!("left({name}::text, {}) AS {name}", CELL_BYTES + 1),
        _ => name.clone(),
    });
    let answered = answered.collect::<Vec<_>>().join(", ");
    // The line break ends a comment.
    format!("SELECT {answered} FROM ({statement}\n) AS answer ({})", names.join(", "))
}

/// How each column of the answer is read, by its place. Tells `reading` the columns.
async fn prepare(
    connection: &mut PgConnection,
    statement: &str,
    limit: Duration,
    reading: &mut Reading,
) -> Result<Vec<Kind>, ConnectionError> {
    let prepared = connection.prepare(statement).await.map_err(|error| connection_error(error, statement, limit))?;
    if matches!(prepared.parameters(), Some(Either::Left(parameters)) if !parameters.is_empty()) {
        return Err(ConnectionError::Parameters);
    }
    // What has no columns is no question: COMMIT, for example.
    if prepared.columns().is_empty() {
        return Err(ConnectionError::NotASelect);
    }
    let mut kinds = Vec::new();
    let mut columns = Vec::new();
    for column in prepared.columns() {
        let name = column.name();
        let kind = Kind::of(column.type_info()).ok_or_else(|| not_taken(name, column.type_info()));
        // Columns that nobody wants may be of any type.
        let kind = if reading.has_wanted() && reading.wanted_type(name).is_none() { Kind::Unwanted } else { kind? };
        columns.push(DataColumn { name: name.to_owned(), column_type: kind.column_type() });
        kinds.push(kind);
    }
    reading.begin(columns)?;
    Ok(kinds)
}

/// The cells of `row` that are wanted.
fn cells(row: &PgRow, kinds: &[Kind], reading: &mut Reading) -> Result<Vec<Cell>, ConnectionError> {
    let number = reading.next_row();
    let mut rounded = Vec::new();
    let mut cells = Vec::with_capacity(kinds.len());
    for (place, column) in reading.columns() {
        let value = row.try_get_raw(place).map_err(|_| ConnectionError::Ended)?;
        let kind = kinds.get(place).copied().unwrap_or(Kind::Text);
        match cell(&value, kind) {
            Ok((cell, is_rounded)) => {
                if is_rounded {
                    rounded.push(column.name.clone());
                }
                cells.push(cell);
            }
            Err(found) => {
                let cast = format!("Write `{0}::text AS {0}`.", column.name);
                return Err(ConnectionError::cell(&column.name, number, &found, column.column_type, &cast));
            }
        }
    }
    for name in rounded {
        reading.note_rounded(&name);
    }
    Ok(cells)
}

/// What the account may do beyond reading.
///
/// # Errors
/// Where the server cannot be asked.
pub(super) async fn permissions(options: &PgConnectOptions) -> Result<Permissions, ConnectionError> {
    const SUPERUSER: &str = "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user";
    const WRITES: &str = "SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class c \
                          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                          WHERE c.relkind IN ('r', 'p', 'v', 'f') \
                          AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' \
                          AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') ORDER BY 1 LIMIT $1";
    let connection_error = |error| connection_error(error, "", Duration::ZERO);
    let mut connection = options.connect().await.map_err(connection_error)?;
    let superuser = sqlx::query_scalar(SUPERUSER).fetch_optional(&mut connection).await.map_err(connection_error)?;
    let writes =
        sqlx::query_scalar(WRITES).bind(NAMED_TABLES).fetch_all(&mut connection).await.map_err(connection_error)?;
    Ok(Permissions { is_superuser: superuser.unwrap_or(false), writes })
}

/// What is said of `error`, which the server gave on `statement` within so much time.
fn connection_error(error: sqlx::Error, statement: &str, limit: Duration) -> ConnectionError {
    if let Some(refused) = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>()) {
        return match refused.code() {
            // Wrong password, no such role, no entry for it.
            code if code.starts_with("28") => ConnectionError::Account(refused.message().to_owned()),
            // No such database, no connection left, starting up or shutting down.
            code if code == "3D000" || code.starts_with("53") || code.starts_with("57P") || code.starts_with("08") => {
                ConnectionError::Unreachable(refused.message().to_owned())
            }
            // Cancelled by the time limit.
            "57014" => ConnectionError::TooSlow(limit),
            "42601" if refused.message().contains("multiple commands") => ConnectionError::NotASelect,
            _ => ConnectionError::Refused { message: message(refused), place: statement_place(refused, statement) },
        };
    }
    ConnectionError::Unreachable(match error {
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Tls(error) => format!("no encrypted connection can be made ({error})"),
        sqlx::Error::Protocol(what) => what,
        // Others could hold a part of the address.
        _ => "the connection cannot be opened".to_owned(),
    })
}

/// The server's message with what it advises.
fn message(refused: &PgDatabaseError) -> String {
    let more = [refused.detail(), refused.hint()].into_iter().flatten();
    std::iter::once(refused.message()).chain(more).collect::<Vec<_>>().join(". ")
}

fn statement_place(refused: &PgDatabaseError, statement: &str) -> Option<StatementPlace> {
    match refused.position()? {
        PgErrorPosition::Original(position) => Some(StatementPlace::at(statement, position.saturating_sub(1))),
        PgErrorPosition::Internal { .. } => None,
    }
}
