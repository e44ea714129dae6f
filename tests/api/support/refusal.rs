//! The pattern of every refused sign-in: without the fault it succeeds, with the fault it has no effect, and once the
//! fault is gone it succeeds again.

use std::time::Duration;

use super::faulty_provider::Faults;
use super::{Answer, TestApp};

/// Longer than metadata and keys are cached, so that those of a faulty provider are fetched.
const CACHES_END: Duration = Duration::from_mins(61);
/// Longer than Rolecall waits before it asks a failing provider again.
const ASKED_AGAIN: Duration = Duration::from_mins(2);

/// What a sign-in leaves behind.
#[derive(Debug, PartialEq, Eq)]
pub struct Traces {
    users: i64,
    sign_ins: i64,
    cookie_sessions: i64,
    userinfo_requests: u64,
}

impl Traces {
    /// The traces that exist now, on SQLite.
    pub async fn of(app: &TestApp) -> Self {
        Self {
            users: app.count("users").await,
            sign_ins: app.count("sign_ins").await,
            cookie_sessions: app.count("tower_sessions").await,
            userinfo_requests: app.userinfo_requests(),
        }
    }
}

/// Checks that a sign-in at a provider with `faults` is refused with 400. Returns the page that says so.
pub async fn refused_with(faults: Faults) -> Answer {
    refused(faults, 400).await
}

/// Checks that a provider with `faults` counts as currently not working: 503.
pub async fn unusable_with(faults: Faults) -> Answer {
    refused(faults, 503).await
}

async fn refused(faults: Faults, status: u16) -> Answer {
    let app = TestApp::start().await;
    let mut honest = app.browser();
    honest.sign_in_as("ada").await;
    app.clock.advance(CACHES_END);
    let before = Traces::of(&app).await;

    app.demo().set_faults(faults);
    let mut browser = app.browser();
    let answer = browser.attempt_as("wren").await;
    answer.assert_status(status);
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert!(!browser.cookies.contains_key("rolecall"), "a session cookie was set");
    assert_eq!(browser.user().await, None);
    assert_eq!(Traces::of(&app).await, before);

    app.demo().set_faults(Faults::default());
    app.clock.advance(ASKED_AGAIN);
    browser.sign_in_as("wren").await;
    assert_eq!(browser.user().await.unwrap().name, "Wren Hollis");
    assert_eq!(honest.user().await.unwrap().name, "Ada Vale");
    answer
}
