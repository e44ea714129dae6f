//! Several sign-ins: at once, one after the other, and prepared by an attacker.

use std::time::Duration;

use rolecall_routes as routes;
use rolecall_sign_in::session::MAX_ATTEMPTS;

use crate::support::TestApp;

const LIVE: &str = "sign_ins WHERE revoked_at IS NULL";

// Case: session/planted-id, session/new-id
#[tokio::test]
async fn a_planted_session_id_is_not_taken_over() {
    let app = TestApp::start().await;
    let mut victim = app.browser();
    let planted = "AAAAAAAAAAAAAAAAAAAAAQ";
    victim.plant_session_cookie(planted);
    victim.sign_in_as("ada").await;
    assert_ne!(victim.session_cookie(), planted);

    let mut attacker = app.browser();
    attacker.plant_session_cookie(planted);
    assert_eq!(attacker.user().await, None);
    assert_eq!(victim.user().await.unwrap().name, "Ada Vale");
}

// Case: session/attackers-own, session/new-id
#[tokio::test]
async fn an_attackers_own_session_does_not_become_the_victims() {
    let app = TestApp::start().await;
    let mut attacker = app.browser();
    attacker.sign_in_as("reed").await;
    let mut victim = app.browser();
    victim.plant_session_cookie(attacker.session_cookie());
    victim.sign_in_as("ada").await;

    assert_ne!(victim.session_cookie(), attacker.session_cookie());
    assert_eq!(attacker.user().await, None);
    assert_eq!(victim.user().await.unwrap().name, "Ada Vale");
}

// Case: session/new-id-again
#[tokio::test]
async fn signing_in_again_gives_a_new_session_and_ends_the_old_one() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    let mut old = browser.clone();
    browser.sign_in_as("ada").await;

    assert_ne!(browser.session_cookie(), old.session_cookie());
    assert_eq!(old.user().await, None);
    assert_eq!(browser.user().await.unwrap().name, "Ada Vale");
    assert_eq!(app.count("sign_ins").await, 2);
    assert_eq!(app.count(LIVE).await, 1);
    assert_eq!(app.count("sign_ins WHERE revoked_reason = 'signed_in_again'").await, 1);
}

// Case: several/callback-while-signed-in
#[tokio::test]
async fn a_callback_while_somebody_else_is_signed_in_replaces_them() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    browser.sign_in_as("reed").await;
    assert_eq!(browser.user().await.unwrap().name, "Reed Marlow");
    assert_eq!(browser.fetch(routes::ADMIN_SESSIONS).await.status, 403);
    assert_eq!(app.count(LIVE).await, 1);
}

// Case: several/two-tabs
#[tokio::test]
async fn two_tabs_can_sign_in_at_the_same_time() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let (first, second) = (browser.begin("/dashboards").await, browser.begin("/account/token").await);
    let second = browser.choose(&second, "ada").await;
    let first = browser.choose(&first, "ada").await;
    browser.follow(&first).await.assert_redirect("/dashboards");
    assert!(browser.user().await.is_some());
    browser.follow(&second).await.assert_redirect("/account/token");
    assert!(browser.user().await.is_some());
    assert_eq!(app.count(LIVE).await, 1);
}

// Case: several/two-tabs
#[tokio::test]
async fn two_callbacks_of_one_browser_in_the_same_moment_both_succeed() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let (first, second) = (browser.begin("/").await, browser.begin("/").await);
    let (first, second) = (browser.choose(&first, "ada").await, browser.choose(&second, "ada").await);
    let mut tab = browser.clone();
    let (one, other) = tokio::join!(browser.follow(&first), tab.follow(&second));
    one.assert_redirect("/");
    other.assert_redirect("/");
    assert!(browser.user().await.is_some() && tab.user().await.is_some());
}

// Case: several/same-callback-at-once
#[tokio::test]
async fn the_same_callback_twice_in_the_same_moment_signs_in_once() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let authorization = browser.begin("/").await;
    let callback = browser.choose(&authorization, "ada").await;
    let mut tab = browser.clone();
    let (one, other) = tokio::join!(browser.follow(&callback), tab.follow(&callback));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 400]);
    assert_eq!(app.count("sign_ins").await, 1);
}

// Case: several/two-browsers
#[tokio::test]
async fn two_browsers_are_two_sessions() {
    let app = TestApp::start().await;
    let (mut office, mut home) = (app.browser(), app.browser());
    tokio::join!(office.sign_in_as("ada"), home.sign_in_as("ada"));
    assert_ne!(office.session_cookie(), home.session_cookie());
    office.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    assert_eq!(office.user().await, None);
    assert_eq!(home.user().await.unwrap().name, "Ada Vale");
    assert_eq!(app.count("users").await, 1);
}

#[tokio::test]
async fn the_twenty_fifth_attempt_of_a_browser_lets_go_of_the_first() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let mut begun = Vec::new();
    for _ in 0..=MAX_ATTEMPTS {
        // Attempts are distinguished by their time.
        app.clock.advance(Duration::from_millis(1));
        begun.push(browser.begin("/").await);
    }
    assert_eq!(browser.cookies.len(), MAX_ATTEMPTS);
    let first = browser.choose(&begun[0], "ada").await;
    browser.follow(&first).await.assert_status(400);
    let second = browser.choose(&begun[1], "ada").await;
    browser.follow(&second).await.assert_redirect("/");
}
