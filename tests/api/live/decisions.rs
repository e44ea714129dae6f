//! Administrators' decisions reach open pages at once.

use std::time::Duration;

use rolecall_routes as routes;

use super::{Now, Stream};
use crate::support::{Browser, TestApp, TestDb, execute, on_both_dialects, text};

on_both_dialects! {
    open_pages_hear_at_once_what_an_administrator_decides,
    open_pages_hear_that_a_request_was_answered_also_where_the_role_stays,
}

const NORAS_SIGN_IN: &str =
    "SELECT s.id FROM sign_ins s JOIN users u ON u.id = s.user_id WHERE u.name LIKE 'Nora%' AND s.revoked_at IS NULL";

// Case: live/decisions
async fn open_pages_hear_at_once_what_an_administrator_decides(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let (mut ada, mut nora) = (app.browser(), app.browser());
    ada.sign_in_as("ada").await;
    nora.sign_in_as("nora").await;
    let mut stream = Stream::open_at(&nora, routes::LIVE).await;
    assert_eq!(stream.session(|_| true).await.role, None);
    let number = text(app.db(), "SELECT CAST(id AS TEXT) FROM users WHERE name LIKE 'Nora%'").await;
    let grant = [("user_id", number.as_str()), ("role", "write"), ("reason", "Helps"), ("until", "")];
    ada.submit(routes::API_GRANT_ROLE, &grant).await.assert_status(303);
    stream.session(|session| session.role.as_deref() == Some("write")).await;
    // A role that is given here ends by time, without a notification from the database.
    let end_ms = app.clock.now_ms() + 300;
    execute(app.db(), &format!("UPDATE grants SET ends_at = {end_ms}")).await;
    app.auth().sign_ins().forget(&text(app.db(), NORAS_SIGN_IN).await);
    stream.session(|session| session.role.is_some()).await;
    app.clock.advance(Duration::from_secs(1));
    stream.session(|session| session.role.is_none()).await;
    ada.submit(routes::API_DISABLE_PERSON, &[("user_id", &number), ("reason", "Left")]).await.assert_status(303);
    stream.expect("ended", "").await;
    stream.expect_end().await;
}

/// Nora asks for the role Read, and Ada declines.
async fn decline(ada: &mut Browser, nora: &mut Browser, app: &TestApp) {
    let asked = [("role", "read"), ("reason", "I am new")];
    nora.submit(routes::API_REQUEST_ACCESS, &asked).await.assert_status(303);
    let id = text(app.db(), "SELECT id FROM access_requests WHERE decided_at IS NULL").await;
    ada.submit(routes::API_DECLINE_REQUEST, &[("id", &id), ("answer", "Ask HR")]).await.assert_status(303);
}

// Case: live/answers
async fn open_pages_hear_that_a_request_was_answered_also_where_the_role_stays(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let (mut ada, mut nora) = (app.browser(), app.browser());
    ada.sign_in_as("ada").await;
    nora.sign_in_as("nora").await;
    let mut stream = Stream::open_at(&nora, routes::LIVE).await;
    assert_eq!(stream.session(|_| true).await.answers, 0);
    for answers in 1..=2 {
        decline(&mut ada, &mut nora, &app).await;
        assert_eq!(stream.session(|session| session.answers > 0).await.answers, answers);
    }
    // A page that is opened later already has both answers, so nothing is new to it. Ada has no requests.
    assert_eq!(Stream::open_at(&nora, routes::LIVE).await.session(|_| true).await.answers, 2);
    assert_eq!(nora.fetch(routes::LIVE).await.json::<Now>().session.unwrap().answers, 2);
    assert_eq!(Stream::open_at(&ada, routes::LIVE).await.session(|_| true).await.answers, 0);
}

// Case: live/instances
#[tokio::test]
async fn an_open_page_hears_at_once_what_is_decided_at_another_instance_on_postgres() {
    let database = TestDb::postgres().await;
    let setup = || {
        let key = "BwcH".repeat(10) + "Bwc=";
        TestApp::setup().on(&database).set("ROLECALL_SECRET_KEYS", &key)
    };
    let one = setup().start().await;
    let other = setup().with_provider_of(&one).start().await;
    let (mut ada, mut nora) = (one.browser(), one.browser());
    ada.sign_in_as("ada").await;
    nora.sign_in_as("nora").await;
    let mut elsewhere = other.browser();
    elsewhere.plant_session_cookie(nora.session_cookie());
    let mut stream = Stream::open_at(&elsewhere, routes::LIVE).await;
    stream.session(|session| session.role.is_none() && session.answers == 0).await;

    decline(&mut ada, &mut nora, &one).await;
    stream.session(|session| session.answers == 1).await;
    let number = text(one.db(), "SELECT CAST(id AS TEXT) FROM users WHERE name LIKE 'Nora%'").await;
    let grant = [("user_id", number.as_str()), ("role", "write"), ("reason", "Helps"), ("until", "")];
    ada.submit(routes::API_GRANT_ROLE, &grant).await.assert_status(303);
    stream.session(|session| session.role.as_deref() == Some("write")).await;
    ada.submit(routes::API_DISABLE_PERSON, &[("user_id", &number), ("reason", "Left")]).await.assert_status(303);
    stream.expect("ended", "").await;
    stream.expect_end().await;
}
