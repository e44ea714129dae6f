//! Dashboards in the database: made, changed from the version that stands, deleted and had back, and served as those of files are.

use std::time::Duration;

use rolecall::bookmarks::{Bookmarks, Thing};
use rolecall::dashboards::{Dashboard, Dashboards, Edition, Editor, Limits, New, StoreError, Stored, check_files};
use rolecall::datasets::{Connections, DatasetFiles, Datasets};
use rolecall_model::Role;
use rolecall_model::data::{Aggregate, Measure};
use rolecall_model::spec::{DashboardSpec, PanelKind, PanelSpec};
use rolecall_sign_in::Auth;
use rolecall_sign_in::session::{NewSignIn, SignIn};
use rolecall_sign_in::tokens::TokenSet;
use tempfile::TempDir;
use tokio::time::timeout;

use crate::support::{TestClock, TestDb, count, execute, on_both_dialects, until};

on_both_dialects! {
    a_dashboard_is_made_and_served_by_every_instance,
    a_new_dashboard_has_no_notes_of_one_that_was_in_a_file,
    a_note_of_another_process_is_noticed_whatever_its_clock_says,
    a_dashboard_is_changed_from_the_version_that_stands,
    only_the_owner_and_administrators_change_a_dashboard,
    a_data_set_that_is_closed_in_between_closes_its_panels_to_who_saves,
    a_note_comes_back_with_its_panel_and_not_to_whom_it_was_closed,
    an_undo_goes_back_one_version_and_another_one_goes_back_further,
    a_deleted_dashboard_comes_back_for_thirty_days,
    a_file_with_the_name_of_a_stored_dashboard_is_left_out_and_said_so,
    a_document_that_cannot_be_read_keeps_no_other_from_being_shown,
    of_what_a_person_deletes_as_many_are_kept_as_they_may_own,
    a_person_owns_as_many_dashboards_as_allowed_and_the_latest_versions_are_kept,
    what_people_look_at_is_stored_by_the_way_and_goes_with_the_dashboard,
}

/// A dashboard in a file.
const FILE: &str = "format = 1\ntitle = \"From a file\"\n";

struct Instance {
    dashboards: Dashboards,
    auth: Auth,
    clock: TestClock,
    _folder: TempDir,
}

/// An instance that has the dashboard `weekly` in a file.
fn instance(database: &TestDb, clock: &TestClock) -> Instance {
    let (folder, auth) = (TempDir::new().unwrap(), database.auth(clock));
    let datasets = Datasets::open(database.db.clone(), auth.clock().clone(), folder.path()).unwrap();
    let (file, _) = Dashboard::read("weekly", "weekly.toml", FILE.to_owned()).unwrap();
    let dashboards = Dashboards::new(database.db.clone(), auth.clone(), datasets, vec![file]);
    Instance { dashboards, auth, clock: clock.clone(), _folder: folder }
}

fn start(database: &TestDb) -> Instance {
    instance(database, &TestClock::starting_now())
}

pub(super) async fn somebody(auth: &Auth, name: &str) -> SignIn {
    let tokens = TokenSet { id_token: "a".into(), access_token: "b".into(), ..TokenSet::default() };
    let new = NewSignIn {
        provider: "demo",
        provider_name: "demo",
        issuer: "https://issuer.test",
        subject: name,
        token_subject: name,
        token_issued_at_s: 0,
        authenticated_at_ms: None,
        provider_sid: None,
        name: name.to_owned(),
        email: None,
        verified_email: None,
        role: Some(Role::Write),
        ip: None,
        user_agent: None,
        tokens: &tokens,
    };
    auth.sign_ins().create(&new, auth.clock().now_ms()).await.unwrap()
}

pub(super) fn writer(sign_in: &SignIn) -> Editor<'_> {
    Editor::of(sign_in, Some(Role::Write)).unwrap()
}

pub(super) fn spec(title: &str) -> DashboardSpec {
    let mut panel = PanelSpec::new("text", "Text", PanelKind::Text);
    panel.text = Some("Hello".to_owned());
    DashboardSpec {
        format: 1,
        title: title.to_owned(),
        summary: String::new(),
        source: None,
        role: Role::Read,
        zone: None,
        filters: Vec::new(),
        panels: vec![panel],
    }
}

async fn titles(dashboards: &Dashboards, role: Role) -> Vec<String> {
    dashboards.open_to(Some(role)).await.unwrap().into_iter().map(|card| card.title).collect()
}

async fn delete(dashboards: &Dashboards, slug: &str, by: Editor<'_>) -> Result<(), StoreError> {
    let stored = dashboards.stored(slug).await?.unwrap();
    dashboards.delete(&stored, by).await
}

async fn save(of: &Instance, stored: &Stored, title: &str, by: Editor<'_>) -> Result<i64, StoreError> {
    of.dashboards.save(stored, New { spec: &spec(title), change: "Title", restored_from: None }, by).await
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
    // The names of files and of other pages are left to them.
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
    assert!(is_told().await, "the first look tells");
    execute(&database.db, "UPDATE notes SET body = 'b', version = 2, edited_at = 1500 WHERE panel = 'early'").await;
    assert!(is_told().await);
    following.abort();
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

async fn only_the_owner_and_administrators_change_a_dashboard(database: &TestDb) {
    let here = start(database);
    let (wren, kim) = (somebody(&here.auth, "wren").await, somebody(&here.auth, "kim").await);
    assert!(Editor::of(&wren, Some(Role::Read)).is_none() && Editor::of(&wren, None).is_none());
    here.dashboards.create(&spec("Sales"), "Made", writer(&wren)).await.unwrap();
    let stored = here.dashboards.stored("sales").await.unwrap().unwrap();
    assert!(matches!(save(&here, &stored, "Mine", writer(&kim)).await, Err(StoreError::Changed)));
    assert!(matches!(delete(&here.dashboards, "sales", writer(&kim)).await, Err(StoreError::Changed)));
    let admin = Editor::of(&kim, Some(Role::Admin)).unwrap();
    assert_eq!(save(&here, &stored, "Mine", admin).await.unwrap(), 2);
    delete(&here.dashboards, "sales", admin).await.unwrap();
    assert!(here.dashboards.deleted(writer(&kim), 10).await.unwrap().is_empty());
    assert!(matches!(here.dashboards.undelete("sales", writer(&kim)).await, Err(StoreError::Unknown)));
    assert_eq!(here.dashboards.deleted(writer(&wren), 10).await.unwrap().len(), 1);
    // Of one whose role is above its owner's, they hear nothing, and get nothing back.
    let above = "UPDATE dashboard_versions SET document = REPLACE(document, '\"role\":\"read\"', '\"role\":\"admin\"')";
    execute(&database.db, above).await;
    assert!(here.dashboards.deleted(writer(&wren), 10).await.unwrap().is_empty());
    assert!(matches!(here.dashboards.undelete("sales", writer(&wren)).await, Err(StoreError::Unknown)));
    assert_eq!(here.dashboards.deleted(admin, 10).await.unwrap().len(), 1);
    here.dashboards.undelete("sales", admin).await.unwrap();
}

// Case: making/closed-in-between
async fn a_data_set_that_is_closed_in_between_closes_its_panels_to_who_saves(database: &TestDb) {
    let here = start(database);
    let wren = somebody(&here.auth, "wren").await;
    let dataset = "INSERT INTO datasets (id, name, title, kind, role, row_rules, version, created_at) \
                   VALUES ('a', 'sales', 'Sales', 'uploaded', 'read', '[]', 1, 0)";
    execute(&database.db, dataset).await;
    let mut first = spec("Sales");
    let count_rows =
        Measure { compute: Aggregate::Count, of: None, title: None, unit: None, decimals: None, show: Vec::new() };
    let total = PanelSpec { dataset: Some("sales".to_owned()), ..PanelSpec::new("total", "Total", PanelKind::Figure) };
    first.panels.push(PanelSpec { measures: vec![count_rows], ..total });
    here.dashboards.create(&first, "Made", writer(&wren)).await.unwrap();
    let mut second = first.clone();
    "In total".clone_into(&mut second.panels[1].title);
    let save = async |spec: &DashboardSpec, by: Editor<'_>| {
        let stored = here.dashboards.stored("sales").await.unwrap().unwrap();
        // Who saves was judged; then somebody closes the data set, in another process.
        execute(&database.db, "UPDATE datasets SET role = 'admin'").await;
        here.dashboards.save(&stored, New { spec, change: "Title", restored_from: None }, by).await
    };
    assert!(matches!(save(&second, writer(&wren)).await, Err(StoreError::Closed(Role::Admin))));
    let mut without = first.clone();
    without.panels.pop();
    assert!(matches!(save(&without, writer(&wren)).await, Err(StoreError::Closed(Role::Admin))));
    assert_eq!(count(&database.db, "dashboard_versions").await, 1);
    assert_eq!(here.dashboards.stored("sales").await.unwrap().unwrap().spec, first);
    // The rest of it is still hers, and everything an administrator's.
    let renamed = DashboardSpec { title: "Sold".to_owned(), ..first };
    assert_eq!(save(&renamed, writer(&wren)).await.unwrap(), 2);
    assert_eq!(save(&second, Editor::of(&wren, Some(Role::Admin)).unwrap()).await.unwrap(), 3);
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
    // It is closed, and goes.
    save(&with_note(Some(Role::Admin)), admin).await.unwrap();
    save(&spec("Sales"), admin).await.unwrap();
    for role in [None, Some(Role::Write)] {
        assert!(matches!(save(&with_note(role), writer(&wren)).await, Err(StoreError::Closed(Role::Admin))));
    }
    assert_eq!(count(&database.db, "dashboard_versions").await, 5);
    // Nor when nothing is known of it any more.
    execute(&database.db, "DELETE FROM dashboard_versions WHERE version < 5").await;
    assert!(matches!(save(&with_note(None), writer(&wren)).await, Err(StoreError::Closed(Role::Admin))));
    save(&with_note(None), admin).await.unwrap();
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
    // Its name is nobody's meanwhile: the note would come to another dashboard.
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

async fn a_file_with_the_name_of_a_stored_dashboard_is_left_out_and_said_so(database: &TestDb) {
    let here = start(database);
    let wren = somebody(&here.auth, "wren").await;
    here.dashboards.create(&spec("Sales"), "Made", writer(&wren)).await.unwrap();
    // A file comes later.
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
    // Once the stored one is deleted, the file has its place, and the name is not given back.
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
    // Of others nothing goes, and the list ends where it is to.
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
    // Deleted ones make room, and do not come back beyond it.
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
    // An undo leads back as far as there is something.
    let new = New { spec: &spec("3"), change: "Undo", restored_from: Some(3) };
    here.dashboards.save(&stored, new, writer(&wren)).await.unwrap();
    let stored = here.dashboards.stored("one").await.unwrap().unwrap();
    assert_eq!(here.dashboards.before(&stored).await.unwrap(), None);
    assert_eq!(count(&database.db, "dashboard_versions WHERE dashboard = 'more'").await, 1);
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
    // Nobody waits for the database, and what was seen a moment ago is known.
    assert_eq!(count(&database.db, "bookmarks").await, 0);
    assert_eq!(bookmarks.of(wren.user_id).await.unwrap().of(&sales).visited_at_ms, Some(looked_at_ms));
    bookmarks.set_favourite(wren.user_id, &sales, true).await.unwrap();
    bookmarks.set_favourite(wren.user_id, &weekly, true).await.unwrap();
    // Somebody who is gone by now keeps nobody else's from being stored.
    bookmarks.visited(i64::MAX, sales.clone()).await;
    bookmarks.store().await.unwrap();
    let other = Bookmarks::new(database.db.clone(), here.auth.clock().clone());
    let marks = other.of(wren.user_id).await.unwrap();
    assert_eq!((marks.of(&sales).visited_at_ms, marks.of(&sales).is_favourite), (Some(looked_at_ms), true));
    // An earlier visit that comes later changes nothing.
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
