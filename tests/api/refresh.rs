//! Tokens are refreshed before they expire, once for all waiting requests, and the role is read again each time (OpenID
//! Connect Core 12). If the provider revokes them, the session ends; if it does not answer, the session goes on.

use std::time::Duration;

use http::StatusCode;
use rolecall_model::AppError;
use rolecall_model::Role;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::faulty_provider::{Answer, ClaimFault, Endpoint, Faults, SignatureFault};
use crate::support::{Browser, TestApp, until};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
/// Four fifths of the hour that the demonstration provider's access tokens last.
const UNTIL_DUE: Duration = Duration::from_mins(48);
const HOUR: Duration = Duration::from_hours(1);

async fn signed_in(person: &str) -> (TestApp, Browser) {
    let app = TestApp::setup().with_offline_access().start().await;
    let mut browser = app.browser();
    browser.sign_in_as(person).await;
    (app, browser)
}

/// An honest ID token with `claims` merged over its own.
fn with(claims: &Value) -> Faults {
    Faults { extra_claims: claims.as_object().unwrap().clone(), ..Faults::default() }
}

fn token_endpoint(answer: Answer) -> Faults {
    Faults::answer(Endpoint::Token, answer)
}

fn refused(error: &str) -> Faults {
    token_endpoint(Answer::Json(StatusCode::BAD_REQUEST, json!({ "error": error })))
}

async fn role(browser: &mut Browser) -> Option<Role> {
    browser.user().await.unwrap().role
}

// Case: refresh/works
#[tokio::test]
async fn tokens_are_refreshed_shortly_before_they_end_and_not_sooner() {
    let (app, mut browser) = signed_in("ada").await;
    app.clock.advance(UNTIL_DUE - SECOND);
    assert!(browser.user().await.is_some());
    assert_eq!(app.demo().requests().token, 1, "only the code was exchanged so far");
    for round in 1..=3 {
        app.clock.advance(UNTIL_DUE);
        assert_eq!(role(&mut browser).await, Some(Role::Admin));
        assert!(browser.user().await.is_some());
        assert_eq!(app.demo().requests().token, 1 + round, "the rotated refresh token must be used");
    }
}

#[tokio::test]
async fn without_refresh_token_nothing_is_refreshed() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    app.clock.advance(2 * HOUR);
    assert!(browser.user().await.is_some());
    assert_eq!(app.demo().requests().token, 1);
}

// Case: refresh/one-for-all
#[tokio::test]
async fn fifty_requests_at_the_end_of_the_token_cost_one_refresh_and_all_succeed() {
    let (app, browser) = signed_in("reed").await;
    app.clock.advance(HOUR);
    let mut requests = JoinSet::new();
    for number in 0..50 {
        let mut browser = browser.clone();
        requests.spawn(async move {
            let path = if number % 2 == 0 { "/dashboards/weather" } else { "/api/session" };
            browser.get(path).await.status
        });
    }
    assert!(requests.join_all().await.iter().all(|status| *status == 200));
    assert_eq!(app.demo().requests().token, 2);
}

#[tokio::test]
async fn a_role_that_was_taken_away_or_given_counts_from_the_refresh_on() {
    let (app, mut browser) = signed_in("ada").await;
    app.demo().set_faults(with(&json!({"roles": ["Rolecall.Read"]})));
    browser.get("/admin/sessions").await.assert_status(200);
    app.clock.advance(UNTIL_DUE);
    browser.get("/admin/sessions").await.assert_status(403);
    assert_eq!(role(&mut browser).await, Some(Role::Read));

    app.demo().set_faults(with(&json!({"roles": []})));
    app.clock.advance(UNTIL_DUE);
    browser.get("/dashboards/weather").await.assert_status(403).assert_shows("You have no role yet");

    app.demo().set_faults(Faults::default());
    app.clock.advance(UNTIL_DUE);
    browser.get("/admin/sessions").await.assert_status(200);
}

// Case: refresh/invalid-grant
#[tokio::test]
async fn what_the_provider_takes_back_ends_the_session() {
    for error in ["invalid_grant", "interaction_required", "login_required", "consent_required"] {
        let (app, mut browser) = signed_in("ada").await;
        app.demo().set_faults(refused(error));
        app.clock.advance(UNTIL_DUE);
        assert_eq!(browser.user().await, None, "{error}");
        app.demo().set_faults(Faults::default());
        assert_eq!(browser.user().await, None, "{error}: the session must stay ended");
        let ended = "sign_ins WHERE revoked_reason = 'refresh_refused' AND LENGTH(sealed_tokens) = 0";
        assert_eq!(app.count(ended).await, 1, "{error}");
        browser.sign_in_as("ada").await;
    }
}

// Case: refresh/other-iss, refresh/other-sub
#[tokio::test]
async fn a_refreshed_token_that_is_not_valid_ends_the_session() {
    let faults = [
        with(&json!({"sub": "somebody-else"})),
        Faults::claim(ClaimFault::WrongIssuer),
        Faults::claim(ClaimFault::WrongAudience),
        Faults::claim(ClaimFault::WrongNonce),
        Faults::claim(ClaimFault::Expired),
        Faults::claim(ClaimFault::RolesAsObject),
        Faults::signature(SignatureFault::AlgNone),
        Faults::signature(SignatureFault::UnknownKey),
    ];
    for faults in faults {
        let (app, mut browser) = signed_in("ada").await;
        app.demo().set_faults(faults.clone());
        app.clock.advance(UNTIL_DUE);
        assert_eq!(browser.user().await, None, "{faults:?}");
        assert_eq!(app.demo().requests().userinfo, 0);
    }
}

// Case: refresh/network-error
#[tokio::test]
async fn a_provider_that_does_not_answer_ends_nothing_while_the_tokens_serve() {
    for answer in [Answer::Status(StatusCode::BAD_GATEWAY), Answer::InvalidJson, Answer::HugeBody] {
        let (app, mut browser) = signed_in("ada").await;
        app.demo().set_faults(token_endpoint(answer));
        app.clock.advance(UNTIL_DUE);
        browser.get("/dashboards/weather").await.assert_status(200);
        browser.get("/dashboards/weather").await.assert_status(200);
        assert_eq!(app.demo().requests().token, 2, "the provider must not be asked again at once");
        app.clock.advance(MINUTE);
        browser.get("/dashboards/weather").await.assert_status(200);
        assert_eq!(app.demo().requests().token, 3);

        app.demo().set_faults(Faults::default());
        app.clock.advance(MINUTE);
        assert!(browser.user().await.is_some());
        app.clock.advance(30 * MINUTE);
        assert!(browser.user().await.is_some());
        assert_eq!(app.demo().requests().token, 4);
    }
}

#[tokio::test]
async fn a_wrong_client_secret_at_the_refresh_ends_nothing() {
    let (app, mut browser) = signed_in("ada").await;
    app.demo().set_faults(refused("invalid_client"));
    app.clock.advance(UNTIL_DUE);
    assert!(browser.user().await.is_some());
}

#[tokio::test]
async fn keys_that_cannot_be_had_at_the_refresh_end_nothing_and_the_new_refresh_token_is_kept() {
    let (app, mut browser) = signed_in("ada").await;
    app.demo().rotate_keys();
    app.demo().set_faults(Faults::answer(Endpoint::Jwks, Answer::Status(StatusCode::BAD_GATEWAY)));
    app.clock.advance(UNTIL_DUE);
    assert!(browser.user().await.is_some());
    assert_eq!(app.demo().requests().token, 2, "the provider has taken the old refresh token back");

    app.demo().set_faults(with(&json!({"roles": ["Rolecall.Read"]})));
    app.clock.advance(MINUTE);
    assert_eq!(role(&mut browser).await, Some(Role::Read));
    assert_eq!(app.demo().requests().token, 3);
}

#[tokio::test]
async fn a_stop_during_a_refresh_loses_nothing() {
    let (mut app, mut browser) = signed_in("ada").await;
    app.demo().set_faults(token_endpoint(Answer::Hangs));
    app.clock.advance(UNTIL_DUE);
    let demo = app.demo().clone();
    let mut other_tab = browser.clone();
    let request = tokio::spawn(async move { other_tab.get("/dashboards").await.status });
    until("the provider is asked", async || demo.requests().token == 2).await;
    assert_eq!(request.await.unwrap(), 200, "the request must not wait for the refresh");
    let released = tokio::spawn(async move {
        // This lets the provider answer while the application stops.
        demo.set_faults(Faults::default());
    });
    app.restart().await;
    released.await.unwrap();
    assert_eq!(app.count("sign_ins WHERE version = 3").await, 1, "what the provider gave is stored");
    assert!(browser.user().await.is_some());
}

#[tokio::test]
async fn once_the_tokens_have_ended_nothing_is_shown_until_the_provider_answers_again() {
    let (app, mut browser) = signed_in("ada").await;
    app.demo().set_faults(token_endpoint(Answer::Status(StatusCode::BAD_GATEWAY)));
    app.clock.advance(HOUR);
    browser.get("/dashboards/weather").await.assert_status(503).assert_shows("You are still signed in");
    let fetched = browser.fetch("/api/session").await;
    assert_eq!(fetched.assert_status(503).json::<AppError>(), AppError::NotVouchedFor);
    browser.get("/").await.assert_status(200).assert_shows("Ada Vale");

    app.demo().set_faults(Faults::default());
    app.clock.advance(MINUTE);
    browser.get("/dashboards/weather").await.assert_status(200);
}

#[tokio::test]
async fn a_slow_provider_holds_nobody_up_while_the_tokens_serve() {
    let (app, mut browser) = signed_in("ada").await;
    app.demo().set_faults(token_endpoint(Answer::Hangs));
    app.clock.advance(UNTIL_DUE);
    browser.get("/dashboards/weather").await.assert_status(200);
    app.demo().set_faults(Faults::default());
    until("the refresh has ended", async || app.count("sign_ins WHERE version = 3").await == 1).await;
    assert_eq!(app.demo().requests().token, 2);
}

// Case: refresh/stored-before-use
#[tokio::test]
async fn a_refresh_is_carried_through_when_nobody_waits_for_it_any_more() {
    let (app, mut browser) = signed_in("ada").await;
    app.demo().set_faults(token_endpoint(Answer::Hangs));
    app.clock.advance(HOUR);
    let mut leaving = browser.clone();
    let request = tokio::spawn(async move { leaving.get("/dashboards").await });
    until("the provider is asked", async || app.demo().requests().token == 2).await;
    request.abort();
    app.demo().set_faults(Faults::default());
    assert!(browser.user().await.is_some());
    app.clock.advance(UNTIL_DUE);
    assert!(browser.user().await.is_some(), "the rotated refresh token was kept");
    assert_eq!(app.demo().requests().token, 3);
}

#[tokio::test]
async fn who_signs_out_during_a_refresh_stays_signed_out() {
    let (app, mut browser) = signed_in("ada").await;
    app.demo().set_faults(token_endpoint(Answer::Hangs));
    app.clock.advance(UNTIL_DUE);
    let mut other_tab = browser.clone();
    let request = tokio::spawn(async move { other_tab.get("/dashboards").await });
    until("the provider is asked", async || app.demo().requests().token == 2).await;
    browser.submit("/api/sign_out", &[]).await.assert_status(303);
    app.demo().set_faults(Faults::default());
    request.await.unwrap();
    assert_eq!(app.count("sign_ins WHERE revoked_reason = 'signed_out' AND LENGTH(sealed_tokens) = 0").await, 1);
    browser.cookies.clear();
    assert_eq!(browser.user().await, None);
}

// Case: refresh/no-new-refresh-token
#[tokio::test]
async fn a_provider_that_gives_no_new_refresh_token_leaves_the_old_one() {
    let (app, mut browser) = signed_in("ada").await;
    app.demo().set_faults(Faults { keep_refresh_token: true, ..Faults::default() });
    for round in 1..=3 {
        app.clock.advance(UNTIL_DUE);
        assert!(browser.user().await.is_some());
        assert_eq!(app.demo().requests().token, 1 + round);
    }
}

// Case: refresh/without-id-token
#[tokio::test]
async fn answers_without_id_token_keep_the_role_for_75_minutes_and_then_the_person_signs_in_again() {
    for lifetime_s in [3600, 300] {
        let (app, mut browser) = signed_in("wren").await;
        let answer =
            json!({"access_token": "new", "token_type": "Bearer", "expires_in": lifetime_s, "refresh_token": "new"});
        app.demo().set_faults(token_endpoint(Answer::Json(StatusCode::OK, answer)));
        let read_at = async |browser: &mut Browser| {
            browser.fetch("/api/account").await.assert_status(200).json::<Value>()["roles_read_at_ms"].clone()
        };
        let first = read_at(&mut browser).await;
        app.clock.advance(UNTIL_DUE);
        assert_eq!(role(&mut browser).await, Some(Role::Write));
        browser.get("/account/token").await.assert_status(200).assert_shows("Wren Hollis");
        assert_eq!(app.demo().requests().token, 2);
        assert_eq!(read_at(&mut browser).await, first, "a refresh without roles must not renew the time of the role");
        app.clock.advance(27 * MINUTE - SECOND);
        assert_eq!(role(&mut browser).await, Some(Role::Write));

        app.clock.advance(SECOND);
        let page = browser.get("/dashboards/weather").await;
        page.assert_redirect("/login/demo?return_to=%2Fdashboards%2Fweather");
        assert_eq!(browser.user().await, None);
        app.demo().set_faults(Faults::default());
        browser.sign_in_as("wren").await;
        assert_eq!(role(&mut browser).await, Some(Role::Write));
    }
}

// Case: refresh/without-id-token
#[tokio::test]
async fn a_provider_that_returns_an_id_token_again_in_time_keeps_the_person_signed_in() {
    let (app, mut browser) = signed_in("wren").await;
    let answer = json!({"access_token": "new", "token_type": "Bearer", "expires_in": 3600});
    app.demo().set_faults(token_endpoint(Answer::Json(StatusCode::OK, answer)));
    app.clock.advance(UNTIL_DUE);
    assert_eq!(role(&mut browser).await, Some(Role::Write));
    app.demo().set_faults(with(&json!({"roles": ["Rolecall.Read"]})));
    app.clock.advance(27 * MINUTE);
    assert_eq!(role(&mut browser).await, Some(Role::Read));
}
