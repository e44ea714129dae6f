//! Clocks that differ by 90 seconds, ours and the provider's, and clocks that jump.

use std::time::Duration;

use serde_json::json;

use crate::support::faulty_provider::Faults;
use crate::support::{Browser, Face, StandIn, TestApp, TestClock, set};

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
async fn a_clock_that_is_ahead_is_accepted_up_to_a_minute() {
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
async fn a_clock_that_is_behind_is_accepted() {
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

/// A sudden jump of a clock.
type Step = fn(&TestClock, Duration);

/// A provider, an application with a clock of its own that refreshes its tokens, and a browser that is signed in.
async fn with_clocks_apart() -> (StandIn, TestApp, Browser) {
    let provider = StandIn::start(Face::Plain).await;
    let setup = set(provider.setup(), "SCOPES", "openid,profile,email,offline_access");
    let app = setup.with_clock(TestClock::starting_now()).start().await;
    let browser = provider.sign_in(&app).await;
    for clock in [&app.clock, provider.clock()] {
        clock.advance(Duration::from_mins(48));
    }
    (provider, app, browser)
}

// Case: fault/clock-forward
#[tokio::test]
async fn a_clock_that_jumps_ends_no_sign_in_and_is_set_right_again() {
    // Forward until tokens count as old or expired, and for longer than roles stay valid; and back until tokens are not
    // valid yet.
    let steps: [(Step, Step, u64, u16); 3] = [
        (TestClock::advance, TestClock::rewind, 11, 200),
        (TestClock::advance, TestClock::rewind, 4 * 60, 503),
        (TestClock::rewind, TestClock::advance, 5, 200),
    ];
    for (jump, jump_back, minutes, status) in steps {
        let (provider, app, mut browser) = with_clocks_apart().await;
        let is_back = minutes == 5;
        for clock in [&app.clock, provider.clock()].into_iter().filter(|_| is_back) {
            clock.advance(Duration::from_mins(6));
        }
        let asked = provider.count("token");
        jump(&app.clock, Duration::from_secs(minutes * 60));
        for _ in 0..2 {
            browser.get("/dashboards/weather").await.assert_status(status);
        }
        assert_eq!(provider.count("token"), asked + 1, "{minutes}: the provider must not be asked again at once");
        assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 1, "{minutes}");

        jump_back(&app.clock, Duration::from_secs(minutes * 60));
        for clock in [&app.clock, provider.clock()] {
            clock.advance(Duration::from_mins(13));
        }
        browser.get("/dashboards/weather").await.assert_status(200);
        assert_eq!(provider.count("token"), asked + 2, "{minutes}");
    }
}

// Case: fault/clock-forward
#[tokio::test]
async fn a_token_that_is_old_by_the_providers_own_clock_ends_the_sign_in() {
    let (provider, _app, mut browser) = with_clocks_apart().await;
    let now_s = provider.clock().now_ms() / 1000;
    provider.change(|script| script.claim(json!({"iat": now_s - 7200, "exp": now_s - 3600})));
    assert_eq!(browser.user().await, None);
}

// Case: fault/clock-set-back
#[tokio::test]
async fn a_clock_that_is_put_back_by_hours_keeps_no_role_for_as_long() {
    let (provider, app, mut browser) = with_clocks_apart().await;
    let asked = provider.count("token");
    for clock in [&app.clock, provider.clock()] {
        clock.rewind(Duration::from_hours(4));
    }
    browser.get("/dashboards/weather").await.assert_status(200);
    assert_eq!(provider.count("token"), asked + 1, "the role is read again, since nobody can tell how old it is");
    browser.get("/dashboards/weather").await.assert_status(200);
    assert_eq!(provider.count("token"), asked + 1);
}
