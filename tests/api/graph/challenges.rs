//! Challenges with which Graph asks for claims or consent from the provider. The person is sent to the provider with
//! exactly that, comes back, and is never sent in circles.

use std::time::Duration;

use http::StatusCode;
use openidconnect::reqwest::Url;
use rolecall_model::account::{Missing, Profile};
use rolecall_routes as routes;
use serde_json::{Value, json};

use super::account::{graph, profile};
use crate::support::faulty_provider::{Answer, Faults, GraphChallenge};
use crate::support::{Browser, TestApp, parameter, signed_in};

fn challenge(claims: Value, can_be_met: bool) -> Faults {
    Faults { graph_challenge: Some(GraphChallenge { claims, can_be_met }), ..Faults::default() }
}

fn nbf(value: &str) -> Value {
    json!({"access_token": {"nbf": {"essential": true, "value": value}}})
}

/// Goes to the provider and back to the account page.
async fn go_round(browser: &mut Browser, authorization: &Url) {
    let callback = browser.choose(authorization, "ada").await;
    browser.follow(&callback).await.assert_redirect(routes::ACCOUNT);
}

/// Where the account page redirects to.
async fn led(browser: &mut Browser) -> Url {
    let answer = browser.get(routes::ACCOUNT).await;
    assert!([302, 303].contains(&answer.status), "{answer:#?}");
    answer.location().parse().unwrap()
}

// Case: entra/claims-challenge
#[tokio::test]
async fn a_claims_challenge_leads_to_the_provider_with_exactly_those_claims_and_back() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    app.demo().set_faults(challenge(nbf("1604106651"), true));
    let authorization = led(&mut ada).await;
    assert_eq!(parameter(&authorization, "claims").parse::<Value>().unwrap(), nbf("1604106651"));
    assert_eq!(parameter(&authorization, "scope"), "openid profile email User.Read");
    assert_eq!(parameter(&authorization, "login_hint"), "ada@example.com");
    go_round(&mut ada, &authorization).await;
    ada.get(routes::ACCOUNT).await.assert_status(200).assert_shows("Head of Platform");
}

// Case: entra/claims-challenge
#[tokio::test]
async fn a_challenge_that_is_not_met_is_explained_instead_of_going_round() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    app.demo().set_faults(challenge(nbf("1"), false));
    let authorization = led(&mut ada).await;
    go_round(&mut ada, &authorization).await;
    let page = ada.get(routes::ACCOUNT).await;
    page.assert_status(200).assert_shows("Microsoft Graph still asks for more").assert_shows("Try again");
    page.assert_shows("Ada Vale");

    // The same challenge with another time in it does not count as a new one.
    app.demo().set_faults(challenge(nbf("2"), false));
    ada.get(routes::ACCOUNT).await.assert_status(200).assert_shows("Microsoft Graph still asks for more");

    // The link sends the person to the provider again, and so does a visit some minutes later.
    let answer = ada.get(routes::ACCOUNT_ASK_PROVIDER).await;
    let authorization: Url = answer.assert_status(303).location().parse().unwrap();
    assert_eq!(parameter(&authorization, "claims").parse::<Value>().unwrap(), nbf("2"));
    app.clock.advance(Duration::from_mins(6));
    led(&mut ada).await;
}

#[tokio::test]
async fn a_script_is_told_of_a_challenge_and_led_nowhere() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    app.demo().set_faults(challenge(nbf("1"), true));
    let mut before = ada.cookies.clone();
    // Once the browser is signed in, the count of its failed tries is cleared.
    before.remove("rolecall-tries");
    let answer = ada.fetch(routes::API_PROFILE).await;
    let told: Profile = answer.assert_status(200).json();
    assert_eq!(told, Profile::Missing { what: Missing::Claims, asked: false });
    assert!(!answer.body.contains("nbf") && !answer.headers.contains_key("serverfnredirect"), "{answer:#?}");
    assert_eq!(ada.cookies, before);
}

#[tokio::test]
async fn nothing_that_a_browser_sends_is_asked_of_the_provider() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    let query = "claims=%7B%22evil%22%3A1%7D&scope=Mail.Read&scopes=Mail.Read";
    let asking = format!("{}?{query}", routes::ACCOUNT_ASK_PROVIDER);
    ada.get(&asking).await.assert_redirect(routes::ACCOUNT);
    app.demo().set_faults(challenge(nbf("1"), true));
    let asked: Url = ada.get(&asking).await.assert_status(303).location().parse().unwrap();
    let by_link: Url = ada.get(&format!("/login/demo?{query}")).await.location().parse().unwrap();
    for url in [asked, by_link] {
        assert!(!url.as_str().contains("evil") && !url.as_str().contains("Mail.Read"), "{url}");
    }
}

/// An application that does not request the scopes that Graph needs.
async fn without_consent() -> TestApp {
    TestApp::setup().without_graph_scope().start().await
}

#[tokio::test]
async fn a_missing_consent_is_asked_for_with_just_the_missing_scope() {
    let app = without_consent().await;
    let mut ada = signed_in(&app, "ada").await;
    let page = ada.get(routes::ACCOUNT).await;
    page.assert_status(200)
        .assert_shows("does not have permission to read your profile yet")
        .assert_shows("Grant permission");
    let answer = ada.get(routes::ACCOUNT_ASK_PROVIDER).await;
    let authorization: Url = answer.assert_status(303).location().parse().unwrap();
    assert_eq!(parameter(&authorization, "scope"), "openid profile email User.Read");
    assert!(authorization.query_pairs().all(|(name, _)| name != "claims" && name != "prompt"), "{authorization}");
    go_round(&mut ada, &authorization).await;
    ada.get(routes::ACCOUNT).await.assert_status(200).assert_shows("Head of Platform");
    let begun = ada.get("/login/demo").await;
    assert_eq!(parameter(&begun.location().parse().unwrap(), "scope"), "openid profile email", "only for one sign-in");
}

#[tokio::test]
async fn a_consent_that_is_not_given_is_explained() {
    let app = without_consent().await;
    let mut ada = signed_in(&app, "ada").await;
    let denied = json!({"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}});
    app.demo().set_faults(graph(Answer::Json(StatusCode::FORBIDDEN, denied)));
    let answer = ada.get(routes::ACCOUNT_ASK_PROVIDER).await;
    go_round(&mut ada, &answer.location().parse().unwrap()).await;
    assert_eq!(profile(&mut ada).await, Profile::Missing { what: Missing::Consent, asked: true });
    let page = ada.get(routes::ACCOUNT).await;
    page.assert_status(200).assert_shows("An administrator has to grant").assert_shows("User.Read");
}

#[tokio::test]
async fn who_declines_at_the_provider_stays_signed_in_and_the_page_stays_as_it_was() {
    let app = without_consent().await;
    let mut ada = signed_in(&app, "ada").await;
    let answer = ada.get(routes::ACCOUNT_ASK_PROVIDER).await;
    let callback = ada.decline(&answer.location().parse().unwrap()).await;
    ada.follow(&callback).await.assert_status(400).assert_shows("/login/demo?return_to=%2Faccount");
    ada.get(routes::ACCOUNT).await.assert_status(200).assert_shows("Grant permission");
}
