//! What every instance shows, also if a document cannot be read.

use std::time::Duration;

use rolecall_core::bookmarks::{Bookmarks, Thing};
use rolecall_core::dashboards::{Dashboard, Dashboards, Edition, StoreError, check_files};
use rolecall_core::datasets::{Connections, DatasetFiles};
use rolecall_model::Role;
use tempfile::TempDir;

use super::{FILE, delete, instance, save, somebody, spec, start, writer};
use crate::support::{TestDb, count, execute, on_both_dialects, until};

on_both_dialects! {
    a_dashboard_is_made_and_served_by_every_instance,
    a_file_with_the_name_of_a_stored_dashboard_is_left_out_and_said_so,
    a_document_that_cannot_be_read_keeps_no_other_from_being_shown,
    what_people_look_at_is_stored_by_the_way_and_goes_with_the_dashboard,
}

async fn titles(dashboards: &Dashboards, role: Role) -> Vec<String> {
    dashboards.open_to(Some(role)).await.unwrap().into_iter().map(|card| card.title).collect()
}

async fn a_dashboard_is_made_and_served_by_every_instance(database: &TestDb) {
    let here = start(database);
    let there = instance(database, &here.clock);
    let wren = somebody(&here.auth, "wren").await;
    assert_eq!(titles(&there.dashboards, Role::Read).await, ["From a file"]);
    let mut closed = spec("Board");
    closed.role = Role::Admin;
    let made = here.dashboards.create(&closed, "Made", writer(&wren)).await.unwrap();
    assert_eq!(made, "board");
    // Names of files and of other pages are not given to new dashboards.
    for (title, slug) in [("Weekly", "weekly-2"), ("Weekly", "weekly-3"), ("New", "new-2"), ("מכירות", "dashboard")]
    {
        assert_eq!(here.dashboards.create(&spec(title), "Made", writer(&wren)).await.unwrap(), slug);
    }
    assert_eq!(titles(&here.dashboards, Role::Read).await, ["From a file", "New", "Weekly", "Weekly", "מכירות"]);
    assert!(here.dashboards.find("board", Some(Role::Write)).await.unwrap().is_none());
    let board = here.dashboards.find("board", Some(Role::Admin)).await.unwrap().unwrap();
    let created_at_ms = here.clock.now_ms();
    assert_eq!(board.edition(), Some(Edition { owner: Some(wren.user_id), version: 1, created_at_ms }));
    until("another instance shows it", async || titles(&there.dashboards, Role::Admin).await.len() == 6).await;

    let stored = here.dashboards.stored("new-2").await.unwrap().unwrap();
    save(&here, &stored, "Newer", writer(&wren)).await.unwrap();
    assert!(titles(&here.dashboards, Role::Read).await.contains(&"Newer".to_owned()));
    let newer = async || titles(&there.dashboards, Role::Read).await.contains(&"Newer".to_owned());
    until("another instance shows the new version", newer).await;
}

async fn a_file_with_the_name_of_a_stored_dashboard_is_left_out_and_said_so(database: &TestDb) {
    let here = start(database);
    let wren = somebody(&here.auth, "wren").await;
    here.dashboards.create(&spec("Sales"), "Made", writer(&wren)).await.unwrap();
    // A file with the same name is added later.
    let (file, _) = Dashboard::read("sales", "sales.toml", FILE.to_owned()).unwrap();
    let datasets = here.dashboards.datasets().clone();
    let later = Dashboards::new(database.db.clone(), here.auth.clone(), datasets, vec![file]);
    assert_eq!(titles(&later, Role::Read).await, ["Sales"]);
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("sales.toml"), FILE).unwrap();
    std::fs::write(folder.path().join("import.toml"), FILE).unwrap();
    let none = DatasetFiles::default();
    let checked = check_files(folder.path(), &none, &Connections::default(), Some(&database.db)).await.unwrap();
    let told: Vec<String> = checked.mistakes.iter().map(ToString::to_string).collect();
    assert!(told[0].contains("import.toml: Another page has the address `/dashboards/import`."), "{told:?}");
    assert!(told[1].contains("sales.toml: A dashboard that was made in the browser has this name"), "{told:?}");
    // Once the stored dashboard is deleted, the file is served under the name, which the stored one cannot get back.
    delete(&later, "sales", writer(&wren)).await.unwrap();
    assert_eq!(titles(&later, Role::Read).await, ["From a file"]);
    assert!(matches!(later.undelete("sales", writer(&wren)).await, Err(StoreError::NameTaken)));
}

async fn a_document_that_cannot_be_read_keeps_no_other_from_being_shown(database: &TestDb) {
    let here = start(database);
    let wren = somebody(&here.auth, "wren").await;
    here.dashboards.create(&spec("Good"), "Made", writer(&wren)).await.unwrap();
    here.dashboards.create(&spec("Broken"), "Made", writer(&wren)).await.unwrap();
    execute(&database.db, "UPDATE dashboard_versions SET document = '{\"format\":7}' WHERE dashboard = 'broken'").await;
    let other = instance(database, &here.clock);
    assert_eq!(titles(&other.dashboards, Role::Read).await, ["From a file", "Good"]);
    assert!(matches!(other.dashboards.stored("broken").await, Err(StoreError::Document(..))));
}

// Case: front/closed-favourite
async fn what_people_look_at_is_stored_by_the_way_and_goes_with_the_dashboard(database: &TestDb) {
    let here = start(database);
    let (wren, kim) = (somebody(&here.auth, "wren").await, somebody(&here.auth, "kim").await);
    let bookmarks = Bookmarks::new(database.db.clone(), here.auth.clock().clone());
    let (sales, weekly) = (Thing::dashboard("sales"), Thing::dashboard("weekly"));
    here.dashboards.create(&spec("Sales"), "Made", writer(&wren)).await.unwrap();
    let looked_at_ms = here.clock.now_ms();
    for person in [&wren, &kim] {
        bookmarks.visited(person.user_id, sales.clone()).await;
    }
    // Visits are stored later, but are already known in memory.
    assert_eq!(count(&database.db, "bookmarks").await, 0);
    assert_eq!(bookmarks.of(wren.user_id).await.unwrap().of(&sales).visited_at_ms, Some(looked_at_ms));
    bookmarks.set_favourite(wren.user_id, &sales, true).await.unwrap();
    bookmarks.set_favourite(wren.user_id, &weekly, true).await.unwrap();
    // A visit of a deleted person does not prevent the others from being stored.
    bookmarks.visited(i64::MAX, sales.clone()).await;
    bookmarks.store().await.unwrap();
    let other = Bookmarks::new(database.db.clone(), here.auth.clock().clone());
    let marks = other.of(wren.user_id).await.unwrap();
    assert_eq!((marks.of(&sales).visited_at_ms, marks.of(&sales).is_favourite), (Some(looked_at_ms), true));
    // An earlier visit that is stored later changes nothing.
    here.clock.advance(Duration::from_mins(1));
    bookmarks.visited(kim.user_id, sales.clone()).await;
    here.clock.rewind(Duration::from_secs(50));
    other.visited(kim.user_id, sales.clone()).await;
    bookmarks.store().await.unwrap();
    other.store().await.unwrap();
    let latest = Bookmarks::new(database.db.clone(), here.auth.clock().clone()).of(kim.user_id).await.unwrap();
    assert_eq!(latest.of(&sales).visited_at_ms, Some(looked_at_ms + 60_000));

    delete(&here.dashboards, "sales", writer(&wren)).await.unwrap();
    here.clock.advance(Duration::from_hours(31 * 24));
    here.dashboards.sweep().await.unwrap();
    assert_eq!(count(&database.db, "bookmarks WHERE thing = 'dashboard/sales'").await, 0);
    // A favourite stays for ever; a visit is forgotten after 90 days.
    bookmarks.visited(kim.user_id, weekly.clone()).await;
    bookmarks.store().await.unwrap();
    assert_eq!(count(&database.db, "bookmarks").await, 2);
    here.clock.advance(Duration::from_hours(91 * 24));
    bookmarks.store().await.unwrap();
    assert_eq!(count(&database.db, "bookmarks").await, 1);
}
