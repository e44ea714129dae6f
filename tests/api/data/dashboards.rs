//! What dashboards store and read: a note with its versions, and a data set with its pages.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use leptos::prelude::provide_context;
use leptos::reactive::computed::ScopedFuture;
use rolecall::pages::dashboard::dashboard;
use rolecall::pages::panel::panel_html;
use rolecall_core::bookmarks::Bookmarks;
use rolecall_core::dashboards::{
    Cause, Dashboard, Dashboards, FoundPanel, PanelData, Person, SaveNoteError, TablePage, TableRequest,
};
use rolecall_core::datasets::Datasets;
use rolecall_data::query::Limits;
use rolecall_model::data::Cell;
use rolecall_model::panels::NOTE_MAX_CHARS;
use rolecall_model::{AppError, Role, Viewer};
use rolecall_sign_in::Auth;
use rolecall_sign_in::guard::CurrentSignIn;
use rolecall_sign_in::session::{NewSignIn, SignIn};
use rolecall_sign_in::tokens::TokenSet;
use rolecall_ui::page::{Asked, reactive_root};
use tempfile::TempDir;

use crate::support::{ISSUER, TestClock, TestDb, count, on_both_dialects};

on_both_dialects! {
    a_note_is_saved_from_the_version_that_stands,
    a_note_saved_by_two_at_once_is_saved_by_one,
    a_note_is_kept_within_its_bounds,
    a_data_set_is_imported_once_and_shown_in_pages,
    an_instance_without_the_file_of_a_built_in_data_set_makes_it_again,
    what_asks_too_much_is_a_notice_in_its_panel,
    a_page_asks_for_a_recent_sign_in_by_itself,
}

/// A dashboard with a note and a table of a data set that comes with Rolecall.
const DASHBOARD: &str = r#"
format = 1
title = "Weather"
[[panels]]
id = "note"
title = "Note"
kind = "note"
[[panels]]
id = "table"
title = "Days"
kind = "table"
dataset = "weather"
columns = [{ column = "date" }, { column = "location" }]
order = [{ column = "date", order = "descending" }, { column = "location", order = "descending" }]
"#;

/// The dashboards, somebody who writes notes, and the folder of the data sets.
async fn start(database: &TestDb) -> (Dashboards, SignIn, TempDir) {
    let folder = TempDir::new().unwrap();
    let (dashboards, editor) = start_in(database, &folder).await;
    (dashboards, editor, folder)
}

async fn start_in(database: &TestDb, folder: &TempDir) -> (Dashboards, SignIn) {
    start_within(database, folder, &Limits::default()).await
}

async fn start_within(database: &TestDb, folder: &TempDir, limits: &Limits) -> (Dashboards, SignIn) {
    let auth = database.auth(&TestClock::starting_now());
    let editor = somebody(&auth).await;
    let datasets = Datasets::open_within(database.db.clone(), auth.clock().clone(), folder.path(), limits).unwrap();
    datasets.import_built_in(&["weather"]).await.unwrap();
    let (dashboard, _) = Dashboard::read("weather", "weather.toml", DASHBOARD.to_owned()).unwrap();
    let closed = DASHBOARD.replace("title = \"Weather\"", "title = \"Closed\"\nrole = \"write\"");
    let (closed, _) = Dashboard::read("closed", "closed.toml", closed).unwrap();
    (Dashboards::new(database.db.clone(), auth, datasets, vec![dashboard, closed]), editor)
}

async fn somebody(auth: &Auth) -> SignIn {
    let tokens = TokenSet {
        id_token: "a".into(),
        access_token: "b".into(),
        refresh_token: None,
        expires_at_ms: None,
        ..TokenSet::default()
    };
    let new = NewSignIn {
        provider: "demo",
        provider_name: "demo",
        issuer: ISSUER,
        subject: "wren",
        token_subject: "wren",
        token_issued_at_s: 0,
        authenticated_at_ms: None,
        provider_sid: None,
        name: "Wren Hollis".to_owned(),
        email: None,
        verified_email: None,
        role: Some(Role::Write),
        ip: None,
        user_agent: None,
        tokens: &tokens,
    };
    auth.sign_ins().create(&new, auth.clock().now_ms()).await.unwrap()
}

async fn a_note_is_saved_from_the_version_that_stands(database: &TestDb) {
    let (dashboards, user, _folder) = start(database).await;
    let first = dashboards.save_note("weather", "note", "first", 0, &user).await.unwrap();
    assert_eq!((first.version, first.edited_by.as_deref()), (1, Some("Wren Hollis")));
    let second = dashboards.save_note("weather", "note", "second", 1, &user).await.unwrap();
    assert_eq!((second.version, second.body.as_str()), (2, "second"));
    for stale in [0, 1, 3, -1] {
        let refused = dashboards.save_note("weather", "note", "stale", stale, &user).await;
        let Err(SaveNoteError::Conflict(current)) = refused else { panic!("version {stale} was taken") };
        assert_eq!(*current, second);
    }
}

async fn a_note_saved_by_two_at_once_is_saved_by_one(database: &TestDb) {
    let (dashboards, user, _folder) = start(database).await;
    for version in 0..5 {
        let save = |body| dashboards.save_note("weather", "note", body, version, &user);
        let (one, other) = tokio::join!(save("one"), save("other"));
        let (saved, refused) = if one.is_ok() { (one, other) } else { (other, one) };
        let Err(SaveNoteError::Conflict(current)) = refused else { panic!("exactly one save must succeed") };
        assert_eq!(*current, saved.unwrap());
    }
}

async fn a_note_is_kept_within_its_bounds(database: &TestDb) {
    let (dashboards, user, _folder) = start(database).await;
    let too_long = "\u{1f984}".repeat(NOTE_MAX_CHARS + 1);
    assert!(matches!(dashboards.save_note("weather", "note", &too_long, 0, &user).await, Err(SaveNoteError::TooLong)));
    assert!(matches!(dashboards.save_note("nope", "note", "x", 0, &user).await, Err(SaveNoteError::NoSuchNote)));
    assert_eq!(count(&database.db, "notes").await, 0);
    let longest = "\u{1f984}".repeat(NOTE_MAX_CHARS);
    assert_eq!(dashboards.save_note("weather", "note", &longest, 0, &user).await.unwrap().body, longest);
    let odd = dashboards.save_note("weather", "note", "a\r\nb\tc\u{0}d'; --", 1, &user).await.unwrap();
    assert_eq!(odd.body, "a\nb\tcd'; --");
}

async fn a_data_set_is_imported_once_and_shown_in_pages(database: &TestDb) {
    let folder = TempDir::new().unwrap();
    let (_, user) = start_in(database, &folder).await;
    let (dashboards, _) = start_in(database, &folder).await;
    assert_eq!(count(&database.db, "dataset_versions").await, 1);
    let first = table(&dashboards, &user, 1).await;
    assert_eq!((first.page.number, first.page.pages, first.result.total, first.rows.len()), (1, 147, 2922, 20));
    let day = |year, month, day| Cell::Date(NaiveDate::from_ymd_opt(year, month, day).unwrap());
    assert_eq!(first.result.rows[0], [day(2015, 12, 31), Cell::Text("Seattle".to_owned())]);
    let last = table(&dashboards, &user, 147).await;
    assert_eq!((last.rows.len(), &last.result.rows[1][0]), (2, &day(2012, 1, 1)));
    assert_eq!(table(&dashboards, &user, 0).await.result, first.result);
    assert_eq!(table(&dashboards, &user, u32::MAX).await.result, last.result);
    assert!(dashboards.find("nope", Some(Role::Admin)).await.unwrap().is_none());
    let weather = weather(&dashboards).await;
    let nothing = dashboards.panel(&weather, "nope", Person::SignedIn(&user, Some(Role::Admin))).await.unwrap();
    assert!(matches!(nothing, FoundPanel::Nothing));
    // The person has the role, but it opens nothing until they sign in again.
    let closed = dashboards.panel(&weather, "table", Person::SignedIn(&user, None)).await.unwrap();
    assert!(matches!(closed, FoundPanel::Closed { needed: Role::Read }));
}

async fn an_instance_without_the_file_of_a_built_in_data_set_makes_it_again(database: &TestDb) {
    let (_, _, first) = start(database).await;
    let (dashboards, user, _second) = start(database).await;
    assert_eq!(table(&dashboards, &user, 1).await.result.total, 2922);
    assert_eq!(count(&database.db, "dataset_versions").await, 1);
    drop(first);
}

async fn what_asks_too_much_is_a_notice_in_its_panel(database: &TestDb) {
    let (small, late) =
        (Limits { memory_bytes: 1, ..Limits::default() }, Limits { timeout: Duration::ZERO, ..Limits::default() });
    for (limits, cause, told) in [
        (small, Cause::TooMuch, "This needs more memory than a query may take."),
        (late, Cause::NotNow, "This took longer than 0 seconds."),
    ] {
        let folder = TempDir::new().unwrap();
        let (dashboards, user) = start_within(database, &folder, &limits).await;
        let weather = weather(&dashboards).await;
        let found = dashboards.panel(&weather, "table", Person::SignedIn(&user, Some(Role::Write))).await.unwrap();
        let FoundPanel::Open(panel) = found else { panic!("it is not open") };
        let asked = TableRequest::default();
        let PanelData::Unavailable(why) = panel.data(&asked).await.unwrap() else { panic!("it is shown") };
        assert_eq!(why.cause, cause);
        let html = panel_html("weather", &panel, &asked).await.unwrap();
        assert!(html.contains(told) && html.contains("id=\"table\""), "{html}");
    }
}

// Case: step-up/dashboard
async fn a_page_asks_for_a_recent_sign_in_by_itself(database: &TestDb) {
    let (dashboards, user, _folder) = start(database).await;
    let bookmarks = Bookmarks::new(database.db.clone(), database.auth(&TestClock::starting_now()).clock().clone());
    let user = Arc::new(user);
    let viewer = Arc::new(Viewer {
        user: Some(user.user.clone()),
        providers: vec![],
        demonstration: false,
        apps: vec![],
        ask_for: None,
        role_given_here: false,
        view_as: None,
        step_up: None,
        signed_out: None,
    });
    let page = async |slug: &str, open_role| {
        let asked = Asked {
            path: format!("/dashboards/{slug}"),
            query: None,
            parameter: Some(slug.to_owned()),
            viewer: Arc::clone(&viewer),
        };
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.extensions.insert(CurrentSignIn { sign_in: Some(Arc::clone(&user)), is_vouched_for: true, open_role });
        let owner = reactive_root();
        let making = owner.with(|| {
            provide_context(dashboards.clone());
            provide_context(bookmarks.clone());
            provide_context(Arc::clone(&viewer));
            provide_context(parts);
            ScopedFuture::new(dashboard(asked))
        });
        making.await.map(|page| page.title.into_owned())
    };
    let step_up = AppError::StepUp { needed: Role::Write, provider: "demo".to_owned() };
    assert_eq!(page("closed", Some(Role::Read)).await, Err(step_up));
    assert_eq!(page("closed", Some(Role::Write)).await, Ok("Closed".to_owned()));
    assert_eq!(page("weather", Some(Role::Read)).await, Ok("Weather".to_owned()));
    assert_eq!(page("nope", Some(Role::Write)).await, Err(AppError::NotFound));
}

async fn weather(dashboards: &Dashboards) -> Arc<Dashboard> {
    dashboards.find("weather", Some(Role::Read)).await.unwrap().unwrap()
}

async fn table(dashboards: &Dashboards, user: &SignIn, page: u32) -> TablePage {
    let weather = weather(dashboards).await;
    let found = dashboards.panel(&weather, "table", Person::SignedIn(user, Some(Role::Write))).await.unwrap();
    let FoundPanel::Open(panel) = found else { panic!("it is not open") };
    let asked = TableRequest { page, sort: None };
    let PanelData::Table(table) = panel.data(&asked).await.unwrap() else { panic!("no table") };
    table
}
