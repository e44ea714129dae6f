//! Data sets of one's own: all of a file is imported, or nothing.

use std::path::Path;

use rolecall::datasets::{DataSet, DatasetError, Datasets, Target};
use rolecall_data::import::{Given, ImportError};
use rolecall_model::Role;
use rolecall_model::data::ColumnType;
use tempfile::TempDir;

use crate::support::{TestClock, TestDb, count, importer, on_both_dialects};

on_both_dialects! {
    a_file_becomes_a_data_set_and_is_appended_to_by_name,
    a_replacement_has_the_columns_that_are_there_unless_told_otherwise,
    no_file_empties_a_data_set_by_mistake,
    a_file_with_mistakes_changes_nothing_and_leaves_nothing,
    two_who_append_at_once_both_do,
    names_are_checked_and_what_comes_with_rolecall_stays,
}

const SALES: &str = "day,region,amount\n2026-01-02,North,120.50\n2026-01-05,South,80.00\n";

struct World {
    datasets: Datasets,
    folder: TempDir,
}

impl World {
    fn on(database: &TestDb) -> Self {
        let folder = TempDir::new().unwrap();
        let datasets = Datasets::open(database.db.clone(), TestClock::starting_now().clock(), folder.path())
            .unwrap()
            .importing_with(importer());
        Self { datasets, folder }
    }

    async fn import(&self, text: &str, target: &Target) -> Result<u64, DatasetError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let imported = self.datasets.import_file(file.path(), Given::default(), target, None).await?;
        Ok(imported.version)
    }

    async fn sales(&self) -> DataSet {
        DataSet::clone(&self.datasets.catalogue().await.unwrap()["sales"])
    }

    /// The files in the store, and what is left of imports.
    fn files(&self) -> (usize, usize) {
        let of = |folder: &Path, ending: &str| {
            let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
            entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(ending)).count()
        };
        let folder = self.folder.path().join("datasets");
        (of(&folder, ".parquet"), of(&folder.join("incoming"), ""))
    }
}

fn new(name: &str) -> Target {
    Target::New { name: name.to_owned(), title: "Sales".to_owned(), role: Role::Read }
}

fn replace(new_columns: bool, may_be_empty: bool) -> Target {
    Target::Replace { name: "sales".to_owned(), new_columns, may_be_empty }
}

fn append() -> Target {
    Target::Append("sales".to_owned())
}

// Case: datasets/append-by-name
async fn a_file_becomes_a_data_set_and_is_appended_to_by_name(database: &TestDb) {
    let world = World::on(database);
    assert_eq!(world.import(SALES, &new("sales")).await.unwrap(), 1);
    let first = world.sales().await;
    assert_eq!((first.data.rows, first.data.version, first.role), (2, 1, Role::Read));
    let types: Vec<ColumnType> = first.data.columns.iter().map(|column| column.column_type).collect();
    assert_eq!(types, [ColumnType::Date, ColumnType::Text, ColumnType::Decimal]);

    // In another order, and with amounts that would be integers of their own.
    assert_eq!(world.import("amount,region,day\n5,East,2026-02-01\n", &append()).await.unwrap(), 2);
    let second = world.sales().await;
    assert_eq!((second.data.rows, &second.data.columns), (3, &first.data.columns));
}

// Case: datasets/replace-by-name
async fn a_replacement_has_the_columns_that_are_there_unless_told_otherwise(database: &TestDb) {
    let world = World::on(database);
    world.import(SALES, &new("sales")).await.unwrap();
    let before = world.sales().await;
    for text in ["a,b\n1,2\n", "day,region,amount\n2026-03-01,North,much\n", "day,region\n2026-03-01,North\n"] {
        let error = world.import(text, &replace(false, false)).await.unwrap_err();
        assert!(matches!(error, DatasetError::Import(ImportError::Mistakes(_))), "{error}");
        assert_eq!(world.sales().await.data, before.data);
    }
    assert_eq!(world.import("amount,day,region\n7,2026-03-01,North\n", &replace(false, false)).await.unwrap(), 2);
    let second = world.sales().await;
    assert_eq!((second.data.rows, second.data.files.len(), &second.data.columns), (1, 1, &before.data.columns));
    assert_eq!(world.import("a,b\n1,2\n", &replace(true, false)).await.unwrap(), 3);
    let third = world.sales().await;
    assert_eq!((third.data.rows, third.data.columns.len(), third.data.files.len()), (1, 2, 1));
}

// Case: datasets/replace-with-nothing
async fn no_file_empties_a_data_set_by_mistake(database: &TestDb) {
    let world = World::on(database);
    world.import(SALES, &new("sales")).await.unwrap();
    let before = world.sales().await;
    for new_columns in [false, true] {
        let refused = world.import("day,region,amount\n", &replace(new_columns, false)).await;
        assert!(matches!(refused, Err(DatasetError::NoRows(_))), "{refused:?}");
        assert_eq!(world.sales().await.data, before.data);
    }
    assert_eq!(world.import("day,region,amount\n", &replace(false, true)).await.unwrap(), 2);
    let after = world.sales().await;
    assert_eq!((after.data.rows, after.data.columns), (0, before.data.columns));
}

// Case: datasets/all-or-nothing
async fn a_file_with_mistakes_changes_nothing_and_leaves_nothing(database: &TestDb) {
    let world = World::on(database);
    world.import(SALES, &new("sales")).await.unwrap();
    let before = world.sales().await;
    for (text, reason) in [
        ("day,region,amount\n2026-03-01,North,much\n", "number"),
        ("day,region,amount\n2026-03-01,North\n", "cells"),
        ("day,region\n2026-03-01,North\n", "no such column"),
        ("day,region,amount,tax\n2026-03-01,North,1,2\n", "no such column"),
    ] {
        let error = world.import(text, &append()).await.unwrap_err();
        let DatasetError::Import(ImportError::Mistakes(report)) = error else { panic!("{error}") };
        assert!(report.mistakes[0].reason.contains(reason), "{report:?}");
    }
    let after = world.sales().await;
    assert_eq!((after.data, count(&database.db, "dataset_versions").await), (before.data, 1));
    assert_eq!(world.files(), (1, 0));
}

// Case: datasets/at-once
async fn two_who_append_at_once_both_do(database: &TestDb) {
    let world = World::on(database);
    world.import(SALES, &new("sales")).await.unwrap();
    let target = append();
    let (one, other) = tokio::join!(world.import(SALES, &target), world.import(SALES, &target));
    let mut versions = [one.unwrap(), other.unwrap()];
    versions.sort_unstable();
    assert_eq!(versions, [2, 3]);
    let sales = world.sales().await;
    assert_eq!((sales.data.rows, sales.data.files.len(), world.files()), (6, 3, (3, 0)));
}

// Case: datasets/reserved-names
async fn names_are_checked_and_what_comes_with_rolecall_stays(database: &TestDb) {
    let world = World::on(database);
    // Before it was ever imported, too.
    assert!(matches!(world.import(SALES, &new("weather")).await, Err(DatasetError::Reserved(_))));
    world.datasets.import_built_in(&["weather"]).await.unwrap();
    for name in ["", "Sales", "a b", "../x", &"a".repeat(65)] {
        assert!(matches!(world.import(SALES, &new(name)).await, Err(DatasetError::Name(_))), "{name}");
    }
    for name in ["weather", "bird-strikes"] {
        assert!(matches!(world.import(SALES, &new(name)).await, Err(DatasetError::Reserved(_))), "{name}");
    }
    assert!(matches!(world.import(SALES, &append()).await, Err(DatasetError::Unknown(_))));
    let weather = Target::Replace { name: "weather".to_owned(), new_columns: false, may_be_empty: false };
    assert!(matches!(world.import(SALES, &weather).await, Err(DatasetError::BuiltInStays(_))));
    assert_eq!((count(&database.db, "datasets").await, world.files()), (1, (1, 0)));
}
