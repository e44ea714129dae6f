//! What a SELECT on an external database can do, which is only to read, and the errors for everything else.

use std::path::PathBuf;
use std::time::Duration;

use rolecall_data::connection::{ConnectionError, Database, DatabaseLimits, Preview};
use rolecall_model::data::{Cell, ColumnType};
use tokio::net::TcpListener;

use crate::support::SourceDb;

const LIMITS: DatabaseLimits = DatabaseLimits { max_rows: 1_000, timeout: Duration::from_secs(20) };

/// A statement that never ends, and one that returns many rows, for databases of either kind.
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i % 7 + 1 FROM n) SELECT max(i) AS m FROM n";
const MANY: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n";

/// A statement that returns a million rows, and one whose rows never end.
const MILLION: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT i FROM n";
const ROWS_WITHOUT_END: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i % 7 + 1 FROM n) SELECT i FROM n";

/// Makes two tests of each named function, which takes an external database: one on either kind.
macro_rules! on_both_kinds {
    ($($name:ident),+ $(,)?) => {
        mod of_sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&$crate::support::SourceDb::sqlite()).await;
            })+
        }
        mod of_postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&$crate::support::SourceDb::postgres()).await;
            })+
        }
    };
}

on_both_kinds! {
    only_one_statement_that_reads_is_run,
    more_rows_than_allowed_are_refused_and_a_preview_ends_early,
    a_million_rows_are_refused_at_the_first_one_too_many,
    what_takes_too_long_is_ended,
    mistakes_are_told_with_their_place,
    columns_need_names_of_their_own,
    nobody_gives_values_for_parameters,
}

fn database(source: &SourceDb) -> Database {
    limited(source.url(), LIMITS)
}

fn limited(url: &str, limits: DatabaseLimits) -> Database {
    Database::new(url.parse().unwrap(), limits, Vec::new())
}

async fn preview(source: &SourceDb, statement: &str) -> Result<Preview, ConnectionError> {
    database(source).preview(statement, 50).await
}

async fn error(source: &SourceDb, statement: &str) -> ConnectionError {
    preview(source, statement).await.unwrap_err()
}

async fn one(source: &SourceDb, statement: &str) -> Cell {
    preview(source, statement).await.unwrap().rows[0][0].clone()
}

// Case: connections/read-only
async fn only_one_statement_that_reads_is_run(source: &SourceDb) {
    source.run("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)").await;
    for statement in [
        "SELECT 1 AS a; DELETE FROM t",
        "SELECT 1 AS a; SELECT 2 AS b",
        "DELETE FROM t",
        "INSERT INTO t VALUES (2)",
        "COMMIT",
        "",
    ] {
        assert!(matches!(error(source, statement).await, ConnectionError::NotASelect), "{statement}");
    }
    for writes in [
        "WITH gone AS (SELECT 1) DELETE FROM t RETURNING a",
        "WITH x AS (SELECT 7 AS a) INSERT INTO t SELECT a FROM x RETURNING a",
    ] {
        assert!(matches!(error(source, writes).await, ConnectionError::Refused { .. }), "{writes}");
    }
    assert_eq!(one(source, "SELECT count(*) AS n FROM t;  -- all").await, Cell::Integer(1));
    for reads in ["SELECT 'a; -- b' AS x -- c;", "SELECT 'a; -- b' AS x; -- c; d", "SELECT 'a; -- b' AS x;\n/* ; */ ;"]
    {
        assert_eq!(one(source, reads).await, Cell::Text("a; -- b".to_owned()), "{reads}");
    }
    assert_eq!(one(source, "/* one */ WITH x AS (SELECT 1 AS a) SELECT a FROM x").await, Cell::Integer(1));
}

// Case: connections/max-rows
async fn more_rows_than_allowed_are_refused_and_a_preview_ends_early(source: &SourceDb) {
    source.run("CREATE TABLE t (a INTEGER)").await;
    assert_eq!(preview(source, MANY).await.unwrap().rows.len(), 50);
    let folder = tempfile::tempdir().unwrap();
    let refused = database(source).snapshot(MANY, None, &folder.path().join("many.parquet")).await.unwrap_err();
    assert!(matches!(refused, ConnectionError::TooManyRows(1_000)), "{refused:?}");
    let all = DatabaseLimits { max_rows: 5_000, ..LIMITS };
    let taken = limited(source.url(), all).snapshot(MANY, None, &folder.path().join("all.parquet")).await.unwrap();
    assert_eq!(taken.written.rows, 5_000);
}

// Case: connections/max-rows
async fn a_million_rows_are_refused_at_the_first_one_too_many(source: &SourceDb) {
    source.run("CREATE TABLE t (a INTEGER)").await;
    let folder = tempfile::tempdir().unwrap();
    let statements = [MILLION, ROWS_WITHOUT_END, "SELECT i FROM generate_series(1, 1000000) AS of_postgres(i)"];
    // The type of an SQLite column without a declared type depends on all its values, so all rows are read.
    let is_postgres = source.url().starts_with("postgres");
    for (number, statement) in statements[..if is_postgres { 3 } else { 1 }].iter().enumerate() {
        // Rows without end cannot all be read: reading on would fail as too slow instead.
        let path = folder.path().join(format!("many-{number}.parquet"));
        let refused = database(source).snapshot(statement, None, &path).await.unwrap_err();
        assert!(matches!(refused, ConnectionError::TooManyRows(1_000)), "{statement}: {refused:?}");
        let told = refused.to_string();
        assert!(told.contains("more than 1,000 rows") && told.contains("max_rows"), "{told}");
        assert_eq!(preview(source, statement).await.unwrap().rows.len(), 50, "{statement}");
    }
    // No statement is left that would block the next one.
    assert_eq!(one(source, "SELECT 7 AS a").await, Cell::Integer(7));
}

// Case: connections/too-slow
async fn what_takes_too_long_is_ended(source: &SourceDb) {
    source.run("CREATE TABLE t (a INTEGER)").await;
    let second = Duration::from_secs(1);
    let limits = DatabaseLimits { timeout: second, ..LIMITS };
    let slow = limited(source.url(), limits).preview(ENDLESS, 50).await.unwrap_err();
    assert!(matches!(slow, ConnectionError::TooSlow(limit) if limit == second), "{slow:?}");
    // The slots for statements are free again.
    for _ in 0..3 {
        assert_eq!(one(source, "SELECT 7 AS a").await, Cell::Integer(7));
    }
}

// Case: connections/turns
#[tokio::test]
async fn waiting_for_others_is_not_the_time_of_the_database_on_postgres() {
    let source = SourceDb::postgres();
    let limits = DatabaseLimits { timeout: Duration::from_secs(4), ..LIMITS };
    let database = limited(source.url(), limits);
    // Two statements run at once, so the last one waits longer than a single statement may take.
    let slow = || database.preview("SELECT 7 AS a FROM pg_sleep(2.2)", 50);
    let all = tokio::join!(slow(), slow(), slow(), slow(), slow());
    for answer in [all.0, all.1, all.2, all.3, all.4] {
        assert!(answer.is_ok(), "{answer:?}");
    }
}

async fn mistakes_are_told_with_their_place(source: &SourceDb) {
    source.run("CREATE TABLE t (a INTEGER)").await;
    let told = error(source, "SELECT a\nFROM t\nWHERE é = 1").await.to_string();
    assert!(told.contains("The database says:") && told.contains("line 3, character 7"), "{told}");
}

async fn columns_need_names_of_their_own(source: &SourceDb) {
    source.run("CREATE TABLE t (a INTEGER)").await;
    let told = error(source, "SELECT a, A AS a FROM t").await.to_string();
    assert!(told.contains("Two columns") && told.contains("AS"), "{told}");
}

async fn nobody_gives_values_for_parameters(source: &SourceDb) {
    source.run("CREATE TABLE t (a INTEGER)").await;
    let asked = error(source, "SELECT a FROM t WHERE a = $1").await;
    assert!(matches!(asked, ConnectionError::Parameters), "{asked:?}");
}

// Case: connections/sqlite-closed
#[tokio::test]
async fn in_a_sqlite_file_nothing_but_its_tables_can_be_reached() {
    let (source, other) = (SourceDb::sqlite(), SourceDb::sqlite());
    other.run("CREATE TABLE secrets (a TEXT)").await;
    source.run("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x'); CREATE VIEW v AS SELECT a FROM t").await;
    let attach = format!("ATTACH '{}' AS other", other.file().display());
    for statement in [&attach[..], "PRAGMA query_only = 0", "VACUUM INTO 'copy'", "EXPLAIN SELECT 1"] {
        assert!(matches!(error(&source, statement).await, ConnectionError::NotASelect), "{statement}");
        let chained = format!("SELECT 1 AS a; {statement}");
        assert!(matches!(error(&source, &chained).await, ConnectionError::NotASelect), "{chained}");
    }
    for statement in
        ["SELECT load_extension('x') AS a", "SELECT * FROM pragma_database_list", "SELECT writefile('x', 'y') AS a"]
    {
        assert!(matches!(error(&source, statement).await, ConnectionError::Refused { .. }), "{statement}");
    }
    assert_eq!(one(&source, "SELECT a FROM v").await, Cell::Text("x".to_owned()));
    assert_eq!(one(&source, "SELECT value AS a FROM json_each('[\"j\"]')").await, Cell::Text("j".to_owned()));
}

// Case: connections/own-data
#[tokio::test]
async fn a_file_of_our_own_is_not_read_under_any_name() {
    let (ours, folder) = (SourceDb::sqlite(), tempfile::tempdir().unwrap());
    ours.run("CREATE TABLE sign_ins (a TEXT)").await;
    let (symbolic, hard) = (folder.path().join("symbolic"), folder.path().join("hard"));
    std::os::unix::fs::symlink(ours.file(), &symbolic).unwrap();
    std::fs::hard_link(ours.file(), &hard).unwrap();
    let read = async |file: PathBuf, own: PathBuf| {
        let address = format!("sqlite:{}", file.display()).parse().unwrap();
        Database::new(address, LIMITS, vec![own]).preview("SELECT 1 AS a", 50).await
    };
    let of_folder = ours.file().parent().unwrap().to_owned();
    for file in [ours.file(), symbolic.clone(), hard] {
        let refused = read(file.clone(), ours.file()).await;
        assert!(matches!(refused, Err(ConnectionError::OwnFile)), "{file:?}: {refused:?}");
    }
    assert!(matches!(read(symbolic, of_folder).await, Err(ConnectionError::OwnFile)));
    assert!(read(ours.file(), folder.path().to_owned()).await.is_ok());
}

#[tokio::test]
async fn a_sqlite_file_that_is_not_there_is_told_and_not_made() {
    let source = SourceDb::sqlite();
    let gone = error(&source, "SELECT 1 AS a").await;
    assert!(matches!(gone, ConnectionError::Unreachable(_)), "{gone:?}");
    assert!(!source.file().exists());
    std::fs::write(source.file(), "no database at all, but long enough to be read as one").unwrap();
    let other = error(&source, "SELECT * FROM t").await;
    assert!(matches!(other, ConnectionError::Unreachable(_)), "{other:?}");
}

// Case: connections/read-only
#[tokio::test]
async fn a_function_of_postgres_that_writes_is_refused_by_the_transaction() {
    let source = SourceDb::postgres();
    source
        .run(
            "CREATE TABLE t (a INTEGER); CREATE SEQUENCE s; \
             CREATE FUNCTION writes() RETURNS integer LANGUAGE sql VOLATILE AS 'INSERT INTO t VALUES (1) RETURNING a'; \
             CREATE FUNCTION opens() RETURNS integer LANGUAGE plpgsql VOLATILE AS \
             'BEGIN SET TRANSACTION READ WRITE; INSERT INTO t VALUES (1); RETURN 1; END'",
        )
        .await;
    for statement in [
        "SELECT writes() AS a",
        "SELECT opens() AS a",
        "SELECT nextval('s') AS a",
        "SELECT set_config('transaction_read_only', 'off', true) AS a",
        "SELECT a FROM t FOR UPDATE",
        "WITH x AS (INSERT INTO t VALUES (1) RETURNING a) SELECT a FROM x",
    ] {
        assert!(matches!(error(&source, statement).await, ConnectionError::Refused { .. }), "{statement}");
    }
    // A SELECT INTO returns no rows, so it is refused as not a SELECT.
    assert!(matches!(error(&source, "SELECT a INTO other FROM t").await, ConnectionError::NotASelect));
    assert_eq!(one(&source, "SELECT count(*) AS n FROM t").await, Cell::Integer(0));
}

// Case: connections/too-slow
#[tokio::test]
async fn postgres_itself_ends_what_takes_too_long() {
    let source = SourceDb::postgres();
    let limits = DatabaseLimits { timeout: Duration::from_secs(1), ..LIMITS };
    let slow = limited(source.url(), limits).preview("SELECT pg_sleep(60)::text AS a", 50).await.unwrap_err();
    assert!(matches!(slow, ConnectionError::TooSlow(_)), "{slow:?}");
    let left = "SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)::text%' AND state = 'active' \
                AND pid <> pg_backend_pid()";
    crate::support::until("the server has ended it", async || one(&source, left).await == Cell::Integer(0)).await;
}

// Case: connections/hangs
#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for_any_longer_than_allowed() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://reader:canary@{}/shop", silent.local_addr().unwrap());
    let limits = DatabaseLimits { timeout: Duration::from_secs(1), ..LIMITS };
    let database = limited(&url, limits);
    let slow = database.preview("SELECT 1 AS a", 50).await.unwrap_err();
    assert!(matches!(slow, ConnectionError::TooSlow(_)), "{slow:?}");
    assert!(matches!(database.permissions().await, Err(ConnectionError::TooSlow(_))));
}

// Case: connections/password
#[tokio::test]
async fn who_is_not_let_in_by_postgres_or_does_not_find_it_is_told_without_the_password() {
    let source = SourceDb::postgres();
    source
        .run(
            "CREATE ROLE reader LOGIN PASSWORD 'right'; CREATE TABLE hba (line TEXT); \
             INSERT INTO hba VALUES ('local all reader scram-sha-256'), ('local all all trust'); \
             DO $$ BEGIN EXECUTE format('COPY hba TO %L', current_setting('hba_file')); END $$; SELECT pg_reload_conf()",
        )
        .await;
    let with = |account: &str| limited(&source.url().replace("rolecall@", account), LIMITS);
    let told = async |database: Database| database.preview("SELECT 1 AS a", 50).await.unwrap_err();
    crate::support::until("passwords are asked for", async || {
        with("reader:canary@").preview("SELECT 1 AS a", 50).await.is_err()
    })
    .await;
    let wrong = told(with("reader:canary@")).await;
    assert!(matches!(wrong, ConnectionError::Account(_)), "{wrong:?}");
    assert!(with("reader:right@").preview("SELECT 1 AS a", 50).await.is_ok());
    let unknown = told(with("nobody:canary@")).await;
    assert!(matches!(unknown, ConnectionError::Account(_)), "{unknown:?}");
    let no_database = told(limited(&source.url().replace("/postgres?", "/shop?"), LIMITS)).await;
    assert!(matches!(no_database, ConnectionError::Unreachable(_)), "{no_database:?}");
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let down = told(limited(&format!("postgres://reader:canary@{address}/shop"), LIMITS)).await;
    assert!(matches!(down, ConnectionError::Unreachable(_)), "{down:?}");
    for error in [wrong, unknown, down] {
        let all = format!("{error} {error:?} {:?}", with("reader:canary@"));
        assert!(!all.contains("canary"), "{all}");
    }
}

// Case: connections/long-text
#[tokio::test]
async fn a_text_of_postgres_that_is_too_long_is_not_fetched_whole() {
    let source = SourceDb::postgres();
    source.run("CREATE TABLE t (a TEXT, b JSON, c CHAR(3))").await;
    source.run("INSERT INTO t VALUES (repeat('x', 200000000), '[1,  2]', 'y')").await;
    let told = error(&source, "SELECT a FROM t").await.to_string();
    assert!(told.contains("“a”") && told.contains("more than 1 MB in row 1"), "{told}");
    // The test has a process of its own.
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let (_, peak) = status.split_once("VmHWM:").unwrap();
    let peak_kb: u64 = peak.trim_start().split(' ').next().unwrap().parse().unwrap();
    assert!(peak_kb < 150_000, "{peak_kb}");
    let read = preview(&source, "SELECT b, c, left(a, 1000000) AS a FROM t").await.unwrap();
    assert_eq!(read.rows[0][..2], [Cell::Text("[1,  2]".to_owned()), Cell::Text("y  ".to_owned())]);
    assert!(matches!(&read.rows[0][2], Cell::Text(text) if text.len() == 1_000_000));
}

// Case: connections/permissions
#[tokio::test]
async fn what_an_account_of_postgres_may_write_is_found() {
    let source = SourceDb::postgres();
    source.run("CREATE TABLE t (a INTEGER); CREATE ROLE reader LOGIN; GRANT SELECT ON t TO reader").await;
    let owner = database(&source).permissions().await.unwrap();
    assert!(owner.is_superuser && !owner.is_read_only() && owner.writes == ["public.t"], "{owner:?}");
    let reader = limited(&source.url().replace("rolecall@", "reader@"), LIMITS);
    assert!(reader.permissions().await.unwrap().is_read_only());
    source.run("GRANT TRUNCATE ON t TO reader").await;
    assert_eq!(reader.permissions().await.unwrap().writes, ["public.t"]);
}

// Case: connections/types
#[tokio::test]
async fn types_of_postgres_that_are_not_taken_are_told_with_the_cast() {
    let source = SourceDb::postgres();
    for (value, cast) in [
        ("interval '1 day'", "extract(epoch FROM x)"),
        ("ARRAY[1, 2]", "array_to_string(x, ', ')"),
        ("'\\x00'::bytea", "encode(x, 'hex')"),
        ("'1'::money", "x::numeric"),
        ("point(1, 2)", "x::text"),
        ("time '08:00'", "x::text"),
    ] {
        let told = error(&source, &format!("SELECT {value} AS x")).await.to_string();
        assert!(told.contains(cast) && told.contains("“x”"), "{told}");
    }
    let rounded = preview(&source, "SELECT 12345678901234567890.5 AS x, 0.1 AS y, 'NaN'::numeric AS z").await.unwrap();
    assert_eq!(rounded.rounded, ["x"]);
    assert_eq!(rounded.rows[0][2], Cell::Missing);
    let infinite = preview(&source, "SELECT 'infinity'::timestamptz AS x, '-infinity'::date AS y").await.unwrap();
    assert_eq!(infinite.rows, [[Cell::Missing, Cell::Missing]]);
    let told = error(&source, "SELECT DATE '0044-03-15 BC' AS x").await.to_string();
    assert!(told.contains("x::text") && told.contains("row 1"), "{told}");
    // A time without a zone is in UTC; one with a zone is a moment, whatever the account is set to.
    source.run("ALTER ROLE rolecall SET timezone = 'Asia/Tokyo'").await;
    let times = "SELECT timestamp '2026-01-31 08:00' AS x, timestamptz '2026-01-31 08:00+02' AS y";
    let times = preview(&source, times).await.unwrap();
    let shown: Vec<String> = times.rows[0].iter().map(|cell| serde_json::to_string(cell).unwrap()).collect();
    assert_eq!(shown, ["\"2026-01-31T08:00:00Z\"", "\"2026-01-31T06:00:00Z\""]);
}

// Case: connections/types
#[tokio::test]
async fn values_of_sqlite_that_are_not_of_the_declared_type_are_told_with_the_cast() {
    let source = SourceDb::sqlite();
    source
        .run(
            "CREATE TABLE t (day DATE, n INTEGER, b BLOB, at DATETIME); \
             INSERT INTO t VALUES ('2026-01-31', 1, x'00', '2026-01-31T08:00:00+02:00'), ('yesterday', 'many', NULL, 7)",
        )
        .await;
    for (column, found) in [("day", "“yesterday”"), ("n", "“many”"), ("at", "has 7")] {
        let told = error(&source, &format!("SELECT {column} FROM t")).await.to_string();
        assert!(told.contains(found) && told.contains("row 2") && told.contains("Write"), "{told}");
    }
    assert!(error(&source, "SELECT b FROM t").await.to_string().contains("hex(b) AS b"));
    assert!(
        error(&source, "SELECT CASE WHEN n = 1 THEN 1 ELSE day END AS x FROM t")
            .await
            .to_string()
            .contains("CAST(x AS TEXT)")
    );
    let types = "SELECT date(day) AS day, at, n + 0.5 AS half, n FROM t WHERE n = 1";
    let read = preview(&source, types).await.unwrap();
    let types: Vec<ColumnType> = read.columns.iter().map(|column| column.column_type).collect();
    assert_eq!(types, [ColumnType::Date, ColumnType::Timestamp, ColumnType::Decimal, ColumnType::Integer]);
}
