//! Versions: changed, undone, deleted and brought back, and how many are kept.

use std::time::Duration;

use rolecall_core::dashboards::{Editor, Limits, New, StoreError};
use rolecall_model::Role;
use rolecall_model::spec::{PanelKind, PanelSpec};

use super::{Instance, delete, save, somebody, spec, start, writer};
use crate::support::{TestDb, count, on_both_dialects};

on_both_dialects! {
    a_dashboard_is_changed_from_the_version_that_stands,
    an_undo_goes_back_one_version_and_another_one_goes_back_further,
    a_deleted_dashboard_comes_back_for_thirty_days,
    of_what_a_person_deletes_as_many_are_kept_as_they_may_own,
    a_person_owns_as_many_dashboards_as_allowed_and_the_latest_versions_are_kept,
}

async fn a_dashboard_is_changed_from_the_version_that_stands(database: &TestDb) {
    let here = start(database);
    let wren = somebody(&here.auth, "wren").await;
    here.dashboards.create(&spec("Sales"), "Made", writer(&wren)).await.unwrap();
    for version in 1..5 {
        let stored = here.dashboards.stored("sales").await.unwrap().unwrap();
        assert_eq!(stored.edition.version, version);
        let (one, other) =
            tokio::join!(save(&here, &stored, "One", writer(&wren)), save(&here, &stored, "Other", writer(&wren)));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        assert!(matches!(one.and(other), Err(StoreError::Changed)));
        let late = save(&here, &stored, "Late", writer(&wren)).await;
        assert!(matches!(late, Err(StoreError::Changed)));
    }
    let stored = here.dashboards.stored("sales").await.unwrap().unwrap();
    let history = here.dashboards.history(&stored, 0, Some(Role::Admin)).await.unwrap();
    assert_eq!(history.iter().map(|entry| entry.version).collect::<Vec<_>>(), [5, 4, 3, 2, 1]);
    assert_eq!(
        (history[4].change.as_deref().unwrap(), &*history[4].editor, &*history[4].title),
        ("Made", "wren", "Sales")
    );
    assert_eq!(history[0].created_at_ms, here.clock.now_ms());
    assert_eq!(here.dashboards.version(&stored, 1).await.unwrap().unwrap().spec, spec("Sales"));

    let mut large = spec("Sales");
    // Each text is as long as one may be.
    let text = |id| PanelSpec { text: Some("x".repeat(20_000)), ..PanelSpec::new(id, "Text", PanelKind::Text) };
    large.panels = ["a", "b", "c", "d"].map(text).into();
    let mut nameless = spec(" ");
    "No name".clone_into(&mut nameless.panels[0].id);
    for (cannot_be, at) in [(large, "panels"), (nameless, "title")] {
        let new = New { spec: &cannot_be, change: "Title", restored_from: None };
        let Err(StoreError::Mistakes(mistakes)) = here.dashboards.save(&stored, new, writer(&wren)).await else {
            panic!("it was saved")
        };
        assert_eq!(mistakes[0].at, at);
        assert!(here.dashboards.create(&cannot_be, "Made", writer(&wren)).await.is_err());
    }
    assert_eq!(count(&database.db, "dashboard_versions").await, 5);
}

async fn an_undo_goes_back_one_version_and_another_one_goes_back_further(database: &TestDb) {
    let here = start(database);
    let wren = somebody(&here.auth, "wren").await;
    here.dashboards.create(&spec("1"), "Made", writer(&wren)).await.unwrap();
    let undo = async || {
        let stored = here.dashboards.stored("1").await.unwrap().unwrap();
        let before = here.dashboards.before(&stored).await.unwrap()?;
        let earlier = here.dashboards.version(&stored, before).await.unwrap().unwrap();
        let restored_from = Some(here.dashboards.root_of(&stored, before).await.unwrap());
        let new = New { spec: &earlier.spec, change: "Undo", restored_from };
        here.dashboards.save(&stored, new, writer(&wren)).await.unwrap();
        Some(earlier.spec.title)
    };
    for title in ["2", "3"] {
        let stored = here.dashboards.stored("1").await.unwrap().unwrap();
        save(&here, &stored, title, writer(&wren)).await.unwrap();
    }
    assert_eq!(undo().await.as_deref(), Some("2"));
    assert_eq!(undo().await.as_deref(), Some("1"));
    assert_eq!(undo().await, None);
    let stored = here.dashboards.stored("1").await.unwrap().unwrap();
    save(&here, &stored, "6", writer(&wren)).await.unwrap();
    assert_eq!(undo().await.as_deref(), Some("1"));
    assert_eq!(undo().await, None);
}

async fn a_deleted_dashboard_comes_back_for_thirty_days(database: &TestDb) {
    let here = start(database);
    let wren = somebody(&here.auth, "wren").await;
    let mut with_note = spec("Sales");
    with_note.panels.push(PanelSpec::new("note", "Note", PanelKind::Note));
    here.dashboards.create(&with_note, "Made", writer(&wren)).await.unwrap();
    here.dashboards.save_note("sales", "note", "Mine", 0, &wren).await.unwrap();
    delete(&here.dashboards, "sales", writer(&wren)).await.unwrap();
    assert!(here.dashboards.find("sales", Some(Role::Admin)).await.unwrap().is_none());
    assert!(here.dashboards.stored("sales").await.unwrap().is_none());
    // The name stays reserved: otherwise the note would appear on another dashboard.
    assert_eq!(here.dashboards.create(&spec("Sales"), "Made", writer(&wren)).await.unwrap(), "sales-2");
    here.clock.advance(Duration::from_hours(29 * 24));
    here.dashboards.sweep().await.unwrap();
    here.dashboards.undelete("sales", writer(&wren)).await.unwrap();
    assert!(here.dashboards.find("sales", Some(Role::Read)).await.unwrap().is_some());

    delete(&here.dashboards, "sales", writer(&wren)).await.unwrap();
    here.clock.advance(Duration::from_hours(30 * 24 + 1));
    here.dashboards.sweep().await.unwrap();
    assert!(matches!(here.dashboards.undelete("sales", writer(&wren)).await, Err(StoreError::Unknown)));
    assert_eq!(count(&database.db, "notes").await, 0);
    assert_eq!(count(&database.db, "dashboard_versions").await, 1);
    assert_eq!(here.dashboards.create(&spec("Sales"), "Made", writer(&wren)).await.unwrap(), "sales");
}

// Case: dashboards/deleted-bounded
async fn of_what_a_person_deletes_as_many_are_kept_as_they_may_own(database: &TestDb) {
    let here = start(database);
    let here = Instance {
        dashboards: here.dashboards.within(Limits { per_owner: 2, versions: 3, ..Limits::default() }),
        ..here
    };
    let (wren, kim) = (somebody(&here.auth, "wren").await, somebody(&here.auth, "kim").await);
    here.dashboards.create(&spec("Of Kim"), "Made", writer(&kim)).await.unwrap();
    delete(&here.dashboards, "of-kim", writer(&kim)).await.unwrap();
    for title in ["One", "Two", "Three", "Four", "Five"] {
        here.dashboards.create(&spec(title), "Made", writer(&wren)).await.unwrap();
        here.clock.advance(Duration::from_secs(1));
        delete(&here.dashboards, &title.to_lowercase(), writer(&wren)).await.unwrap();
    }
    here.dashboards.create(&spec("Six"), "Made", writer(&wren)).await.unwrap();
    let deleted = async |by| {
        let deleted = here.dashboards.deleted(by, 10).await.unwrap();
        deleted.into_iter().map(|removed| removed.slug).collect::<Vec<_>>()
    };
    assert_eq!(deleted(writer(&wren)).await, ["five", "four"]);
    here.dashboards.sweep().await.unwrap();
    assert_eq!(count(&database.db, "dashboards WHERE deleted_at IS NOT NULL").await, 3);
    assert_eq!(count(&database.db, "dashboard_versions").await, 4);
    // Other people's deleted dashboards are kept, and the list ends at its limit.
    let admin = Editor::of(&wren, Some(Role::Admin)).unwrap();
    assert_eq!(deleted(admin).await, ["five", "four", "of-kim"]);
    assert_eq!(here.dashboards.deleted(admin, 1).await.unwrap().len(), 1);
    here.dashboards.undelete("four", writer(&wren)).await.unwrap();
    assert_eq!(deleted(writer(&wren)).await, ["five"]);
}

async fn a_person_owns_as_many_dashboards_as_allowed_and_the_latest_versions_are_kept(database: &TestDb) {
    let here = start(database);
    let here = Instance {
        dashboards: here.dashboards.within(Limits { per_owner: 2, versions: 3, ..Limits::default() }),
        ..here
    };
    let (wren, kim) = (somebody(&here.auth, "wren").await, somebody(&here.auth, "kim").await);
    for title in ["One", "Two"] {
        here.dashboards.create(&spec(title), "Made", writer(&wren)).await.unwrap();
    }
    let more = async || here.dashboards.create(&spec("More"), "Made", writer(&wren)).await;
    assert!(matches!(more().await, Err(StoreError::TooMany(2))));
    here.dashboards.create(&spec("Of Kim"), "Made", writer(&kim)).await.unwrap();
    let admin = Editor::of(&wren, Some(Role::Admin)).unwrap();
    assert_eq!(here.dashboards.create(&spec("Three"), "Made", admin).await.unwrap(), "three");
    // Deleted dashboards make room for new ones, and cannot be restored beyond the limit.
    delete(&here.dashboards, "three", admin).await.unwrap();
    delete(&here.dashboards, "two", writer(&wren)).await.unwrap();
    assert_eq!(more().await.unwrap(), "more");
    assert!(matches!(here.dashboards.undelete("two", writer(&wren)).await, Err(StoreError::TooMany(2))));

    for title in ["2", "3", "4", "5"] {
        let stored = here.dashboards.stored("one").await.unwrap().unwrap();
        save(&here, &stored, title, writer(&wren)).await.unwrap();
    }
    here.dashboards.sweep().await.unwrap();
    let stored = here.dashboards.stored("one").await.unwrap().unwrap();
    let kept = here.dashboards.history(&stored, 0, Some(Role::Admin)).await.unwrap();
    assert_eq!(kept.iter().map(|entry| entry.version).collect::<Vec<_>>(), [5, 4, 3]);
    assert!(here.dashboards.version(&stored, 2).await.unwrap().is_none());
    // Undo works only as far back as versions are kept.
    let new = New { spec: &spec("3"), change: "Undo", restored_from: Some(3) };
    here.dashboards.save(&stored, new, writer(&wren)).await.unwrap();
    let stored = here.dashboards.stored("one").await.unwrap().unwrap();
    assert_eq!(here.dashboards.before(&stored).await.unwrap(), None);
    assert_eq!(count(&database.db, "dashboard_versions WHERE dashboard = 'more'").await, 1);
}
