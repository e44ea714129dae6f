//! A session ends by itself, to the second and on the server: after eight idle hours, or after twenty-four hours at the
//! latest.

use std::time::Duration;

use crate::support::{Browser, TestApp};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

async fn start() -> (TestApp, Browser) {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    (app, browser)
}

// Case: session/idle-end
#[tokio::test]
async fn an_idle_session_ends_to_the_second() {
    let (app, mut browser) = start().await;
    app.clock.advance(8 * HOUR - SECOND);
    assert!(browser.user().await.is_some());
    app.clock.advance(8 * HOUR - SECOND);
    assert!(browser.user().await.is_some(), "a request just before the end must extend the session");
    app.clock.advance(8 * HOUR);
    assert_eq!(browser.user().await, None);
    browser.get("/dashboards").await.assert_redirect("/login/demo?return_to=%2Fdashboards");
}

#[tokio::test]
async fn what_has_ended_does_not_begin_again_by_asking() {
    let (app, mut browser) = start().await;
    app.clock.advance(8 * HOUR);
    for _ in 0..3 {
        assert_eq!(browser.clone().user().await, None);
    }
    browser.sign_in_as("ada").await;
    assert!(browser.user().await.is_some());
}

// Case: session/absolute-end, session/reading-is-activity
#[tokio::test]
async fn reading_keeps_an_active_reader_in_until_the_absolute_end() {
    let (app, mut browser) = start().await;
    for _ in 0..3 {
        app.clock.advance(7 * HOUR);
        browser.get("/dashboards/weather").await.assert_status(200);
    }
    app.clock.advance(3 * HOUR - SECOND);
    assert!(browser.user().await.is_some());
    app.clock.advance(SECOND);
    assert_eq!(browser.user().await, None);
}

#[tokio::test]
async fn the_limits_are_those_of_the_configuration() {
    let setup = TestApp::setup().set("ROLECALL_SESSION__IDLE", "5m").set("ROLECALL_SESSION__ABSOLUTE", "12m");
    let app = setup.start().await;
    let (mut active, mut idle) = (app.browser(), app.browser());
    active.sign_in_as("ada").await;
    idle.sign_in_as("reed").await;
    for _ in 0..2 {
        app.clock.advance(4 * MINUTE);
        assert!(active.user().await.is_some());
    }
    assert_eq!(idle.user().await, None);
    app.clock.advance(4 * MINUTE - SECOND);
    assert!(active.user().await.is_some());
    app.clock.advance(SECOND);
    assert_eq!(active.user().await, None);
}

/// Whether a two-hour-old sign-in is still valid after a restart with these limits.
async fn is_in_after_restart(limits: &[(&str, &str)]) -> bool {
    let (mut app, mut browser) = start().await;
    app.clock.advance(2 * HOUR);
    for (variable, value) in limits {
        app.set(variable, value);
    }
    app.restart().await;
    browser.user().await.is_some()
}

// Case: session/shortened-limits
#[tokio::test]
async fn shortened_limits_hold_for_sessions_that_began_before() {
    assert!(is_in_after_restart(&[]).await);
    assert!(is_in_after_restart(&[("ROLECALL_SESSION__IDLE", "121m")]).await);
    assert!(!is_in_after_restart(&[("ROLECALL_SESSION__IDLE", "2h")]).await);
    let short = [("ROLECALL_SESSION__IDLE", "2h"), ("ROLECALL_SESSION__ABSOLUTE", "2h")];
    assert!(!is_in_after_restart(&short).await);
}
