//! Data sets in files that are queried: made at a start, changed with their file, and what leaves them unchanged.

use std::collections::BTreeMap;
use std::time::Duration;

use rolecall_core::dashboards::{Dashboard, DashboardFiles, Dashboards, DatasetFileError, check_files};
use rolecall_core::datasets::{
    Changer, Connections, DataSet, DataSetKind, DatasetError, DatasetFiles, Datasets, Description, NewQueried,
    QueryWish, RowRule, RuleSubject,
};
use rolecall_data::connection::{Database, DatabaseLimits};
use rolecall_model::Role;
use tempfile::TempDir;

use crate::support::{CapturedLog, SourceDb, TestClock, TestDb, count, execute, on_both_dialects};

on_both_dialects! {
    a_file_makes_a_data_set_and_changes_it,
    a_data_set_that_no_file_made_is_left_alone,
    a_database_that_is_away_leaves_nothing_half_made,
    columns_that_something_is_made_of_stay,
    a_data_set_whose_file_is_gone_is_for_administrators,
    several_instances_make_it_once,
}

const LIMITS: DatabaseLimits = DatabaseLimits { max_rows: 100, timeout: Duration::from_secs(20) };
const SELECT: &str = "SELECT id, name FROM customers ORDER BY id";
const DASHBOARD: &str = r#"
format = 1
title = "Customers"
[[panels]]
id = "count"
title = "How many"
kind = "figure"
dataset = "customers"
measures = [{ compute = "distinct", of = "name" }]
"#;
/// Panels that share a title: the first never fits the customers.
const TWINS: &str = r#"
format = 1
title = "Twins"
[[panels]]
id = "ages"
title = "Twin"
kind = "figure"
dataset = "customers"
measures = [{ compute = "distinct", of = "age" }]
[[panels]]
id = "names"
title = "Twin"
kind = "figure"
dataset = "customers"
measures = [{ compute = "distinct", of = "name" }]
"#;
const NOTHING: [&str; 0] = [];

struct World {
    clock: TestClock,
    dashboards: Dashboards,
    source: SourceDb,
    config: TempDir,
    data: TempDir,
}

impl World {
    async fn on(database: &TestDb) -> Self {
        let (config, data, source) = (TempDir::new().unwrap(), TempDir::new().unwrap(), SourceDb::sqlite());
        source.run("CREATE TABLE customers (id INTEGER, name TEXT)").await;
        source.run("INSERT INTO customers VALUES (1, 'Ada'), (2, NULL)").await;
        execute(
            &database.db,
            "INSERT INTO users (issuer, subject, name, created_at, last_sign_in_at) VALUES ('i', 's', 'Ada', 0, 0)",
        )
        .await;
        let clock = TestClock::starting_now();
        let dashboards = instance(database, &clock, &data, &source);
        Self { clock, dashboards, source, config, data }
    }

    fn write(&self, title: &str, role: &str, query: &str) {
        let said = format!("title = \"{title}\"\nrole = \"{role}\"\nconnection = \"crm\"");
        let text =
            format!("format = 1\n{said}\nkeep = \"1min\"\nquery = \"{query}\"\ndescription = \" About  {title}\"\n");
        std::fs::write(self.config.path().join("customers.toml"), text).unwrap();
    }

    fn files(&self) -> DatasetFiles {
        DatasetFiles::read(self.config.path()).unwrap()
    }

    async fn start(&self) -> Vec<String> {
        start(&self.dashboards, self.files()).await
    }

    fn datasets(&self) -> &Datasets {
        self.dashboards.datasets()
    }

    async fn known(&self) -> DataSet {
        self.datasets().current("customers").await.unwrap().unwrap()
    }

    /// How many snapshot files are stored.
    fn stored(&self) -> usize {
        let names = std::fs::read_dir(self.datasets().folder()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().ends_with(".parquet")).count()
    }

    /// Moves the external database away, or back.
    fn set_away(&self, is_away: bool) {
        let (here, elsewhere) = (self.source.file(), self.source.file().with_extension("away"));
        let (from, to) = if is_away { (here, elsewhere) } else { (elsewhere, here) };
        std::fs::rename(from, to).unwrap();
    }
}

/// An instance with two dashboards of the customers in files.
fn instance(database: &TestDb, clock: &TestClock, data: &TempDir, source: &SourceDb) -> Dashboards {
    let crm = Database::new(source.url().parse().unwrap(), LIMITS, vec![data.path().to_owned()]);
    let connections = Connections::new(BTreeMap::from([("crm".to_owned(), crm)]));
    let datasets =
        Datasets::open(database.db.clone(), clock.clock(), data.path()).unwrap().with_connections(connections);
    let read = |name: &str, text: &str| Dashboard::read(name, &format!("{name}.toml"), text.to_owned()).unwrap().0;
    let files = vec![read("customers", DASHBOARD), read("twins", TWINS)];
    Dashboards::new(database.db.clone(), database.auth(clock), datasets, files)
}

/// Applies `files` once, as a start does. Returns the messages of mistakes.
async fn start(dashboards: &Dashboards, files: DatasetFiles) -> Vec<String> {
    let (datasets, files) = (dashboards.datasets(), files.without_mistakes(&[]).unwrap());
    datasets.settle_files(&files).await.unwrap();
    let catalogue = datasets.catalogue().await.unwrap();
    let mistakes = files.check(datasets.connections(), Some(&*catalogue));
    let mut told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    for file in files.usable(datasets.connections(), &catalogue) {
        if let Err(error) = dashboards.follow_dataset_file(&file).await {
            told.push(error.to_string());
        }
    }
    told
}

// Case: queried/file
async fn a_file_makes_a_data_set_and_changes_it(database: &TestDb) {
    let world = World::on(database).await;
    world.write("Customers", "read", SELECT);
    assert_eq!(world.start().await, NOTHING);
    let first = world.known().await;
    assert_eq!((first.title.as_str(), first.role, first.owner), ("Customers", Role::Read, None));
    assert_eq!(first.description, "About Customers");
    assert_eq!((first.kind, first.is_in_file(), first.data.rows), (DataSetKind::Queried, true, 2));
    assert_eq!(first.query.as_ref().unwrap().fresh, Duration::from_mins(1));

    // A data set that already matches its file is not queried again.
    assert_eq!(world.start().await, NOTHING);
    assert_eq!((world.known().await.data.version, world.known().await.revision), (1, first.revision));

    world.write("Clients", "admin", "SELECT id, name FROM customers WHERE id = 1");
    assert_eq!(world.start().await, NOTHING);
    let second = world.known().await;
    assert_eq!(second.description, "About Clients");
    assert_eq!((second.title.as_str(), second.role, second.data.rows), ("Clients", Role::Admin, 1));
    assert_eq!((second.data.version, second.data.dataset == first.data.dataset), (2, true));
}

// Case: queried/file-name-taken
async fn a_data_set_that_no_file_made_is_left_alone(database: &TestDb) {
    let world = World::on(database).await;
    let query = QueryWish { connection: "crm".to_owned(), statement: SELECT.to_owned(), fresh: Duration::from_mins(1) };
    let mine = NewQueried {
        name: "customers".to_owned(),
        title: "Mine".to_owned(),
        description: String::new(),
        role: Role::Write,
        query,
    };
    world.datasets().create_queried(&mine, Changer { user: 1, role: Some(Role::Admin) }).await.unwrap();
    world.write("Customers", "read", "SELECT 1 AS one");
    let told = world.start().await;
    assert!(
        told.len() == 1 && told[0].contains("customers.toml: A data set that was not made by this file"),
        "{told:?}"
    );
    // A missing connection is reported as well.
    let catalogue = world.datasets().catalogue().await.unwrap();
    let both = world.files().check(&Connections::default(), Some(&*catalogue));
    assert!(both.len() == 2 && both[0].at == "connection" && both[1].to_string() == told[0], "{both:?}");
    // The name can also be taken after the files were checked.
    for file in world.files().all() {
        let refused = world.dashboards.follow_dataset_file(file).await.unwrap_err();
        assert!(matches!(refused, DatasetFileError::Dataset(DatasetError::Exists(_))), "{refused:?}");
    }
    let known = world.known().await;
    assert_eq!((known.title.as_str(), known.role, known.owner), ("Mine", Role::Write, Some(1)));
    assert_eq!((known.is_in_file(), known.data.version, known.data.columns.len()), (false, 1, 2));
    let none = TempDir::new().unwrap();
    let connections = world.datasets().connections();
    let checked = check_files(none.path(), &world.files(), connections, Some(&database.db)).await.unwrap();
    assert_eq!(checked.mistakes.iter().map(ToString::to_string).collect::<Vec<_>>(), told);
}

// Case: queried/file-away
async fn a_database_that_is_away_leaves_nothing_half_made(database: &TestDb) {
    let world = World::on(database).await;
    world.write("Customers", "read", SELECT);
    world.set_away(true);
    assert_eq!(world.start().await.len(), 1);
    assert_eq!((count(&database.db, "datasets").await, count(&database.db, "dataset_queries").await), (0, 0));
    assert_eq!((count(&database.db, "dataset_versions").await, world.stored()), (0, 0));
    // Until it is made, a dashboard that uses it is not a mistake.
    let dashboards = TempDir::new().unwrap();
    std::fs::write(dashboards.path().join("customers.toml"), DASHBOARD).unwrap();
    let catalogue = world.datasets().catalogue().await.unwrap();
    let files = DashboardFiles::read(dashboards.path()).unwrap();
    assert_eq!(files.check_data(Some(&*catalogue), &world.files()), []);
    assert_eq!(files.check_data(Some(&*catalogue), &DatasetFiles::default()).len(), 1);
    world.set_away(false);
    assert_eq!(world.start().await, NOTHING);
    assert_eq!(world.known().await.data.rows, 2);

    // Changes that need no database take effect at once; the previous SELECT stays in force until the new one has run.
    world.set_away(true);
    world.write("Customers", "admin", "SELECT id, name FROM customers WHERE id = 1");
    assert_eq!(world.start().await.len(), 1);
    let known = world.known().await;
    assert_eq!((known.role, known.data.version, world.stored()), (Role::Admin, 1, 1));
    world.set_away(false);
    assert_eq!(world.start().await, NOTHING);
    assert_eq!(world.known().await.data.rows, 1);

    // A lower role applies only with the rows of the new SELECT, and not to the existing rows.
    world.set_away(true);
    world.write("Open", "read", "SELECT id, name FROM customers WHERE id = 2");
    assert_eq!(world.start().await.len(), 1);
    let known = world.known().await;
    assert_eq!((known.title.as_str(), known.role, known.data.rows), ("Open", Role::Admin, 1));
    world.set_away(false);
    assert_eq!(world.start().await, NOTHING);
    assert_eq!((world.known().await.role, world.known().await.data.version), (Role::Read, 3));
}

// Case: queried/file-columns
async fn columns_that_something_is_made_of_stay(database: &TestDb) {
    let world = World::on(database).await;
    let columns = async || world.known().await.data.columns.into_iter().map(|column| column.name).collect::<Vec<_>>();
    world.write("Customers", "read", SELECT);
    assert_eq!(world.start().await, NOTHING);
    world.write("Customers", "read", "SELECT id FROM customers");
    let told = world.start().await;
    assert!(told.len() == 1 && told[0].contains("customers.toml:6: query: "), "{told:?}");
    assert!(told[0].contains("the panel “How many” of “Customers”"), "{told:?}");
    assert_eq!(told[0].matches("the panel “Twin” of “Twins”").count(), 1, "{told:?}");
    assert_eq!((columns().await, world.stored()), (vec!["id".to_owned(), "name".to_owned()], 1));

    // No panel uses the column `id`, which this statement drops.
    world.write("Customers", "read", "SELECT name, 1 AS one FROM customers");
    assert_eq!(world.start().await, NOTHING);
    assert_eq!(columns().await, ["name", "one"]);
    let rule = RowRule { column: "one".to_owned(), is: RuleSubject::Values(vec!["1".to_owned()]), except: None };
    let known = world.known().await;
    world.datasets().save_rules(&known, std::slice::from_ref(&rule), known.revision, 1).await.unwrap();
    world.write("Customers", "read", SELECT);
    let told = world.start().await;
    assert!(told.len() == 1 && told[0].contains("the row rule about “one”"), "{told:?}");
    assert_eq!(
        (columns().await, world.known().await.row_rules),
        (vec!["name".to_owned(), "one".to_owned()], vec![rule])
    );
}

// Case: queried/file-gone
async fn a_data_set_whose_file_is_gone_is_for_administrators(database: &TestDb) {
    let world = World::on(database).await;
    world.write("Customers", "read", SELECT);
    assert_eq!(world.start().await, NOTHING);
    let known = world.known().await;
    let datasets = world.datasets();
    let new = || Description { title: "Mine".to_owned(), description: String::new(), role: Role::Read };
    let wish = QueryWish { connection: "crm".to_owned(), statement: SELECT.to_owned(), fresh: Duration::from_mins(2) };
    let in_file = |error: DatasetError| assert!(matches!(error, DatasetError::InFile(_)), "{error:?}");
    in_file(datasets.describe(&known, new(), known.revision, 1).await.unwrap_err());
    in_file(datasets.change_query(&known, &wish, None, known.revision, 1).await.unwrap_err());
    in_file(datasets.delete(&known, 1).await.unwrap_err());

    std::fs::remove_file(world.config.path().join("customers.toml")).unwrap();
    let log = CapturedLog::begin();
    assert_eq!(world.start().await, NOTHING);
    assert_eq!(log.event("dataset_changed").text("change"), "file_gone");
    drop(log);
    let left = world.known().await;
    assert_eq!((left.is_in_file(), left.owner, left.data.version, left.data.rows), (false, None, 1, 2));
    assert!(left.may_be_changed_by(1, Some(Role::Admin)) && !left.may_be_changed_by(1, Some(Role::Write)));
    datasets.describe(&left, new(), left.revision, 1).await.unwrap();

    // A single start without the file does not detach it for good: once the file is back, it decides again who sees the
    // data set.
    world.write("Customers", "admin", SELECT);
    assert_eq!(world.start().await, NOTHING);
    let back = world.known().await;
    assert_eq!((back.is_in_file(), back.title.as_str(), back.role), (true, "Customers", Role::Admin));
    in_file(datasets.delete(&back, 1).await.unwrap_err());
}

// Case: queried/file-instances
async fn several_instances_make_it_once(database: &TestDb) {
    let world = World::on(database).await;
    let other = instance(database, &world.clock, &world.data, &world.source);
    world.write("Customers", "read", SELECT);
    let (one, two) = tokio::join!(world.start(), start(&other, world.files()));
    assert_eq!((one, two), (vec![], vec![]));
    assert_eq!((count(&database.db, "datasets").await, count(&database.db, "dataset_versions").await), (1, 1));
    assert_eq!(world.stored(), 1);

    world.write("Clients", "admin", "SELECT id, name FROM customers WHERE id = 1");
    tokio::join!(world.start(), start(&other, world.files()));
    // The instance that comes second finds the work done.
    let (one, two) = tokio::join!(world.start(), start(&other, world.files()));
    assert_eq!((one, two), (vec![], vec![]));
    let known = world.known().await;
    assert_eq!((known.title.as_str(), known.role, known.data.rows), ("Clients", Role::Admin, 1));
    assert_eq!((count(&database.db, "dataset_versions").await, world.stored()), (2, 2));
}
