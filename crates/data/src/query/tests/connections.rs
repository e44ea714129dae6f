//! Rows from a connection: the answer to any query equals what straightforward code computes from the rows in the
//! database.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, Utc};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};
use rolecall_model::data::{Cell, Query, RowQuery, Select};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::fixture::DataSet;
use super::postgres::Postgres;
use super::property::{Asked, COLUMNS, Case, case, check_answers};
use super::reference::{Row, sound};
use crate::connection::{ConnectionError, Database, DatabaseLimits};
use crate::query::DataVersion;

const LIMITS: DatabaseLimits = DatabaseLimits { max_rows: 1_000, timeout: Duration::from_mins(1) };
const SELECT: &str = "SELECT word, whole, part, yes, day, at FROM everything ORDER BY id";
const FILE: &str = "snapshot.parquet";

// Case: queried/any-query
#[test]
fn any_query_over_rows_of_sqlite_answers_what_straightforward_code_computes() {
    const TABLE: &str = "word TEXT, whole BIGINT, part DOUBLE, yes BOOLEAN, day DATE, at DATETIME";
    let runtime = runtime();
    for_each_case(30, |(files, asked)| {
        let (folder, rows) = (TempDir::new().unwrap(), files.concat());
        let file = folder.path().join("source.sqlite3");
        let source = rusqlite::Connection::open(&file).unwrap();
        source.execute_batch(&statements(TABLE, &rows, in_sqlite)).unwrap();
        let database = database(&format!("sqlite:{}", file.display()));
        runtime.block_on(check(&database, &rows, asked))
    });
}

// Case: queried/any-query
#[test]
fn any_query_over_rows_of_postgres_answers_what_straightforward_code_computes() {
    const TABLE: &str = "word text, whole int8, part float8, yes bool, day date";
    let (server, runtime) = (Postgres::start(), runtime());
    let database = database(&server.url());
    for_each_case(10, |(files, asked)| {
        let rows = files.concat();
        for has_zone in [true, false] {
            let table = format!("{TABLE}, at {}", if has_zone { "timestamptz" } else { "timestamp" });
            let statements = statements(&table, &rows, |id, cell| in_postgres(id, cell, has_zone));
            runtime.block_on(async {
                let mut source = PgConnection::connect(&server.url()).await.unwrap();
                source.execute(sqlx::raw_sql(&statements)).await.unwrap();
                source.close().await.unwrap();
                check(&database, &rows, asked.clone()).await
            })?;
        }
        Ok(())
    });
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn database(address: &str) -> Database {
    Database::new(address.parse().unwrap(), LIMITS, Vec::new())
}

fn for_each_case(cases: u32, check: impl Fn(Case) -> TestCaseResult) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    if let Err(error) = TestRunner::new(config).run(&case(), check) {
        panic!("{error}");
    }
}

/// Imports `rows` from the database, and checks each cell and the answers to the queries in `asked`.
async fn check(database: &Database, rows: &[Row], mut asked: Vec<Asked>) -> TestCaseResult {
    let failed = |error: ConnectionError| TestCaseError::fail(error.to_string());
    let preview = database.preview(SELECT, LIMITS.max_rows).await.map_err(failed)?;
    let expected: Vec<Row> = rows.iter().map(|row| row.iter().map(sound).collect()).collect();
    prop_assert_eq!(&preview.rows, &expected);

    let folder = TempDir::new().unwrap();
    let snapshot = database.snapshot(SELECT, None, &folder.path().join(FILE)).await.map_err(failed)?;
    let columns = snapshot.written.columns;
    let found: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.column_type)).collect();
    prop_assert_eq!(&found, &COLUMNS);
    let (dataset, files, rows_written) = ("tests".to_owned(), vec![FILE.to_owned()], snapshot.written.rows);
    let data = DataSet::in_folder(folder, DataVersion { dataset, version: 1, columns, files, rows: rows_written });
    asked.push((all_rows(), Vec::new()));
    check_answers(&data, rows, &asked).await
}

fn all_rows() -> Query {
    let columns = COLUMNS.map(|(name, _)| name.to_owned()).to_vec();
    let rows = RowQuery { columns, order: Vec::new(), offset: 0, limit: 100 };
    Query { filters: Vec::new(), zone: "UTC".to_owned(), select: Select::Rows(rows) }
}

/// Statements that recreate the table with `columns` after a number, and insert the rows with cells written by
/// `literal`, given the number of the row.
fn statements(columns: &str, rows: &[Row], literal: impl Fn(usize, &Cell) -> String) -> String {
    let row = |(id, row): (usize, &Row)| {
        let cells: Vec<String> = row.iter().map(|cell| literal(id, cell)).collect();
        format!("({id}, {})", cells.join(", "))
    };
    let rows: Vec<String> = rows.iter().enumerate().map(row).collect();
    let insert =
        if rows.is_empty() { String::new() } else { format!("INSERT INTO everything VALUES {}", rows.join(", ")) };
    format!("DROP TABLE IF EXISTS everything; CREATE TABLE everything (id INTEGER, {columns}); {insert}")
}

/// In SQLite infinity can only be written as a number that is too large, and NaN does not exist.
fn in_sqlite(id: usize, cell: &Cell) -> String {
    match cell {
        Cell::Decimal(number) if number.is_nan() => "NULL".to_owned(),
        Cell::Decimal(number) if number.is_infinite() => format!("{}9e999", if *number < 0.0 { "-" } else { "" }),
        cell => in_postgres(id, cell, true),
    }
}

/// A quoted value takes the type of its column.
fn in_postgres(id: usize, cell: &Cell, has_zone: bool) -> String {
    let text = match cell {
        Cell::Missing | Cell::Others => return "NULL".to_owned(),
        Cell::Boolean(is_true) => return is_true.to_string(),
        Cell::Text(text) => text.replace('\'', "''"),
        Cell::Integer(number) => number.to_string(),
        Cell::Decimal(number) => number.to_string(),
        Cell::Date(day) => day.to_string(),
        Cell::Timestamp(moment) => written(*moment, if has_zone { id } else { 0 }),
    };
    format!("'{text}'")
}

/// `moment` as text, alternately without a zone, which means UTC, and with one.
fn written(moment: DateTime<Utc>, id: usize) -> String {
    let kolkata = FixedOffset::east_opt(19_800).unwrap();
    match id % 3 {
        0 => moment.format("%Y-%m-%d %H:%M:%S").to_string(),
        1 => moment.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        _ => moment.with_timezone(&kolkata).format("%Y-%m-%d %H:%M:%S%:z").to_string(),
    }
}
