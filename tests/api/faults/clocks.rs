//! Clocks that differ by 90 seconds: ours, the provider's, and ours from one moment to the next.

use std::time::Duration;

use rolecall::demo_provider::Faults;
use serde_json::json;

use crate::support::{Browser, TestApp, TestClock};

/// A provider whose clock is `ahead_s` seconds ahead of ours; its tokens last for an hour.
fn provider_ahead(app: &TestApp, ahead_s: i64) -> Faults {
    let now_s = app.clock.now_ms() / 1000 + ahead_s;
    let claims = json!({"iat": now_s, "nbf": now_s, "auth_time": now_s, "exp": now_s + 3600});
    Faults { extra_claims: claims.as_object().unwrap().clone(), ..Faults::default() }
}

async fn attempt(app: &TestApp, ahead_s: i64) -> (u16, Browser) {
    app.demo().set_faults(provider_ahead(app, ahead_s));
    let mut browser = app.browser();
    let answer = browser.attempt_as("wren").await;
    (answer.status, browser)
}

// Case: fault/clock-ahead-90
#[tokio::test]
async fn a_provider_whose_clock_is_ahead_is_believed_for_a_minute_and_no_longer() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let (status, mut wren) = attempt(&app, 90).await;
    assert_eq!((status, wren.user().await), (400, None));
    assert_eq!(ada.user().await.unwrap().name, "Ada Vale");
    let (status, mut wren) = attempt(&app, 60).await;
    assert_eq!((status, wren.user().await.unwrap().name.as_str()), (303, "Wren Hollis"));
}

// Case: fault/clock-behind-90
#[tokio::test]
async fn a_provider_whose_clock_is_behind_is_believed() {
    let app = TestApp::start().await;
    let (status, mut wren) = attempt(&app, -90).await;
    assert_eq!((status, wren.user().await.unwrap().name.as_str()), (303, "Wren Hollis"));
}

// Case: fault/clock-ahead-90, fault/clock-behind-90
#[tokio::test]
async fn a_step_of_our_own_clock_loses_neither_sessions_nor_attempts() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    for step in [TestClock::advance, TestClock::rewind] {
        let mut wren = app.browser();
        let authorization = wren.begin("/").await;
        step(&app.clock, Duration::from_secs(90));
        let callback = wren.choose(&authorization, "wren").await;
        wren.follow(&callback).await.assert_redirect("/");
        assert_eq!(ada.user().await.unwrap().name, "Ada Vale");
        assert_eq!(wren.user().await.unwrap().name, "Wren Hollis");
    }
}

// Case: token/exp-leeway
#[tokio::test]
async fn the_end_of_a_token_has_a_minute_of_leeway_and_no_more() {
    let app = TestApp::start().await;
    let now_s = app.clock.now_ms() / 1000;
    for (ended_s_ago, status) in [(59, 303), (60, 400), (61, 400)] {
        let claims = json!({"iat": now_s - 300, "exp": now_s - ended_s_ago});
        app.demo().set_faults(Faults { extra_claims: claims.as_object().unwrap().clone(), ..Faults::default() });
        let mut browser = app.browser();
        browser.attempt_as("wren").await.assert_status(status);
        assert_eq!(browser.user().await.is_some(), status == 303);
    }
}
