//! Stopping and starting again: people stay signed in, and what was stored can still be read.

use rolecall_model::IdTokenView;
use rolecall_routes as routes;

use crate::support::TestApp;

/// Another key than the one in the data folder: 32 bytes of sevens as base64.
fn another_key() -> String {
    "BwcH".repeat(10) + "Bwc="
}

#[tokio::test]
async fn people_are_still_signed_in_after_a_restart() {
    let mut app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    let before: IdTokenView = browser.fetch(routes::API_ID_TOKEN).await.json();
    app.restart().await;
    assert_eq!(browser.user().await.unwrap().name, "Wren Hollis");
    browser.get("/dashboards/weather").await.assert_status(200);
    let after: IdTokenView = browser.fetch(routes::API_ID_TOKEN).await.assert_status(200).json();
    assert_eq!(before, after);
    assert_eq!(app.count("dataset_versions").await, 1, "the data set was imported once");
}

#[tokio::test]
async fn who_signed_out_before_a_restart_stays_signed_out() {
    let mut app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    let mut old = browser.clone();
    browser.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    app.restart().await;
    assert_eq!(old.user().await, None);
}

#[tokio::test]
async fn a_sign_in_that_began_before_a_restart_can_end_after_it() {
    let mut app = TestApp::start().await;
    let mut browser = app.browser();
    let authorization = browser.begin("/dashboards").await;
    app.restart().await;
    // The provider restarts together with the application, so it is used only now.
    let callback = browser.choose(&authorization, "reed").await;
    browser.follow(&callback).await.assert_redirect("/dashboards");
}

#[tokio::test]
async fn an_older_key_still_opens_what_it_sealed() {
    let mut app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    let older = std::fs::read_to_string(app.data_dir().join("secret.key")).unwrap();
    app.set("ROLECALL_SECRET_KEYS", &format!("{},{}", another_key(), older.trim()));
    app.restart().await;
    browser.fetch(routes::API_ID_TOKEN).await.assert_status(200);

    app.set("ROLECALL_SECRET_KEYS", &another_key());
    app.restart().await;
    browser.fetch(routes::API_ID_TOKEN).await.assert_status(500);
    browser.sign_in_as("ada").await;
    browser.fetch(routes::API_ID_TOKEN).await.assert_status(200);
}

#[tokio::test]
async fn the_key_that_is_made_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = TestApp::start().await;
    let file = app.data_dir().join("secret.key");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(app.data_dir().metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let other = TestApp::start().await;
    assert_ne!(std::fs::read(file).unwrap(), std::fs::read(other.data_dir().join("secret.key")).unwrap());
}
