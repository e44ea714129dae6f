//! Step-up authentication (RFC 9470): what a role opens can require a recent sign-in. Until then, it is closed as for a
//! lower role.

use std::time::Duration;

use rolecall_model::AppError;
use rolecall_model::Role;

use crate::support::faulty_provider::{ClaimFault, Faults};
use crate::support::{Browser, TestApp, signed_in};

const MINUTE: Duration = Duration::from_mins(1);
const FIGURES: &str = "/admin/sessions";
const DASHBOARD: &str = "/dashboards/weather";
const NOTE: [(&str, &str); 4] = [("slug", "weather"), ("panel", "note"), ("body", "Rain, rather."), ("version", "0")];

/// An application that requires a sign-in within the last 15 minutes for Admin, and within the last 2 hours for Write.
async fn start() -> TestApp {
    let setup = TestApp::setup().set("ROLECALL_STEP_UP__ADMIN", "15m").set("ROLECALL_STEP_UP__WRITE", "2h");
    setup.start().await
}

/// The panels of the dashboard that are open.
async fn panels(browser: &mut Browser) -> Vec<String> {
    browser.get(DASHBOARD).await.assert_status(200).panels()
}

// Case: step-up/closed
// Case: step-up/opened-again
#[tokio::test]
async fn what_admin_opens_closes_a_while_after_the_sign_in_and_opens_with_a_new_one() {
    let app = start().await;
    let mut browser = signed_in(&app, "ada").await;
    app.clock.advance(14 * MINUTE);
    browser.fetch(FIGURES).await.assert_status(200);
    let all = panels(&mut browser).await;

    app.clock.advance(2 * MINUTE);
    let refused = browser.fetch(FIGURES).await;
    assert_eq!(
        refused.assert_status(401).json::<AppError>(),
        AppError::StepUp { needed: Role::Admin, provider: "demo".to_owned() }
    );
    assert_eq!(panels(&mut browser).await.len(), all.len() - 1);
    let page = browser.get(DASHBOARD).await;
    page.assert_status(200).assert_shows("/login/demo?prompt=login&amp;return_to=/dashboards/weather");

    let begun = browser.get("/login/demo?prompt=login&return_to=/dashboards/weather").await;
    let authorization = begun.assert_status(303).location().parse().unwrap();
    assert_eq!(crate::support::parameter(&authorization, "prompt"), "login");
    let callback = browser.choose(&authorization, "ada").await;
    browser.follow(&callback).await.assert_redirect(DASHBOARD);
    browser.fetch(FIGURES).await.assert_status(200);
    assert_eq!(panels(&mut browser).await, all);
}

#[tokio::test]
async fn a_navigation_is_sent_to_the_provider_and_comes_back() {
    let app = start().await;
    let mut browser = signed_in(&app, "ada").await;
    app.clock.advance(16 * MINUTE);
    browser.get(FIGURES).await.assert_redirect("/login/demo?prompt=login&return_to=/admin/sessions");
}

#[tokio::test]
async fn each_role_has_its_own_limit_and_read_has_none() {
    let app = start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let mut reed = signed_in(&app, "reed").await;
    app.clock.advance(121 * MINUTE);
    for browser in [&mut ada, &mut wren, &mut reed] {
        browser.get(DASHBOARD).await.assert_status(200);
    }
    for browser in [&mut ada, &mut wren] {
        let refused = browser.call("/api/save_note", &NOTE).await;
        assert_eq!(
            refused.assert_status(401).json::<AppError>(),
            AppError::StepUp { needed: Role::Write, provider: "demo".to_owned() }
        );
    }
    assert_eq!(panels(&mut ada).await, panels(&mut reed).await);
    reed.call("/api/save_note", &NOTE).await.assert_status(403);
}

// Case: step-up/form-kept
#[tokio::test]
async fn a_note_that_comes_too_late_is_not_lost() {
    let app = start().await;
    let mut browser = signed_in(&app, "wren").await;
    browser.get(DASHBOARD).await.assert_status(200);
    app.clock.advance(121 * MINUTE);
    let answer = browser.submit("/api/save_note", &NOTE).await;
    answer
        .assert_status(401)
        .assert_shows("Rain, rather.")
        .assert_shows("prompt=login&amp;return_to=/dashboards/weather");
    assert_eq!(app.count("notes WHERE body = 'Rain, rather.'").await, 0);
}

// Case: step-up/no-auth-time
#[tokio::test]
async fn a_provider_that_does_not_say_when_it_asked_opens_nothing_and_makes_no_loop() {
    let app = start().await;
    app.demo().set_faults(Faults::claim(ClaimFault::Missing("auth_time")));
    let mut browser = signed_in(&app, "ada").await;
    browser.get(DASHBOARD).await.assert_status(200);
    browser.fetch(FIGURES).await.assert_status(401);
    browser.get(FIGURES).await.assert_status(401).assert_shows("auth_time");
}

#[tokio::test]
async fn without_a_limit_the_sign_in_is_enough() {
    let app = TestApp::start().await;
    app.demo().set_faults(Faults::claim(ClaimFault::Missing("auth_time")));
    let mut browser = signed_in(&app, "ada").await;
    app.clock.advance(7 * 60 * MINUTE);
    browser.fetch(FIGURES).await.assert_status(200);
    assert!(!browser.get(DASHBOARD).await.body.contains("prompt=login"));
}

// Case: step-up/declined-keeps-asking
#[tokio::test]
async fn who_declines_to_prove_it_and_tries_again_is_asked_for_the_proof_again() {
    let app = start().await;
    let mut browser = signed_in(&app, "ada").await;
    let begun = browser.get("/login/demo?prompt=login&return_to=/dashboards/weather").await;
    let authorization = begun.assert_status(303).location().parse().unwrap();
    let callback = browser.decline(&authorization).await;
    let declined = browser.follow(&callback).await;
    declined.assert_status(400).assert_shows("href=\"/login/demo?return_to=%2Fdashboards%2Fweather&amp;prompt=login\"");
    assert_eq!(browser.user().await.unwrap().name, "Ada Vale");
}
