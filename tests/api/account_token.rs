//! The page of the ID token: how long it is valid, how it is signed, what a refresh changed, and a summary that names
//! nobody.

use std::time::Duration;

use rolecall_model::{ClaimChange, IdTokenView};
use rolecall_routes as routes;
use serde_json::json;

use crate::support::faulty_provider::Faults;
use crate::support::{Browser, TestApp, TestDb, on_both_dialects};

on_both_dialects! {
    what_a_refresh_changed_is_told_with_before_and_after,
}

/// Claims that identify no person, so their values may appear in a summary.
const OF_NOBODY: [&str; 2] = ["iss", "roles"];

async fn token(browser: &mut Browser) -> IdTokenView {
    browser.fetch(routes::API_ID_TOKEN).await.assert_status(200).json()
}

// Case: account/token
#[tokio::test]
async fn the_page_says_how_long_the_token_is_valid_and_how_it_is_signed() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let seen = token(&mut ada).await;
    let (from_ms, until_ms) = seen.valid_ms.unwrap();
    assert!(from_ms <= app.clock.now_ms() && app.clock.now_ms() < until_ms);
    assert_eq!(seen.algorithm.as_deref(), Some("RS256"));
    let key = seen.key_id.unwrap();
    let page = ada.get(routes::ACCOUNT_TOKEN).await;
    page.assert_shows("RS256").assert_shows(&key).assert_shows("minutes left").assert_shows("<progress");
    page.assert_shows("Your provider gave no refresh token");
    app.clock.advance(Duration::from_millis((until_ms - app.clock.now_ms()).unsigned_abs()));
    ada.get(routes::ACCOUNT_TOKEN).await.assert_status(200).assert_shows("It has ended");
}

// Case: account/token
async fn what_a_refresh_changed_is_told_with_before_and_after(database: &TestDb) {
    let app = TestApp::setup().on(database).with_offline_access().start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    assert_eq!(token(&mut reed).await.latest_refresh, None);
    reed.get(routes::ACCOUNT_TOKEN).await.assert_shows("The token was not refreshed yet");
    app.clock.advance(Duration::from_mins(50));
    let refreshed = token(&mut reed).await.latest_refresh.unwrap();
    assert_eq!((refreshed.at_ms, refreshed.changes), (app.clock.now_ms(), Some(vec![])));
    reed.get(routes::ACCOUNT_TOKEN).await.assert_shows("Nothing about you changed.");

    let claims = json!({ "roles": ["Rolecall.Write"] }).as_object().unwrap().clone();
    app.demo().set_faults(Faults { extra_claims: claims, ..Faults::default() });
    app.clock.advance(Duration::from_mins(50));
    let (before, after) = (Some("Rolecall.Read".to_owned()), Some("Rolecall.Write".to_owned()));
    let changes = token(&mut reed).await.latest_refresh.unwrap().changes.unwrap();
    assert_eq!(changes, [ClaimChange { name: "roles".to_owned(), before, after }]);
    reed.get(routes::ACCOUNT_TOKEN).await.assert_shows("This changed:").assert_shows("Rolecall.Read");
}

// Case: account/token
#[tokio::test]
async fn the_summary_for_support_says_how_things_stand_and_not_who_it_is() {
    let app = TestApp::start().await;
    let claims = json!({ "phone_number": "+49 30 901820", "own": { "a": ["secret value"] } });
    app.demo().set_faults(Faults { extra_claims: claims.as_object().unwrap().clone(), ..Faults::default() });
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let seen = token(&mut ada).await;
    let summary = &seen.summary;
    for told in
        ["RS256", "Roles in the token: Rolecall.Admin", "Role that counts: Admin", "phone_number", "Refresh token: no"]
    {
        assert!(summary.contains(told), "{told} is missing in {summary}");
    }
    for claim in seen.claims.iter().filter(|claim| !OF_NOBODY.contains(&claim.name.as_str())) {
        // Short values, such as single digits, appear in every time by chance.
        let tells = claim.value.len() > 3 && summary.contains(&claim.value);
        assert!(!tells, "the summary contains {}: {summary}", claim.name);
    }
    for part in ["Ada", "Vale", "example.com", "secret value", "901820", "eyJ"] {
        assert!(!summary.contains(part), "the summary contains {part}: {summary}");
    }
    ada.get(routes::ACCOUNT_TOKEN).await.assert_shows("Role that counts: Admin");
}
