//! The notes of dashboards, whichever instance wrote them.

use std::time::Duration;

use rolecall_core::dashboards::{Editor, New, StoreError};
use rolecall_model::Role;
use rolecall_model::spec::{DashboardSpec, PanelKind, PanelSpec};
use tokio::time::timeout;

use super::{somebody, spec, start, writer};
use crate::support::{TestDb, count, execute, on_both_dialects};

on_both_dialects! {
    a_new_dashboard_has_no_notes_of_one_that_was_in_a_file,
    a_note_of_another_process_is_noticed_whatever_its_clock_says,
    a_note_comes_back_with_its_panel_and_not_to_whom_it_was_closed,
}

// Case: making/notes-of-others
async fn a_new_dashboard_has_no_notes_of_one_that_was_in_a_file(database: &TestDb) {
    let here = start(database);
    let wren = somebody(&here.auth, "wren").await;
    let note = "INSERT INTO notes (dashboard, panel, body, version, edited_by, edited_at) \
                SELECT 'board', 'note', 'For administrators', 1, id, 0 FROM users";
    execute(&database.db, note).await;
    let made = here.dashboards.create(&spec("Board"), "Made", writer(&wren)).await.unwrap();
    assert_eq!(made, "board-2");
}

// Case: live/clocks
async fn a_note_of_another_process_is_noticed_whatever_its_clock_says(database: &TestDb) {
    let here = start(database);
    somebody(&here.auth, "wren").await;
    let note = "INSERT INTO notes (dashboard, panel, body, version, edited_by, edited_at) \
                SELECT 'board', $1, 'a', 1, id, $2 FROM users";
    for (panel, at) in [("'late'", "2000"), ("'early'", "1000")] {
        execute(&database.db, &note.replace("$1", panel).replace("$2", at)).await;
    }
    let mut changes = here.dashboards.changes();
    let dashboards = here.dashboards.clone();
    let following = tokio::spawn(async move { dashboards.follow_changes(Duration::from_secs(1)).await });
    let mut is_told = async || timeout(Duration::from_secs(20), changes.changed()).await.is_ok();
    assert!(is_told().await, "the first look at the database must notify");
    execute(&database.db, "UPDATE notes SET body = 'b', version = 2, edited_at = 1500 WHERE panel = 'early'").await;
    assert!(is_told().await);
    following.abort();
}

// Case: making/closed-notes
async fn a_note_comes_back_with_its_panel_and_not_to_whom_it_was_closed(database: &TestDb) {
    let here = start(database);
    let wren = somebody(&here.auth, "wren").await;
    let admin = Editor::of(&wren, Some(Role::Admin)).unwrap();
    let with_note = |role: Option<Role>| {
        let mut spec = spec("Sales");
        spec.panels.push(PanelSpec { role, ..PanelSpec::new("note", "Note", PanelKind::Note) });
        spec
    };
    here.dashboards.create(&with_note(None), "Made", writer(&wren)).await.unwrap();
    here.dashboards.save_note("sales", "note", "For everybody", 0, &wren).await.unwrap();
    let save = async |spec: &DashboardSpec, by: Editor<'_>| {
        let stored = here.dashboards.stored("sales").await.unwrap().unwrap();
        here.dashboards.save(&stored, New { spec, change: "Panels", restored_from: None }, by).await
    };
    save(&spec("Sales"), writer(&wren)).await.unwrap();
    save(&with_note(None), writer(&wren)).await.unwrap();
    // The note is closed to writers, and then deleted.
    save(&with_note(Some(Role::Admin)), admin).await.unwrap();
    save(&spec("Sales"), admin).await.unwrap();
    for role in [None, Some(Role::Write)] {
        assert!(matches!(save(&with_note(role), writer(&wren)).await, Err(StoreError::Closed(Role::Admin))));
    }
    assert_eq!(count(&database.db, "dashboard_versions").await, 5);
    // Nor does it come back to a writer when the versions that had it are gone.
    execute(&database.db, "DELETE FROM dashboard_versions WHERE version < 5").await;
    assert!(matches!(save(&with_note(None), writer(&wren)).await, Err(StoreError::Closed(Role::Admin))));
    save(&with_note(None), admin).await.unwrap();
}
