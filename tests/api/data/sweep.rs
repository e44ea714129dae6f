//! What is deleted of data sets, and what is kept.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rolecall_core::datasets::{Changer, DataSet, DatasetError, Datasets, RuleViewer, Target};
use rolecall_data::query::QueryError;
use rolecall_model::Role;
use tempfile::TempDir;

use crate::support::{TestClock, TestDb, count, execute, import_rows, importer, on_both_dialects};

on_both_dialects! {
    old_versions_go_once_they_were_replaced_for_a_while,
    a_version_that_was_restored_keeps_its_files,
    a_deleted_data_set_is_kept_for_thirty_days,
    what_no_version_names_goes_after_an_hour,
    where_the_database_does_not_answer_no_file_is_deleted,
}

const MINUTE: Duration = Duration::from_mins(1);
const KEPT: u32 = 2;

struct World {
    datasets: Datasets,
    clock: TestClock,
    folder: TempDir,
}

impl World {
    fn on(database: &TestDb) -> Self {
        let (clock, folder) = (TestClock::starting_now(), TempDir::new().unwrap());
        let datasets = Datasets::open(database.db.clone(), clock.clock(), folder.path()).unwrap();
        Self { datasets: datasets.importing_with(importer()), clock, folder }
    }

    /// Imports sales with one row, as a new data set or in place of the existing rows.
    async fn import(&self, amount: u32) -> DataSet {
        let name = "sales".to_owned();
        let target = match self.datasets.current(&name).await.unwrap() {
            None => Target::New { name, title: "Sales".to_owned(), role: Role::Read },
            Some(there) => Target::Replace { dataset: there.key(), new_columns: false, may_be_empty: false },
        };
        import_rows(&self.datasets, format!("amount\n{amount}\n"), &target).await;
        self.sales().await
    }

    async fn sales(&self) -> DataSet {
        self.datasets.current("sales").await.unwrap().unwrap()
    }

    async fn sweep(&self) {
        self.datasets.sweep(KEPT).await.unwrap();
    }

    async fn versions(&self) -> Vec<u64> {
        let versions = self.datasets.versions(&self.sales().await).await.unwrap();
        versions.into_iter().map(|version| version.number).collect()
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("datasets")
    }

    fn has(&self, dataset: &DataSet) -> bool {
        dataset.data.files.iter().all(|file| self.store().join(file).is_file())
    }
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

// Case: datasets/sweep-versions
async fn old_versions_go_once_they_were_replaced_for_a_while(database: &TestDb) {
    let world = World::on(database);
    let mut states = Vec::new();
    for amount in 1..=4 {
        states.push(world.import(amount).await);
    }
    world.clock.advance(9 * MINUTE);
    world.sweep().await;
    assert_eq!(world.versions().await, [4, 3, 2, 1]);
    world.clock.advance(2 * MINUTE);
    world.sweep().await;
    assert_eq!(world.versions().await, [4, 3]);
    // A query that began before can still read its files.
    let viewer = RuleViewer::with_role(Some(Role::Admin));
    assert!(world.datasets.sample(&states[0], &viewer).await.is_ok());

    world.clock.advance(60 * MINUTE);
    world.sweep().await;
    assert_eq!(states.iter().map(|state| world.has(state)).collect::<Vec<_>>(), [false, false, true, true]);
    let gone = world.datasets.sample(&states[1], &viewer).await.unwrap_err();
    assert!(matches!(gone, QueryError::Unreadable(_)), "{gone:?}");
    assert_eq!(world.datasets.sample(&states[3], &viewer).await.unwrap().rows.len(), 1);
}

// Case: datasets/sweep-restored
async fn a_version_that_was_restored_keeps_its_files(database: &TestDb) {
    let world = World::on(database);
    execute(&database.db, USER).await;
    let first = world.import(1).await;
    world.import(2).await;
    let current = world.import(3).await;
    world.datasets.restore_version(&current, 1, 3, 1).await.unwrap();
    world.clock.advance(120 * MINUTE);
    world.sweep().await;
    world.sweep().await;
    assert_eq!(world.versions().await, [4, 3]);
    assert!(world.has(&first));
    // A version that is no longer kept cannot be restored.
    let refused = world.datasets.restore_version(&world.sales().await, 1, 4, 1).await;
    assert!(matches!(refused, Err(DatasetError::Changed(_))), "{refused:?}");
    assert_eq!((world.versions().await, entries(&world.store())), (vec![4, 3], 3));
}

/// Makes the user 1.
const USER: &str = "INSERT INTO users (id, issuer, subject, name, created_at, last_sign_in_at) \
                    VALUES (1, 'https://issuer.test', 'wren', 'Wren Hollis', 0, 0)";

// Case: datasets/sweep-deleted
async fn a_deleted_data_set_is_kept_for_thirty_days(database: &TestDb) {
    let world = World::on(database);
    execute(&database.db, USER).await;
    let sales = world.import(1).await;
    world.datasets.delete(&sales, 1).await.unwrap();
    world.clock.advance(29 * 24 * 60 * MINUTE);
    world.sweep().await;
    let deleted =
        world.datasets.deleted(Changer { user: 1, role: Some(Role::Admin) }, 10).await.unwrap().pop().unwrap();
    world.datasets.undelete(&deleted, Changer { user: 1, role: Some(Role::Admin) }).await.unwrap();
    assert!(world.has(&world.sales().await));

    world.datasets.delete(&sales, 1).await.unwrap();
    world.clock.advance(30 * 24 * 60 * MINUTE + MINUTE);
    world.sweep().await;
    assert_eq!(world.datasets.deleted(Changer { user: 1, role: Some(Role::Admin) }, 10).await.unwrap(), []);
    let refused = world.datasets.undelete(&deleted, Changer { user: 1, role: Some(Role::Admin) }).await;
    assert!(matches!(refused, Err(DatasetError::Changed(_))), "{refused:?}");
    assert_eq!((count(&database.db, "datasets").await, count(&database.db, "dataset_versions").await), (0, 0));
    assert!(!world.has(&sales));
}

// Case: datasets/sweep-unnamed
async fn what_no_version_names_goes_after_an_hour(database: &TestDb) {
    let world = World::on(database);
    let sales = world.import(1).await;
    let (store, incoming) = (world.store(), world.store().join("incoming"));
    std::fs::write(store.join("left-over.parquet"), "rows").unwrap();
    std::fs::write(store.join("not-ours.txt"), "text").unwrap();
    std::fs::create_dir_all(incoming.join("killed")).unwrap();
    std::fs::write(incoming.join("killed/rows.parquet"), "ro").unwrap();
    world.clock.advance(59 * MINUTE);
    world.sweep().await;
    assert!(store.join("left-over.parquet").is_file() && incoming.join("killed").is_dir());
    world.clock.advance(2 * MINUTE);
    world.sweep().await;
    assert!(!store.join("left-over.parquet").exists() && !incoming.join("killed").exists());
    assert!(world.has(&sales) && store.join("not-ours.txt").is_file());
}

// Case: datasets/sweep-without-database
async fn where_the_database_does_not_answer_no_file_is_deleted(database: &TestDb) {
    let world = World::on(database);
    let sales = world.import(1).await;
    world.clock.advance(120 * MINUTE);
    execute(&database.db, "ALTER TABLE dataset_versions RENAME TO versions_of_datasets").await;
    assert!(world.datasets.sweep(KEPT).await.is_err());
    assert!(world.has(&sales));
    execute(&database.db, "ALTER TABLE versions_of_datasets RENAME TO dataset_versions").await;
    world.sweep().await;
    assert!(world.has(&sales));
}
