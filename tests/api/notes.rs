//! The note of a dashboard: saved by form and by script, safe against two editors, shown as text.

use openidconnect::reqwest::Method;
use rolecall_model::AppError;
use rolecall_model::Role;
use rolecall_model::panels::{NOTE_MAX_CHARS, Note};
use rolecall_routes as routes;

use crate::support::{Answer, Browser, Setup, TestApp, TestDb, on_both_dialects};

on_both_dialects! {
    two_editors_lose_nothing_by_script,
    two_first_notes_in_the_same_moment_are_one_note_and_one_conflict,
}

const PAGE: &str = "/dashboards/weather";

async fn start() -> (TestApp, Browser) {
    started(TestApp::setup()).await
}

/// The same on `database`, which is empty.
async fn start_on(database: &TestDb) -> (TestApp, Browser) {
    started(TestApp::setup().on(database)).await
}

async fn started(setup: Setup) -> (TestApp, Browser) {
    let app = setup.start().await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    wren.get(PAGE).await.assert_status(200);
    (app, wren)
}

async fn save_by_script(browser: &mut Browser, body: &str, version: &str) -> Answer {
    browser
        .call(routes::API_SAVE_NOTE, &[("slug", "weather"), ("panel", "note"), ("body", body), ("version", version)])
        .await
}

async fn save_by_form(browser: &mut Browser, body: &str, version: &str) -> Answer {
    browser
        .submit(routes::API_SAVE_NOTE, &[("slug", "weather"), ("panel", "note"), ("body", body), ("version", version)])
        .await
}

#[tokio::test]
async fn a_script_saves_a_note_and_learns_how_it_stands() {
    let (app, mut wren) = start().await;
    let saved: Note = save_by_script(&mut wren, "first", "0").await.assert_status(200).json();
    let (edited_by, edited_at_ms) = (Some("Wren Hollis".to_owned()), Some(app.clock.now_ms()));
    assert_eq!(saved, Note { body: "first".to_owned(), version: 1, edited_by, edited_at_ms });
    let saved: Note = save_by_script(&mut wren, "second", "1").await.assert_status(200).json();
    assert_eq!((saved.body.as_str(), saved.version), ("second", 2));
}

#[tokio::test]
async fn a_form_saves_a_note_and_goes_back_to_its_page() {
    let (_app, mut wren) = start().await;
    save_by_form(&mut wren, "by form", "0").await.assert_redirect(PAGE);
    wren.get(PAGE).await.assert_shows("by form").assert_shows("Wren Hollis");
    let on_page_two = format!("{PAGE}?table.page=2");
    wren.get(&on_page_two).await.assert_status(200);
    save_by_form(&mut wren, "once more", "1").await.assert_redirect(&on_page_two);
}

async fn two_editors_lose_nothing_by_script(database: &TestDb) {
    let (app, mut wren) = start_on(database).await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    save_by_script(&mut ada, "text of Ada", "0").await.assert_status(200);

    let conflict = save_by_script(&mut wren, "text of Wren", "0").await;
    let AppError::NoteConflict { slug, panel, current, draft } = conflict.assert_status(409).json::<AppError>() else {
        panic!("{conflict:#?}")
    };
    assert_eq!((slug.as_str(), panel.as_str(), draft.as_str()), ("weather", "note", "text of Wren"));
    assert_eq!((current.body.as_str(), current.version), ("text of Ada", 1));
    assert_eq!(current.edited_by.as_deref(), Some("Ada Vale"));
    // A version that no note can have is never the current one.
    for version in [i64::MAX, i64::MIN, -1] {
        save_by_script(&mut wren, "text of Wren", &version.to_string()).await.assert_status(409);
    }
    // Sending the version from the answer saves the draft, deliberately over the other text.
    save_by_script(&mut wren, &draft, "1").await.assert_status(200);
}

#[tokio::test]
async fn two_editors_lose_nothing_by_form() {
    let (app, mut wren) = start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    save_by_form(&mut ada, "text of Ada", "0").await.assert_status(303);

    let conflict = save_by_form(&mut wren, "text of Wren", "0").await;
    conflict.assert_status(409).assert_shows("text of Wren").assert_shows("text of Ada").assert_shows("Ada Vale");
    conflict.assert_shows("name=\"version\" value=\"1\"");
    wren.get(PAGE).await.assert_shows("text of Ada");
    save_by_form(&mut wren, "text of both", "1").await.assert_status(303);
    wren.get(PAGE).await.assert_shows("text of both");
}

async fn two_first_notes_in_the_same_moment_are_one_note_and_one_conflict(database: &TestDb) {
    let (app, mut wren) = start_on(database).await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let (one, other) = tokio::join!(save_by_script(&mut wren, "a", "0"), save_by_script(&mut ada, "b", "0"));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(app.count("notes WHERE version = 1").await, 1);
}

#[tokio::test]
async fn a_note_that_is_too_long_is_not_saved() {
    let (app, mut wren) = start().await;
    let longest = "é".repeat(NOTE_MAX_CHARS);
    let too_long = format!("{longest}é");
    let refused = save_by_script(&mut wren, &too_long, "0").await;
    assert!(matches!(refused.assert_status(422).json::<AppError>(), AppError::Invalid { .. }), "{refused:#?}");
    save_by_form(&mut wren, &too_long, "0").await.assert_status(422).assert_shows("at most 4000 characters");
    assert_eq!(app.count("notes").await, 0);
    save_by_script(&mut wren, &longest, "0").await.assert_status(200);
}

#[tokio::test]
async fn what_is_missing_or_cannot_be_read_is_said_to_be_so() {
    let (app, mut wren) = start().await;
    for fields in [
        vec![],
        vec![("slug", "weather")],
        vec![("slug", "weather"), ("panel", "note"), ("body", "x"), ("version", "one")],
    ] {
        let called = wren.call(routes::API_SAVE_NOTE, &fields).await;
        assert!((400..500).contains(&called.status), "{called:#?}");
        let submitted = wren.submit(routes::API_SAVE_NOTE, &fields).await;
        assert!((400..500).contains(&submitted.status), "{submitted:#?}");
    }
    wren.call(routes::API_SAVE_NOTE, &[("slug", "nope"), ("panel", "note"), ("body", "x"), ("version", "0")])
        .await
        .assert_status(404);
    wren.call(routes::API_SAVE_NOTE, &[("slug", "weather"), ("panel", "note"), ("body", "x"), ("version", "7")])
        .await
        .assert_status(409);
    assert_eq!(app.count("notes").await, 0);
}

// Case: text/html, text/hydration
#[tokio::test]
async fn markup_in_a_note_is_text() {
    let (app, mut wren) = start().await;
    let markup = "</textarea></script><img src=x onerror=alert(1)>\n\"'&amp;";
    save_by_script(&mut wren, markup, "0").await.assert_status(200);
    let page = wren.get(PAGE).await;
    page.assert_shows("&lt;/textarea&gt;&lt;/script&gt;&lt;img src=x");
    assert!(!page.body.contains("<img"), "{page:#?}");

    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    ada.get(PAGE).await.assert_status(200);
    let conflict = save_by_form(&mut ada, "</blockquote><img src=y>", "0").await;
    conflict.assert_status(409).assert_shows("&lt;/blockquote&gt;&lt;img src=y&gt;");
    assert!(!conflict.body.contains("<img"), "{conflict:#?}");
}

#[tokio::test]
async fn a_reader_cannot_save_a_note() {
    let (app, _wren) = start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    let refused = save_by_script(&mut reed, "x", "0").await;
    assert_eq!(refused.assert_status(403).json::<AppError>(), AppError::Forbidden { needed: Role::Write });
    save_by_form(&mut reed, "x", "0").await.assert_status(403).assert_shows("needs the role Write");
    assert_eq!(app.count("notes").await, 0);
}

// Case: request/unsafe-cross-site
#[tokio::test]
async fn a_foreign_page_cannot_save_a_note() {
    let (app, mut wren) = start().await;
    let forged = wren.request(Method::POST, routes::API_SAVE_NOTE);
    let forged = forged.header("sec-fetch-site", "cross-site").header("origin", "https://evil.test");
    let forged = forged.form(&[("slug", "weather"), ("panel", "note"), ("body", "x"), ("version", "0")]);
    let refused = wren.send(forged).await;
    assert_eq!(refused.assert_status(403).json::<AppError>(), AppError::ForeignOrigin);
    assert_eq!(app.count("notes").await, 0);
}
