//! Data sets queried from external databases: snapshots, when they are refreshed, and what prevents that.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rolecall_core::datasets::{
    Changer, ColumnChange, Connections, DataSet, DatasetError, Datasets, NewQueried, QueryWish, RuleViewer, Saved,
};
use rolecall_data::connection::{ConnectionError, Database, DatabaseLimits};
use rolecall_model::Role;
use rolecall_model::data::{Cell, ColumnType, Query, RowQuery, Select};
use tempfile::TempDir;

use crate::support::{CapturedLog, SourceDb, TestClock, TestDb, count, execute, file_with, on_both_dialects, until};

on_both_dialects! {
    an_answer_becomes_a_data_set_and_is_asked_for_again_when_it_is_old,
    an_answer_that_is_the_same_makes_no_version,
    two_instances_make_one_snapshot,
    a_claim_of_a_killed_instance_ends_by_itself,
    a_failure_keeps_the_old_rows_and_is_not_repeated_at_once,
    changed_columns_keep_the_old_rows_and_new_ones_are_left_out,
    other_columns_are_told_before_they_are_saved,
    who_refreshes_while_the_query_is_changed_changes_nothing,
    only_the_last_two_snapshots_are_kept,
    a_queried_data_set_takes_no_rows_from_elsewhere,
}

const MINUTE: Duration = Duration::from_mins(1);
const LIMITS: DatabaseLimits = DatabaseLimits { max_rows: 100, timeout: Duration::from_secs(20) };
const SELECT: &str = "SELECT id, name FROM customers ORDER BY id";

struct World {
    clock: TestClock,
    datasets: Datasets,
    source: SourceDb,
    by: Changer,
    folder: TempDir,
}

impl World {
    async fn on(database: &TestDb) -> Self {
        let (clock, folder, source) = (TestClock::starting_now(), TempDir::new().unwrap(), SourceDb::sqlite());
        source.run("CREATE TABLE customers (id INTEGER, name TEXT)").await;
        source.run("INSERT INTO customers VALUES (1, 'Ada'), (2, NULL)").await;
        execute(
            &database.db,
            "INSERT INTO users (issuer, subject, name, created_at, last_sign_in_at) VALUES ('i', 's', 'Ada', 0, 0)",
        )
        .await;
        let datasets = open(database, &clock, &folder, &source);
        Self { clock, datasets, source, by: Changer { user: 1, role: Some(Role::Admin) }, folder }
    }

    async fn create(&self, statement: &str) -> Result<(), DatasetError> {
        let (name, title) = ("customers".to_owned(), "Customers".to_owned());
        self.datasets
            .create_queried(
                &NewQueried { name, title, description: String::new(), role: Role::Read, query: wish(statement) },
                self.by,
            )
            .await
    }

    async fn known(&self) -> DataSet {
        self.datasets.current("customers").await.unwrap().unwrap()
    }

    /// The data set as a panel shows it now.
    async fn shown(&self) -> Arc<DataSet> {
        self.datasets.up_to_date(&Arc::new(self.known().await)).await
    }

    /// The data set as a panel shows it after the refresh in the background has made `version`.
    async fn shown_at_last(&self, version: u64) -> Arc<DataSet> {
        self.shown().await;
        until("it is refreshed", async || self.known().await.data.version == version).await;
        self.shown().await
    }

    async fn rows(&self, dataset: &DataSet) -> Vec<Vec<Cell>> {
        rows(&self.datasets, dataset).await
    }
}

fn open(database: &TestDb, clock: &TestClock, folder: &TempDir, source: &SourceDb) -> Datasets {
    let crm = Database::new(source.url().parse().unwrap(), LIMITS, vec![folder.path().to_owned()]);
    let connections = Connections::new(BTreeMap::from([("crm".to_owned(), crm)]));
    Datasets::open(database.db.clone(), clock.clock(), folder.path()).unwrap().with_connections(connections)
}

fn wish(statement: &str) -> QueryWish {
    QueryWish { connection: "crm".to_owned(), statement: statement.to_owned(), fresh: MINUTE }
}

async fn rows(datasets: &Datasets, dataset: &DataSet) -> Vec<Vec<Cell>> {
    let columns = dataset.data.columns.iter().map(|column| column.name.clone()).collect();
    let select = Select::Rows(RowQuery { columns, order: vec![], offset: 0, limit: 500 });
    let query = Query { filters: vec![], zone: "UTC".to_owned(), select };
    datasets.run(dataset, &query, &RuleViewer::default()).await.unwrap().rows.clone()
}

fn customer(id: i64, name: &str) -> Vec<Cell> {
    vec![Cell::Integer(id), Cell::Text(name.to_owned())]
}

// Case: queried/refresh
async fn an_answer_becomes_a_data_set_and_is_asked_for_again_when_it_is_old(database: &TestDb) {
    let world = World::on(database).await;
    world.create(SELECT).await.unwrap();
    let first = world.shown().await;
    assert_eq!((first.data.version, first.role, first.owner), (1, Role::Read, Some(world.by.user)));
    assert_eq!(world.rows(&first).await, [customer(1, "Ada"), vec![Cell::Integer(2), Cell::Missing]]);

    world.source.run("DELETE FROM customers WHERE id = 2").await;
    world.clock.advance(MINUTE - Duration::from_millis(1));
    assert_eq!(world.shown().await.data.version, 1, "the rows are not refreshed before they are due");
    // The old rows are shown at once, and new ones are fetched in the background.
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(world.shown().await.data.version, 1);
    let second = world.shown_at_last(2).await;
    assert_eq!(world.rows(&second).await, [customer(1, "Ada")]);
    assert_eq!(second.query.as_ref().unwrap().refreshed_at_ms, world.clock.now_ms());

    // The rows are much too old, so the request waits for new ones.
    world.source.run("UPDATE customers SET name = 'Wren'").await;
    world.clock.advance(10 * MINUTE);
    let third = world.shown().await;
    assert_eq!((third.data.version, world.rows(&third).await), (3, vec![customer(1, "Wren")]));
}

// Case: queried/unchanged
async fn an_answer_that_is_the_same_makes_no_version(database: &TestDb) {
    let world = World::on(database).await;
    world.create(SELECT).await.unwrap();
    world.clock.advance(10 * MINUTE);
    let same = world.shown().await;
    assert_eq!((same.data.version, same.query.as_ref().unwrap().refreshed_at_ms), (1, world.clock.now_ms()));
    assert_eq!(count(&database.db, "dataset_versions").await, 1);
}

// Case: queried/one-at-a-time
async fn two_instances_make_one_snapshot(database: &TestDb) {
    let world = World::on(database).await;
    world.create(SELECT).await.unwrap();
    let other = open(database, &world.clock, &world.folder, &world.source);
    world.source.run("INSERT INTO customers VALUES (3, 'Reed')").await;
    world.clock.advance(10 * MINUTE);
    let old = Arc::new(world.known().await);
    let (one, two) = tokio::join!(world.datasets.up_to_date(&old), other.up_to_date(&old));
    assert_eq!((one.data.version, two.data.version), (2, 2));
    assert_eq!(count(&database.db, "dataset_versions").await, 2);
    assert_eq!(rows(&other, &two).await.len(), 3);
}

// Case: queried/killed
async fn a_claim_of_a_killed_instance_ends_by_itself(database: &TestDb) {
    let world = World::on(database).await;
    world.create(SELECT).await.unwrap();
    world.source.run("DELETE FROM customers").await;
    world.clock.advance(MINUTE);
    let until_ms = world.clock.now_ms() + 1;
    execute(&database.db, &format!("UPDATE dataset_queries SET claim = 'killed', claimed_until = {until_ms}")).await;
    assert_eq!(world.shown().await.data.version, 1);
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(world.shown_at_last(2).await.data.rows, 0);
}

// Case: queried/failure
async fn a_failure_keeps_the_old_rows_and_is_not_repeated_at_once(database: &TestDb) {
    let world = World::on(database).await;
    world.create(SELECT).await.unwrap();
    world.source.run("ALTER TABLE customers RENAME TO gone").await;
    world.clock.advance(10 * MINUTE);
    let log = CapturedLog::begin();
    let failed_at_ms = world.clock.now_ms();
    assert_eq!(world.shown().await.data.version, 1);
    let failing = world.known().await.query.unwrap().failing.unwrap();
    assert_eq!((failing.since_ms, failing.tries), (failed_at_ms, 1));
    assert!(failing.why.contains("no such table: customers"), "{}", failing.why);
    // The database's message, which can contain values, is only for administrators, and not logged.
    assert_eq!(log.event("dataset_not_refreshed").text("error"), "refused");
    drop(log);

    // The refresh is tried again after 10 seconds, then after 20, and no request waits for it.
    let tries = async || world.known().await.query.unwrap().failing.unwrap().tries;
    world.clock.advance(Duration::from_secs(9));
    world.shown().await;
    assert_eq!(tries().await, 1);
    world.clock.advance(Duration::from_secs(1));
    world.shown().await;
    until("it is tried again", async || tries().await == 2).await;
    world.clock.advance(Duration::from_secs(19));
    world.shown().await;
    assert_eq!(tries().await, 2);

    world.source.run("ALTER TABLE gone RENAME TO customers").await;
    world.source.run("INSERT INTO customers VALUES (3, 'Reed')").await;
    world.clock.advance(Duration::from_secs(1));
    let back = world.shown_at_last(2).await;
    assert_eq!((back.data.version, back.data.rows), (2, 3));
    assert_eq!(back.query.as_ref().unwrap().failing, None);
}

// Case: queried/changed-columns
async fn changed_columns_keep_the_old_rows_and_new_ones_are_left_out(database: &TestDb) {
    let world = World::on(database).await;
    world.create("SELECT * FROM customers").await.unwrap();
    world.source.run("ALTER TABLE customers ADD COLUMN note BLOB").await;
    world.source.run("INSERT INTO customers VALUES (3, 'Reed', x'00')").await;
    world.clock.advance(10 * MINUTE);
    let second = world.shown().await;
    assert_eq!((second.data.version, second.data.columns.len(), second.data.rows), (2, 2, 3));

    world.source.run("ALTER TABLE customers RENAME COLUMN name TO title").await;
    world.clock.advance(10 * MINUTE);
    assert_eq!(world.shown().await.data.version, 2);
    let why = world.known().await.query.unwrap().failing.unwrap().why;
    assert!(why.contains("“name” is missing"), "{why}");
}

// Case: queried/change
async fn other_columns_are_told_before_they_are_saved(database: &TestDb) {
    let world = World::on(database).await;
    world.create(SELECT).await.unwrap();
    let known = world.known().await;
    let change = async |statement: &str, accepted, revision| {
        world.datasets.change_query(&known, &wish(statement), accepted, revision, world.by.user).await
    };
    let other = "SELECT CAST(id AS TEXT) AS id, 1 AS one FROM customers";
    let Saved::OtherColumns(columns, changes) = change(other, None, known.revision).await.unwrap() else { panic!() };
    let expected = [
        ColumnChange::OtherType("id".to_owned(), ColumnType::Integer, ColumnType::Text),
        ColumnChange::Gone("name".to_owned()),
        ColumnChange::New("one".to_owned(), ColumnType::Integer),
    ];
    assert_eq!(changes, expected);
    assert_eq!(world.known().await.data.version, 1);
    assert_eq!(change(other, Some(&columns[..]), known.revision).await.unwrap(), Saved::Yes);
    let now = world.known().await;
    assert_eq!((now.data.version, now.data.columns == columns), (2, true));
    // A change by somebody who saw the previous revision is refused.
    assert!(matches!(change(SELECT, Some(&known.data.columns), known.revision).await, Err(DatasetError::Changed(_))));
    assert_eq!(world.known().await.data.version, 2);
}

// Case: queried/change-while-refreshing
async fn who_refreshes_while_the_query_is_changed_changes_nothing(database: &TestDb) {
    let world = World::on(database).await;
    world.create(SELECT).await.unwrap();
    let known = world.known().await;
    let until_ms = world.clock.now_ms() + 60_000;
    execute(&database.db, &format!("UPDATE dataset_queries SET claim = 'other', claimed_until = {until_ms}")).await;
    let only = "SELECT id, name FROM customers WHERE id = 1";
    assert_eq!(
        world.datasets.change_query(&known, &wish(only), None, known.revision, world.by.user).await.unwrap(),
        Saved::Yes
    );
    assert_eq!(count(&database.db, "dataset_queries WHERE claim IS NULL").await, 1, "the earlier refresh is void");
    assert_eq!(world.shown().await.data.rows, 1);
}

// Case: queried/kept
async fn only_the_last_two_snapshots_are_kept(database: &TestDb) {
    let world = World::on(database).await;
    world.create(SELECT).await.unwrap();
    for version in 2..=4 {
        world.source.run(&format!("INSERT INTO customers VALUES ({version}, 'x')")).await;
        world.clock.advance(10 * MINUTE);
        assert_eq!(world.shown().await.data.version, version);
    }
    let files = || {
        let names = std::fs::read_dir(world.datasets.folder()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().ends_with(".parquet")).count()
    };
    assert_eq!(files(), 4);
    // The latest version has only just been replaced, so somebody may still be reading the one before it.
    world.datasets.sweep(5).await.unwrap();
    assert_eq!((files(), count(&database.db, "dataset_versions").await), (2, 2));
    assert_eq!(world.rows(&*world.shown().await).await.len(), 5);
    world.datasets.delete(&world.known().await, world.by.user).await.unwrap();
    world.clock.advance(Duration::from_hours(31 * 24));
    world.datasets.sweep(5).await.unwrap();
    assert_eq!(count(&database.db, "dataset_queries").await, 0);
}

// Case: queried/no-other-rows
async fn a_queried_data_set_takes_no_rows_from_elsewhere(database: &TestDb) {
    let world = World::on(database).await;
    world.create(SELECT).await.unwrap();
    world.clock.advance(10 * MINUTE);
    world.source.run("DELETE FROM customers").await;
    world.shown().await;
    let known = world.known().await;
    let restored = world.datasets.restore_version(&known, 1, known.data.version, world.by.user).await;
    assert!(matches!(restored, Err(DatasetError::NotThisWay { .. })), "{restored:?}");
    let again = world.create(SELECT).await;
    assert!(matches!(again, Err(DatasetError::Exists(_))), "{again:?}");
    let file = file_with("id,name\n1,x\n");
    let append = rolecall_core::datasets::Target::Append(known.key());
    let appended =
        world.datasets.import_file(file.path(), rolecall_data::import::Given::default(), &append, None).await;
    assert!(matches!(appended, Err(DatasetError::NotThisWay { .. })), "{appended:?}");
}

#[tokio::test]
async fn names_times_and_connections_are_checked_before_a_database_is_asked() {
    let database = TestDb::sqlite().await;
    let world = World::on(&database).await;
    let make = async |name: &str, query: QueryWish| {
        let new = NewQueried {
            name: name.to_owned(),
            title: "T".to_owned(),
            description: String::new(),
            role: Role::Read,
            query,
        };
        world.datasets.create_queried(&new, world.by).await.unwrap_err()
    };
    assert!(matches!(make("new", wish(SELECT)).await, DatasetError::Reserved(_)), "“new” is the path of a form");
    assert!(matches!(make("weather", wish(SELECT)).await, DatasetError::Reserved(_)));
    assert!(matches!(make("Customers", wish(SELECT)).await, DatasetError::Name(_)));
    let other = QueryWish { connection: "erp".to_owned(), ..wish(SELECT) };
    assert!(matches!(make("a", other).await, DatasetError::NoConnection(_)));
    let soon = QueryWish { fresh: Duration::from_secs(9), ..wish(SELECT) };
    assert!(matches!(make("a", soon).await, DatasetError::Unusable(_)));
    let none = make("a", wish("DELETE FROM customers")).await;
    assert!(matches!(none, DatasetError::Connection(ConnectionError::NotASelect)), "{none:?}");
    assert_eq!(count(&database.db, "datasets").await, 0);
}
