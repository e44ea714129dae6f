//! Providers that do not answer as they should. Signed-in people stay signed in, and signing in recovers by itself.

use std::time::Duration;

use http::StatusCode;
use rolecall_model::AppError;
use rolecall_routes as routes;
use serde_json::json;

use crate::support::faulty_provider::{Answer, ClaimFault, Endpoint, Faults};
use crate::support::{TestApp, Traces, refused_with, unusable_with};

/// Longer than metadata and keys are kept without looking for newer ones.
const CACHES_END: Duration = Duration::from_hours(2);
/// An endpoint that fails.
const BROKEN: Answer = Answer::Status(StatusCode::INTERNAL_SERVER_ERROR);

// Case: fault/provider-5xx
#[tokio::test]
async fn a_token_endpoint_that_fails_signs_nobody_in() {
    unusable_with(Faults::answer(Endpoint::Token, BROKEN)).await.assert_shows("does not answer right now");
}

// Case: fault/provider-invalid-json
#[tokio::test]
async fn a_token_endpoint_that_sends_no_json_signs_nobody_in() {
    refused_with(Faults::answer(Endpoint::Token, Answer::InvalidJson)).await;
}

// Case: fault/provider-huge-body, http/body-cap
#[tokio::test]
async fn a_token_endpoint_that_never_stops_sending_signs_nobody_in() {
    unusable_with(Faults::answer(Endpoint::Token, Answer::HugeBody)).await;
}

#[tokio::test]
async fn a_code_that_the_provider_does_not_accept_signs_nobody_in() {
    let answer = Answer::Json(StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"}));
    refused_with(Faults::answer(Endpoint::Token, answer)).await;
}

#[tokio::test]
async fn credentials_that_the_provider_does_not_accept_are_the_administrators_business() {
    let answer = Answer::Json(StatusCode::UNAUTHORIZED, json!({"error": "invalid_client"}));
    unusable_with(Faults::answer(Endpoint::Token, answer)).await.assert_shows("client secret");
}

#[tokio::test]
async fn an_answer_without_id_token_signs_nobody_in() {
    let answer = Answer::Json(StatusCode::OK, json!({"access_token": "a", "token_type": "Bearer"}));
    refused_with(Faults::answer(Endpoint::Token, answer)).await;
}

// Case: fault/provider-empty-jwks
#[tokio::test]
async fn a_provider_whose_key_set_is_empty_signs_nobody_in() {
    refused_with(Faults { empty_jwks: true, ..Faults::default() }).await;
}

/// Checks that no sign-in can begin while `faults` are in force from the start, and that it works once they are gone.
async fn cannot_begin_with(faults: Faults) {
    let app = TestApp::start().await;
    app.demo().set_faults(faults);
    let mut browser = app.browser();
    browser.get("/").await.assert_status(200);
    let form = browser.submit(routes::API_BEGIN_SIGN_IN, &[("provider", "demo")]).await;
    form.assert_status(503).assert_shows("The provider");
    browser.get("/login/demo").await.assert_status(503);
    let called = browser.call(routes::API_BEGIN_SIGN_IN, &[("provider", "demo")]).await;
    assert!(matches!(called.assert_status(503).json::<AppError>(), AppError::Unavailable { .. }), "{called:#?}");
    assert_eq!(app.demo().requests().authorize, 0);
    assert!(browser.cookies.is_empty());

    app.demo().set_faults(Faults::default());
    browser.sign_in_as("ada").await;
}

// Case: fault/provider-down-at-start
#[tokio::test]
async fn a_provider_that_is_down_at_the_start_is_found_as_soon_as_it_is_up() {
    cannot_begin_with(Faults::answer(Endpoint::Discovery, BROKEN)).await;
}

// Case: fault/provider-invalid-json, fault/provider-huge-body
#[tokio::test]
async fn metadata_that_cannot_be_read_begin_nothing() {
    cannot_begin_with(Faults::answer(Endpoint::Discovery, Answer::InvalidJson)).await;
    cannot_begin_with(Faults::answer(Endpoint::Discovery, Answer::HugeBody)).await;
    cannot_begin_with(Faults::answer(Endpoint::Discovery, Answer::Json(StatusCode::OK, json!([])))).await;
}

// Case: config/issuer-differs
#[tokio::test]
async fn metadata_that_name_another_issuer_stop_the_sign_in_before_the_provider_is_asked() {
    let issuer = "https://issuer.example.com/demo".parse().unwrap();
    cannot_begin_with(Faults { discovery_issuer: Some(issuer), ..Faults::default() }).await;
}

// Case: fault/provider-5xx, fault/provider-invalid-json, fault/provider-huge-body
#[tokio::test]
async fn keys_that_cannot_be_fetched_sign_nobody_in_until_they_can() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let before = Traces::of(&app).await;
    for answer in [BROKEN, Answer::InvalidJson, Answer::HugeBody] {
        app.demo().set_faults(Faults::answer(Endpoint::Jwks, answer));
        browser.attempt_as("ada").await.assert_status(503);
        assert_eq!(browser.user().await, None);
        assert_eq!(Traces::of(&app).await, before);
    }
    app.demo().set_faults(Faults::default());
    browser.sign_in_as("ada").await;
}

// Case: keys/last-good-kept
#[tokio::test]
async fn the_last_good_metadata_and_keys_serve_while_there_are_no_newer_ones() {
    let app = TestApp::start().await;
    app.browser().sign_in_as("ada").await;
    app.clock.advance(CACHES_END);
    let answers = vec![(Endpoint::Discovery, BROKEN), (Endpoint::Jwks, BROKEN)];
    app.demo().set_faults(Faults { answers, ..Faults::default() });
    app.browser().sign_in_as("wren").await;
    assert_eq!(app.demo().requests().discovery, 2, "the metadata was not read again");
}

// Case: fault/provider-down-later
#[tokio::test]
async fn who_is_signed_in_stays_so_while_the_provider_is_down() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    let endpoints = [Endpoint::Discovery, Endpoint::Jwks, Endpoint::Token, Endpoint::Userinfo];
    let answers = endpoints.map(|endpoint| (endpoint, BROKEN)).to_vec();
    app.demo().set_faults(Faults { answers, ..Faults::default() });
    app.clock.advance(CACHES_END);
    browser.get("/dashboards/weather").await.assert_status(200);
    browser.attempt_as("wren").await.assert_status(503);
    assert_eq!(browser.user().await.unwrap().name, "Ada Vale", "a failed sign-in must not end the session");
}

/// ID tokens that do not say who the person is, so that the userinfo endpoint is asked.
fn nameless() -> Faults {
    Faults::claim(ClaimFault::Missing("name"))
}

// Case: rp/code-flow-with-userinfo, rp/scope-userinfo-claims
#[tokio::test]
async fn a_name_that_the_token_lacks_comes_from_userinfo() {
    let app = TestApp::start().await;
    app.demo().set_faults(nameless());
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    assert_eq!(browser.user().await.unwrap().name, "Ada Vale");
    assert_eq!(app.demo().requests().userinfo, 1);
}

// Case: rp/userinfo-invalid-sub
#[tokio::test]
async fn userinfo_about_somebody_else_or_none_at_all_signs_nobody_in() {
    let app = TestApp::start().await;
    let somebody_else = Faults { userinfo_subject: Some("somebody-else".to_owned()), ..nameless() };
    let down = Faults { answers: vec![(Endpoint::Userinfo, BROKEN)], ..nameless() };
    let garbled = Faults { answers: vec![(Endpoint::Userinfo, Answer::InvalidJson)], ..nameless() };
    for (faults, status) in [(somebody_else, 400), (down, 503), (garbled, 400)] {
        app.demo().set_faults(faults);
        let mut browser = app.browser();
        browser.attempt_as("wren").await.assert_status(status);
        assert_eq!(browser.user().await, None);
    }
    assert_eq!(app.count("users").await + app.count("sign_ins").await, 0);
}
