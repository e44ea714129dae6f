//! Reading from PostgreSQL and databases that use its protocol.
//!
//! The statement is prepared first: the server accepts only a single statement there, returns the types of its columns,
//! and runs nothing. Then it is run with the simple protocol, which returns every value as text. It is wrapped in a
//! SELECT that cuts long texts, because a row is held in memory as a whole, and a text in PostgreSQL may have a
//! gigabyte.

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
/// How many writable tables are named.
const NAMED_TABLES: i64 = 3;

/// Sends the result of `statement` to `reading`. Returns the columns in which numbers lost digits.
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
    // Makes the text form of values independent of the account's settings.
    let begin = format!(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = {}; SET LOCAL timezone = 'UTC'; \
         SET LOCAL datestyle = 'ISO, YMD'",
        limit.as_millis().max(1)
    );
    (&mut connection).execute(sqlx::raw_sql(&begin)).await.map_err(connection_error)?;
    let types = prepare(&mut connection, statement, limit, &mut reading).await?;
    if reading.send_columns().await == More::Wanted {
        // A position refers to the wrapped statement, not to the administrator's.
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
    // The connection is dropped as it is, without reading the remaining rows.
    Ok(reading.into_rounded())
}

/// `statement`, known from preparing to be a single one, wrapped as by [`within`]. A semicolon at its end must be
/// removed first. Only the server can tell whether a semicolon is at the end or inside of a text or a comment, so
/// candidates are tried.
///
/// # Errors
/// The server's error where the statement cannot be wrapped.
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

/// A SELECT of the columns of `statement`, which have these `kinds`, without unwanted ones and with long texts cut
/// slightly above the length allowed for a cell.
fn within(statement: &str, kinds: &[Kind]) -> String {
    let names: Vec<String> = (0..kinds.len()).map(|place| format!("c{place}")).collect();
    let answered = kinds.iter().zip(&names).map(|(kind, name)| match kind {
        Kind::Unwanted => format!("NULL AS {name}"),
        Kind::LongText => format!("left({name}::text, {}) AS {name}", CELL_BYTES + 1),
        _ => name.clone(),
    });
    let answered = answered.collect::<Vec<_>>().join(", ");
    // The line break ends a comment at the end of the statement.
    format!("SELECT {answered} FROM ({statement}\n) AS answer ({})", names.join(", "))
}

/// How each column of the result is read, by position. Tells `reading` the columns.
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
    // A statement without columns, such as COMMIT, is not a query.
    if prepared.columns().is_empty() {
        return Err(ConnectionError::NotASelect);
    }
    let mut kinds = Vec::new();
    let mut columns = Vec::new();
    for column in prepared.columns() {
        let name = column.name();
        let kind = Kind::of(column.type_info()).ok_or_else(|| not_taken(name, column.type_info()));
        // Unwanted columns may have any type.
        let kind = if reading.has_wanted() && reading.wanted_type(name).is_none() { Kind::Unwanted } else { kind? };
        columns.push(DataColumn { name: name.to_owned(), column_type: kind.column_type() });
        kinds.push(kind);
    }
    reading.begin(columns)?;
    Ok(kinds)
}

/// The wanted cells of `row`.
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
/// If the server cannot be reached.
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

/// The error for `error`, which the server returned for `statement` with this time limit.
fn connection_error(error: sqlx::Error, statement: &str, limit: Duration) -> ConnectionError {
    if let Some(refused) = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>()) {
        return match refused.code() {
            // Wrong password, unknown role, or no entry in pg_hba.conf.
            code if code.starts_with("28") => ConnectionError::Account(refused.message().to_owned()),
            // Unknown database, too many connections, or a server that is starting or stopping.
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
        // Other errors could contain a part of the address.
        _ => "the connection cannot be opened".to_owned(),
    })
}

/// The server's message with its hint.
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
