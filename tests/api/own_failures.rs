//! Internal failures in and after the callback, and many requests at once: neither loses a session.

use std::time::Duration;

use rolecall_routes as routes;
use rolecall_sign_in::db::Db;
use tokio::task::JoinSet;

use crate::support::{Browser, TestApp};

/// Makes the database refuse `statement` until the trigger `failing` is dropped.
async fn fails(app: &TestApp, statement: &str) {
    run(app, &format!("CREATE TRIGGER failing BEFORE {statement} BEGIN SELECT RAISE(ABORT, 'failing'); END")).await;
}

async fn run(app: &TestApp, statement: &str) {
    let Db::Sqlite(pools) = app.db() else { panic!("not SQLite") };
    sqlx::query(statement).execute(&pools.writing).await.unwrap();
}

/// Ada is signed in and signs in again, as Reed, while `statement` fails: she stays signed in as Ada, with one session.
/// Once it no longer fails, the same sign-in succeeds.
async fn a_callback_that_fails_by(statement: &str) {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    fails(&app, statement).await;
    let answer = browser.attempt_as("reed").await;
    assert!(matches!(answer.status, 500 | 503), "{answer:#?}");
    assert_eq!(browser.user().await.unwrap().name, "Ada Vale");
    browser.get("/dashboards/weather").await.assert_status(200);
    run(&app, "DROP TRIGGER failing").await;
    assert_eq!(browser.user().await.unwrap().name, "Ada Vale");
    assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 1);
    browser.sign_in_as("reed").await;
    assert_eq!(browser.user().await.unwrap().name, "Reed Marlow");
    assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 1);
}

// Case: session/500-in-callback
#[tokio::test]
async fn a_record_that_cannot_be_stored_loses_no_session() {
    a_callback_that_fails_by("INSERT ON sign_ins").await;
    a_callback_that_fails_by("INSERT ON users").await;
}

// Case: session/500-after-callback
#[tokio::test]
async fn a_session_that_cannot_be_stored_loses_no_session() {
    a_callback_that_fails_by("INSERT ON tower_sessions").await;
}

// Case: session/parallel-writes
#[tokio::test]
async fn twenty_requests_that_write_to_one_session_at_once_lose_nothing() {
    let mut app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    for round in 0..3 {
        app.clock.advance(Duration::from_secs(61));
        let mut requests = JoinSet::new();
        for number in 0..20 {
            let tab = browser.clone();
            requests.spawn(async move { write_or_read(tab, number).await });
        }
        let statuses = requests.join_all().await;
        assert!(statuses.iter().all(|status| matches!(status, 200 | 303 | 409)), "{round}: {statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 4, "one editor of five succeeds");
        // All of them count as activity, which was written once.
        let seen = format!("sign_ins WHERE last_seen_at = {} AND version = 1", app.clock.now_ms());
        assert_eq!(app.count(&seen).await, 1);
        assert_eq!(browser.user().await.unwrap().name, "Wren Hollis");
        run(&app, "DELETE FROM notes").await;
    }
    app.restart().await;
    assert_eq!(browser.user().await.unwrap().name, "Wren Hollis");
    browser.fetch(routes::API_ID_TOKEN).await.assert_status(200);
}

async fn write_or_read(mut tab: Browser, number: usize) -> u16 {
    let fields = [("slug", "weather"), ("panel", "note"), ("body", "at once"), ("version", "0")];
    let answer = match number % 4 {
        0 => tab.call(routes::API_SAVE_NOTE, &fields).await,
        1 => tab.get("/login/demo").await,
        2 => tab.get("/dashboards/weather").await,
        _ => tab.fetch(routes::API_ID_TOKEN).await,
    };
    answer.status
}
