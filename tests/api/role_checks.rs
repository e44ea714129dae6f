//! People can have their roles read again at the provider, and administrators can do it for them, without overloading
//! the provider.

use std::time::Duration;

use http::StatusCode;
use rolecall_model::Role;
use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::faulty_provider::{Answer, Endpoint, Faults};
use crate::support::{Browser, Setup, TestApp, TestDb, on_both_dialects};

on_both_dialects! {
    a_person_has_their_role_read_again_and_it_counts_at_once,
    an_administrator_has_the_role_read_in_every_session_of_a_person,
}

const MINUTE: Duration = Duration::from_mins(1);

/// An application whose provider gives refresh tokens, and Reed signed in a minute ago.
async fn start() -> (TestApp, Browser) {
    started(TestApp::setup()).await
}

/// The same on `database`, which is empty.
async fn start_on(database: &TestDb) -> (TestApp, Browser) {
    started(TestApp::setup().on(database)).await
}

async fn started(setup: Setup) -> (TestApp, Browser) {
    let app = setup.with_offline_access().start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    app.clock.advance(MINUTE);
    (app, reed)
}

fn now_with(claims: &Value) -> Faults {
    Faults { extra_claims: claims.as_object().unwrap().clone(), ..Faults::default() }
}

fn token_endpoint(status: StatusCode, answer: &Value) -> Faults {
    Faults::answer(Endpoint::Token, Answer::Json(status, answer.clone()))
}

/// Presses the button, and checks that the page says `told`.
async fn check(browser: &mut Browser, told: &str) {
    let answer = browser.submit(routes::API_CHECK_MY_ROLES, &[]).await;
    let page = answer.assert_status(303).location().to_owned();
    browser.get(&page).await.assert_status(200).assert_shows(told);
}

async fn role(browser: &mut Browser) -> Option<Role> {
    browser.user().await.unwrap().role
}

// Case: account/check-roles
async fn a_person_has_their_role_read_again_and_it_counts_at_once(database: &TestDb) {
    let (app, mut reed) = start_on(database).await;
    reed.get(routes::ACCOUNT).await.assert_shows("Check again now");
    app.demo().set_faults(now_with(&json!({ "roles": ["Rolecall.Write"] })));
    assert_eq!(role(&mut reed).await, Some(Role::Read), "only the check must ask the provider");
    check(&mut reed, "Your provider was asked just now.").await;
    assert_eq!(role(&mut reed).await, Some(Role::Write));
    assert_eq!(app.demo().requests().token, 2);
}

// Case: account/check-roles-limit
#[tokio::test]
async fn the_provider_is_not_asked_again_within_half_a_minute_whatever_it_answered() {
    let (app, mut reed) = start().await;
    for _ in 0..3 {
        check(&mut reed, "Your ").await;
    }
    check(&mut reed, "It can be read again every 30 seconds.").await;
    assert_eq!(app.demo().requests().token, 2);
    app.clock.advance(MINUTE);
    app.demo().set_faults(token_endpoint(StatusCode::BAD_GATEWAY, &Value::Null));
    check(&mut reed, "Your provider did not answer as it should").await;
    for _ in 0..3 {
        check(&mut reed, "It can be read again every 30 seconds.").await;
    }
    assert_eq!(app.demo().requests().token, 3);
    assert_eq!(role(&mut reed).await, Some(Role::Read), "a failed check must not change the role");
    app.demo().set_faults(Faults::default());
    app.clock.advance(MINUTE);
    // The failed refresh was due again, so the request itself has already made it.
    check(&mut reed, "Your role was read a moment ago.").await;
    assert_eq!(app.demo().requests().token, 4);
}

// Case: account/check-roles
#[tokio::test]
async fn a_provider_that_no_longer_confirms_somebody_ends_their_session() {
    let (app, mut reed) = start().await;
    app.demo().set_faults(token_endpoint(StatusCode::BAD_REQUEST, &json!({ "error": "invalid_grant" })));
    reed.submit(routes::API_CHECK_MY_ROLES, &[]).await.assert_status(303);
    assert_eq!(reed.user().await, None);
}

// Case: account/check-roles
#[tokio::test]
async fn without_a_refresh_token_the_page_says_when_the_role_is_read() {
    let app = TestApp::start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    app.clock.advance(MINUTE);
    let page = reed.get(routes::ACCOUNT).await;
    page.assert_shows("Rolecall asks your provider for your role when you sign in.");
    assert!(!page.body.contains("Check again now"));
    check(&mut reed, "Sign out and in again.").await;
    assert_eq!(app.demo().requests().token, 1);
}

// Case: admin/check-roles
async fn an_administrator_has_the_role_read_in_every_session_of_a_person(database: &TestDb) {
    let (app, mut reed) = start_on(database).await;
    let (mut second, mut ada) = (app.browser(), app.browser());
    second.sign_in_as("reed").await;
    ada.sign_in_as("ada").await;
    app.clock.advance(MINUTE);
    app.demo().set_faults(now_with(&json!({ "roles": ["Rolecall.Write"] })));
    let number = [("user_id", "1")];
    let answer = ada.submit(routes::API_CHECK_ROLES, &number).await;
    assert_eq!(answer.assert_status(303).location(), "/admin/users/1?roles=read:2");
    ada.get(answer.location()).await.assert_status(200).assert_shows("2 sessions: the provider was asked just now.");
    for browser in [&mut reed, &mut second] {
        assert_eq!(role(browser).await, Some(Role::Write));
    }
    assert_eq!(app.count("sign_ins WHERE role = 'write'").await, 2);
    ada.submit(routes::API_CHECK_ROLES, &number).await.assert_redirect("/admin/users/1?roles=too_soon:2");
    reed.call(routes::API_CHECK_ROLES, &number).await.assert_status(403);
    app.browser().call(routes::API_CHECK_MY_ROLES, &[]).await.assert_status(401);
    ada.submit(routes::API_CHECK_ROLES, &[("user_id", "99")]).await.assert_redirect("/admin/users/99?roles=");
}
