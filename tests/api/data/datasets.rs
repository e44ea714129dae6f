//! Data sets that people make: a file is imported completely or not at all.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use rolecall_core::datasets::{Changer, DataSet, DatasetError, Datasets, NewPushed, SourceFile, Target};
use rolecall_data::import::{Given, ImportError, Progress};
use rolecall_model::Role;
use rolecall_model::data::{ColumnType, DataColumn};
use rolecall_sign_in::bearer::{ApiCaller, CallerKind};
use tempfile::TempDir;

use crate::support::{TestClock, TestDb, count, execute, file_with, importer, on_both_dialects};

on_both_dialects! {
    a_file_becomes_a_data_set_and_is_appended_to_by_name,
    a_replacement_has_the_columns_that_are_there_unless_told_otherwise,
    no_file_empties_a_data_set_by_mistake,
    a_file_with_mistakes_changes_nothing_and_leaves_nothing,
    two_who_append_at_once_both_do,
    the_rows_of_a_file_are_not_added_twice_unless_that_is_wanted,
    names_are_checked_and_what_comes_with_rolecall_stays,
    rows_for_a_data_set_that_was_deleted_go_to_no_other,
    what_is_given_to_somebody_else_meanwhile_is_judged_again,
    a_person_owns_so_many_data_sets_and_no_more,
    of_what_a_person_deletes_as_many_data_sets_are_kept_as_they_may_own,
}

const SALES: &str = "day,region,amount\n2026-01-02,North,120.50\n2026-01-05,South,80.00\n";

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

    async fn import(&self, text: &str, target: &Target) -> Result<u64, DatasetError> {
        let file = file_with(text);
        let imported = self.datasets.import_file(file.path(), Given::default(), target, None).await?;
        Ok(imported.version)
    }

    async fn sales(&self) -> DataSet {
        DataSet::clone(self.datasets.catalogue().await.unwrap().get("sales").unwrap())
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

impl World {
    async fn replace(&self, new_columns: bool, may_be_empty: bool) -> Target {
        Target::Replace { dataset: self.sales().await.key(), new_columns, may_be_empty }
    }

    async fn append(&self) -> Target {
        Target::Append(self.sales().await.key())
    }
}

// Case: datasets/append-by-name
async fn a_file_becomes_a_data_set_and_is_appended_to_by_name(database: &TestDb) {
    let world = World::on(database);
    assert_eq!(world.import(SALES, &new("sales")).await.unwrap(), 1);
    let first = world.sales().await;
    assert_eq!((first.data.rows, first.data.version, first.role), (2, 1, Role::Read));
    let types: Vec<ColumnType> = first.data.columns.iter().map(|column| column.column_type).collect();
    assert_eq!(types, [ColumnType::Date, ColumnType::Text, ColumnType::Decimal]);

    // The columns are in another order, and the amounts alone would be read as integers.
    assert_eq!(world.import("amount,region,day\n5,East,2026-02-01\n", &world.append().await).await.unwrap(), 2);
    let second = world.sales().await;
    assert_eq!((second.data.rows, &second.data.columns), (3, &first.data.columns));
}

// Case: datasets/replace-by-name
async fn a_replacement_has_the_columns_that_are_there_unless_told_otherwise(database: &TestDb) {
    let world = World::on(database);
    world.import(SALES, &new("sales")).await.unwrap();
    let before = world.sales().await;
    for text in ["a,b\n1,2\n", "day,region,amount\n2026-03-01,North,much\n", "day,region\n2026-03-01,North\n"] {
        let error = world.import(text, &world.replace(false, false).await).await.unwrap_err();
        assert!(matches!(error, DatasetError::Import(ImportError::Mistakes(_))), "{error}");
        assert_eq!(world.sales().await.data, before.data);
    }
    assert_eq!(
        world.import("amount,day,region\n7,2026-03-01,North\n", &world.replace(false, false).await).await.unwrap(),
        2
    );
    let second = world.sales().await;
    assert_eq!((second.data.rows, second.data.files.len(), &second.data.columns), (1, 1, &before.data.columns));
    assert_eq!(world.import("a,b\n1,2\n", &world.replace(true, false).await).await.unwrap(), 3);
    let third = world.sales().await;
    assert_eq!((third.data.rows, third.data.columns.len(), third.data.files.len()), (1, 2, 1));
}

// Case: datasets/replace-with-nothing
async fn no_file_empties_a_data_set_by_mistake(database: &TestDb) {
    let world = World::on(database);
    world.import(SALES, &new("sales")).await.unwrap();
    let before = world.sales().await;
    for new_columns in [false, true] {
        let refused = world.import("day,region,amount\n", &world.replace(new_columns, false).await).await;
        assert!(matches!(refused, Err(DatasetError::NoRows(_))), "{refused:?}");
        assert_eq!(world.sales().await.data, before.data);
    }
    assert_eq!(world.import("day,region,amount\n", &world.replace(false, true).await).await.unwrap(), 2);
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
        let error = world.import(text, &world.append().await).await.unwrap_err();
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
    let target = world.append().await;
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
    // The name is reserved even before the built-in data set has been imported.
    assert!(matches!(world.import(SALES, &new("weather")).await, Err(DatasetError::Reserved(_))));
    world.datasets.import_built_in(&["weather"]).await.unwrap();
    for name in ["", "Sales", "a b", "../x", &"a".repeat(65)] {
        assert!(matches!(world.import(SALES, &new(name)).await, Err(DatasetError::Name(_))), "{name}");
    }
    for name in ["weather", "bird-strikes"] {
        assert!(matches!(world.import(SALES, &new(name)).await, Err(DatasetError::Reserved(_))), "{name}");
    }
    assert!(matches!(world.datasets.key_of("sales").await, Err(DatasetError::Unknown(_))));
    let dataset = world.datasets.key_of("weather").await.unwrap();
    let weather = Target::Replace { dataset, new_columns: false, may_be_empty: false };
    assert!(matches!(world.import(SALES, &weather).await, Err(DatasetError::BuiltInStays(_))));
    assert_eq!((count(&database.db, "datasets").await, world.files()), (1, (1, 0)));
}

// Case: datasets/deleted-and-made-anew
async fn rows_for_a_data_set_that_was_deleted_go_to_no_other(database: &TestDb) {
    let world = World::on(database);
    world.import(SALES, &new("sales")).await.unwrap();
    let targets = [world.append().await, world.replace(false, false).await];
    world.datasets.delete(&world.sales().await, 1).await.unwrap();
    world.import(SALES, &new("sales")).await.unwrap();
    for target in targets {
        assert!(matches!(world.import(SALES, &target).await, Err(DatasetError::Unknown(_))));
    }
    assert_eq!((world.sales().await.data.version, world.files()), (1, (2, 0)));
}

/// A person called `name`, with the role Write.
async fn person(world: &World, database: &TestDb, name: &str) -> Changer {
    let add = format!(
        "INSERT INTO users (issuer, subject, name, created_at, last_sign_in_at) VALUES ('x', '{name}', '{name}', 0, 0)"
    );
    execute(&database.db, &add).await;
    let caller = ApiCaller {
        issuer: "x".to_owned(),
        subject: name.to_owned(),
        name: name.to_owned(),
        given_name: None,
        kind: CallerKind::Person,
        client: "till".to_owned(),
        provider: "demo".to_owned(),
        role: Some(Role::Write),
        open_role: Some(Role::Write),
        authenticated_at_ms: None,
        claims: serde_json::Map::new(),
    };
    world.datasets.changer(&caller).await.unwrap()
}

// Case: datasets/same-file
async fn the_rows_of_a_file_are_not_added_twice_unless_that_is_wanted(database: &TestDb) {
    let world = World::on(database);
    world.import(SALES, &new("sales")).await.unwrap();
    let once = Target::AppendOnce(world.sales().await.key());
    assert!(matches!(world.import(SALES, &once).await, Err(DatasetError::AddedBefore(_))));
    // Of two imports at the same moment, one is refused.
    let more = "day,region,amount\n2026-02-01,East,5\n";
    let (first, second) = tokio::join!(world.import(more, &once), world.import(more, &once));
    assert_eq!([first, second].iter().filter(|added| matches!(added, Err(DatasetError::AddedBefore(_)))).count(), 1);
    assert_eq!((world.sales().await.data.rows, world.files()), (3, (2, 0)));
    assert_eq!(world.import(SALES, &world.append().await).await.unwrap(), 3);
    // The rows of the file have been replaced, so it may be added again.
    world.import(more, &world.replace(false, false).await).await.unwrap();
    assert_eq!(world.import(SALES, &once).await.unwrap(), 5);
    // A file counts as added as long as its rows are there, even if the version that added it is deleted.
    world.import("day,region,amount\n2026-04-01,East,5\n", &once).await.unwrap();
    execute(&database.db, "DELETE FROM dataset_versions WHERE version < 6").await;
    assert!(matches!(world.import(SALES, &once).await, Err(DatasetError::AddedBefore(_))));
}

// Case: datasets/given-away-meanwhile
async fn what_is_given_to_somebody_else_meanwhile_is_judged_again(database: &TestDb) {
    let world = World::on(database);
    let (mine, other) = (person(&world, database, "wren").await, person(&world, database, "otto").await);
    let file = file_with(SALES);
    let import = async |target: &Target, by| {
        let imported = world.datasets.import_file(file.path(), Given::default(), target, Some(by)).await;
        imported.map(|imported| imported.version)
    };
    assert_eq!(import(&new("sales"), mine).await.unwrap(), 1);
    let target = world.append().await;
    assert!(matches!(import(&target, other).await, Err(DatasetError::NotYours(_))));
    // The import is prepared while the data set is hers, and committed when it no longer is.
    let go_on = |_: Progress| ControlFlow::Continue(());
    for (change, is_refusal) in [
        (
            format!("owner = {}", other.user),
            (|error| matches!(error, DatasetError::NotYours(_))) as fn(DatasetError) -> _,
        ),
        (format!("owner = {}, role = 'admin'", mine.user), |error| matches!(error, DatasetError::Unknown(_))),
        ("role = 'read', kind = 'pushed'".to_owned(), |error| matches!(error, DatasetError::NotThisWay { .. })),
    ] {
        let reading = world.datasets.examine(file.path(), &Given::default(), go_on).await.unwrap().reading;
        let into = world.folder.path().join("rows.parquet");
        let as_it_was = format!("UPDATE datasets SET owner = {}, role = 'read', kind = 'uploaded'", mine.user);
        execute(&database.db, &as_it_was).await;
        let file = SourceFile { path: file.path(), name: "sales.csv", sha256: "" };
        let prepared = world.datasets.prepare(file, reading, (&target, Some(mine)), &into, go_on).await.unwrap();
        execute(&database.db, &format!("UPDATE datasets SET {change}")).await;
        let refused = world.datasets.bring_in(prepared, &target, Some(mine)).await.unwrap_err();
        assert!(is_refusal(refused), "{change}");
        std::fs::remove_file(&into).unwrap();
    }
    assert_eq!((count(&database.db, "dataset_versions").await, world.files()), (1, (1, 0)));
}

// Case: datasets/quota
async fn a_person_owns_so_many_data_sets_and_no_more(database: &TestDb) {
    let mut world = World::on(database);
    world.datasets = world.datasets.clone().with_max_per_owner(3);
    let (wren, otto) = (person(&world, database, "wren").await, person(&world, database, "otto").await);
    let put = async |name: &str, by: Changer| {
        let columns = vec![DataColumn { name: "n".to_owned(), column_type: ColumnType::Integer }];
        let wish = NewPushed { name: name.to_owned(), title: name.to_owned(), role: None, columns };
        world.datasets.put_pushed(&wish, by).await
    };
    // The limit also holds for several at the same moment.
    let names: Vec<String> = (0..8).map(|number| format!("set-{number}")).collect();
    let made = futures_util::future::join_all(names.iter().map(|name| put(name, wren))).await;
    let refused = made.iter().filter(|made| matches!(made, Err(DatasetError::TooMany(3)))).count();
    assert_eq!((refused, count(&database.db, "datasets").await), (5, 3), "{made:?}");
    assert!(matches!(world.datasets.check_room(wren).await, Err(DatasetError::TooMany(3))));
    // Other people have a limit of their own, and administrators have none.
    put("of-otto", otto).await.unwrap();
    put("more", Changer { role: Some(Role::Admin), ..wren }).await.unwrap();
    // A deleted data set does not count, and cannot be restored beyond the limit.
    let owned = world.datasets.catalogue().await.unwrap();
    let mut owned = owned.values().filter(|dataset| dataset.owner == Some(wren.user));
    for _ in 0..2 {
        world.datasets.delete(owned.next().unwrap(), wren.user).await.unwrap();
    }
    put("other", wren).await.unwrap();
    let deleted = world.datasets.deleted(wren, 10).await.unwrap();
    let back = world.datasets.undelete(&deleted[0], wren).await;
    assert!(matches!(back, Err(DatasetError::TooMany(3))), "{back:?}");
}

// Case: datasets/deleted-bounded
async fn of_what_a_person_deletes_as_many_data_sets_are_kept_as_they_may_own(database: &TestDb) {
    let mut world = World::on(database);
    world.datasets = world.datasets.clone().with_max_per_owner(2);
    let (wren, otto) = (person(&world, database, "wren").await, person(&world, database, "otto").await);
    let put = async |name: &str, by: Changer| {
        let columns = vec![DataColumn { name: "n".to_owned(), column_type: ColumnType::Integer }];
        let wish = NewPushed { name: name.to_owned(), title: name.to_owned(), role: None, columns };
        world.datasets.put_pushed(&wish, by).await.unwrap();
    };
    let put_and_delete = async |name: &str, by: Changer| {
        put(name, by).await;
        world.clock.advance(Duration::from_secs(1));
        let made = world.datasets.catalogue().await.unwrap().get(name).unwrap().clone();
        world.datasets.delete(&made, by.user).await.unwrap();
    };
    put_and_delete("of-otto", otto).await;
    for name in ["one", "two", "three", "four", "five"] {
        put_and_delete(name, wren).await;
    }
    put("six", wren).await;
    let deleted = async |by: Changer, most| {
        let deleted = world.datasets.deleted(by, most).await.unwrap();
        deleted.into_iter().map(|deleted| deleted.name).collect::<Vec<_>>()
    };
    assert_eq!(deleted(wren, 10).await, ["five", "four"]);
    world.datasets.sweep(5).await.unwrap();
    assert_eq!(count(&database.db, "datasets WHERE deleted_at IS NOT NULL").await, 3);
    // Other people's deleted data sets are kept, and the list ends at its limit.
    let admin = Changer { role: Some(Role::Admin), ..wren };
    assert_eq!(deleted(admin, 10).await, ["five", "four", "of-otto"]);
    assert_eq!(deleted(admin, 1).await, ["five"]);
}
