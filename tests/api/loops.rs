//! The loop breaker: failing sign-ins stop after three, without hindering honest people.

use std::time::Duration;

use rolecall_routes as routes;

use crate::support::{Answer, Browser, TestApp, parameter};

/// The page that somebody asks for.
const WANTED: &str = "/dashboards/weather?page=3";
const LOGIN: &str = "/login/demo?return_to=%2Fdashboards%2Fweather%3Fpage%3D3";

/// Follows the redirect of a page that needs a sign-in, to the end of the sign-in, in a browser that keeps the cookies
/// of attempts and loses its session.
async fn sign_in_in_vain(browser: &mut Browser) -> Answer {
    let begun = browser.get(LOGIN).await;
    begun.assert_status(303);
    let authorization = begun.location().parse().unwrap();
    let callback = browser.choose(&authorization, "reed").await;
    let answer = browser.follow(&callback).await;
    browser.cookies.remove("rolecall");
    answer
}

/// The text of the page without its header.
fn main_of(answer: &Answer) -> &str {
    answer.body.split_once("<main").unwrap().1
}

/// Declines at the provider, like somebody who cannot sign in.
async fn fail(browser: &mut Browser) -> Answer {
    let authorization = browser.begin(WANTED).await;
    let callback = browser.decline(&authorization).await;
    browser.follow(&callback).await
}

// Case: attempt/loop-breaker
#[tokio::test]
async fn a_browser_that_forgets_its_session_goes_to_the_provider_three_times_and_then_reads_why() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for _ in 0..3 {
        browser.get(WANTED).await.assert_redirect(LOGIN);
        sign_in_in_vain(&mut browser).await.assert_redirect(WANTED);
    }
    browser.get(WANTED).await.assert_redirect(LOGIN);
    let asked = app.demo().requests().authorize;
    let stopped = browser.get(LOGIN).await;
    stopped.assert_status(400).assert_shows("Three sign-ins in a row").assert_shows("Allow cookies");
    stopped.assert_shows(stopped.header("x-request-id"));
    assert_eq!(app.demo().requests().authorize, asked);
    assert_eq!(app.count("used_attempts").await, 3);
}

#[tokio::test]
async fn the_page_that_stops_offers_one_deliberate_try_that_keeps_the_page_that_was_wanted() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for _ in 0..3 {
        sign_in_in_vain(&mut browser).await;
    }
    let stopped = browser.get(LOGIN).await;
    stopped.assert_status(400).assert_shows("name=\"return_to\" value=\"/dashboards/weather?page=3\"");
    stopped.assert_shows("action=\"/api/begin_sign_in\"");
    assert!(!main_of(&stopped).contains("href=\"/login/"), "{stopped:#?}");

    let authorization = browser.begin(WANTED).await;
    let callback = browser.choose(&authorization, "reed").await;
    browser.follow(&callback).await.assert_redirect(WANTED);
    browser.get(WANTED).await.assert_status(200);
    // The browser has been seen signed in, so the count is reset.
    assert!(!browser.cookies.contains_key("rolecall-tries"));
    browser.cookies.remove("rolecall");
    browser.get(LOGIN).await.assert_status(303);
}

#[tokio::test]
async fn after_another_try_in_vain_the_browser_is_stopped_at_once() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for _ in 0..3 {
        sign_in_in_vain(&mut browser).await;
    }
    let authorization = browser.begin(WANTED).await;
    let callback = browser.choose(&authorization, "reed").await;
    browser.follow(&callback).await.assert_redirect(WANTED);
    browser.cookies.remove("rolecall");
    browser.get(LOGIN).await.assert_status(400).assert_shows("Three sign-ins in a row");
}

// Case: attempt/loop-breaker
#[tokio::test]
async fn the_third_failure_in_a_row_offers_no_link_that_begins_at_once() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for _ in 0..2 {
        fail(&mut browser).await.assert_status(400).assert_shows(">Try again<").assert_shows(LOGIN);
    }
    let third = fail(&mut browser).await;
    third.assert_status(400).assert_shows("third time in a row").assert_shows("declined");
    third.assert_shows("name=\"return_to\" value=\"/dashboards/weather?page=3\"");
    assert!(!main_of(&third).contains("href=\"/login/"), "{third:#?}");
}

#[tokio::test]
async fn who_is_stopped_may_go_on_by_links_after_ten_minutes() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let pass = |browser: &mut Browser, time: Duration| {
        app.clock.advance(time);
        browser.wait(time);
    };
    for _ in 0..2 {
        fail(&mut browser).await;
    }
    let third = fail(&mut browser).await;
    third.assert_shows("third time in a row");
    let cookie = third.set_cookie("rolecall-tries");
    for attribute in ["Max-Age=600", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    pass(&mut browser, Duration::from_secs(599));
    browser.get(LOGIN).await.assert_status(400).assert_shows("Three sign-ins in a row");

    pass(&mut browser, Duration::from_secs(1));
    // The count starts again: after a first failure, the link begins another sign-in at once.
    fail(&mut browser).await.assert_status(400).assert_shows(">Try again<").assert_shows(LOGIN);
    let authorization = browser.get(LOGIN).await.assert_status(303).location().parse().unwrap();
    let callback = browser.choose(&authorization, "reed").await;
    browser.follow(&callback).await.assert_redirect(WANTED);
    browser.get(WANTED).await.assert_status(200);
}

#[tokio::test]
async fn signing_in_and_out_again_and_again_stops_nobody() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.get(WANTED).await.assert_redirect(LOGIN);
    let mut link = LOGIN.to_owned();
    for _ in 0..6 {
        let authorization = browser.get(&link).await.location().parse().unwrap();
        let callback = browser.choose(&authorization, "reed").await;
        browser.follow(&callback).await.assert_redirect(WANTED);
        browser.get(WANTED).await.assert_status(200);
        browser.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
        link = browser.get(WANTED).await.assert_status(401).link("Sign in");
    }
}

#[tokio::test]
async fn who_signs_out_before_any_other_request_is_not_counted() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let mut link = LOGIN.to_owned();
    for _ in 0..6 {
        browser.get(&link).await.assert_status(303);
        browser.sign_in_as("reed").await;
        browser.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
        link = browser.get(LOGIN).await.assert_status(401).link("Sign in");
    }
}

#[tokio::test]
async fn many_tabs_that_sign_in_at_once_all_arrive() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let mut callbacks = Vec::new();
    for _ in 0..8 {
        let begun = browser.get(LOGIN).await;
        callbacks.push(browser.choose(&begun.location().parse().unwrap(), "reed").await);
    }
    for callback in callbacks {
        browser.follow(&callback).await.assert_redirect(WANTED);
    }
    assert!(browser.user().await.is_some());
    browser.cookies.remove("rolecall");
    browser.get(LOGIN).await.assert_status(303);
}

#[tokio::test]
async fn nobody_else_can_raise_the_count_of_a_browser_with_links() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let authorization = browser.begin(WANTED).await;
    let mut other = app.browser();
    let foreign = other.begin("/").await;
    for state in ["never-begun", &parameter(&foreign, "state")] {
        for _ in 0..4 {
            let forged = format!("/login/demo/authorized?error=access_denied&state={state}");
            browser.get(&forged).await.assert_status(400);
        }
    }
    assert!(!browser.cookies.contains_key("rolecall-tries"));
    let callback = browser.choose(&authorization, "reed").await;
    browser.follow(&callback).await.assert_redirect(WANTED);
}

#[tokio::test]
async fn a_count_that_is_not_ours_stops_nobody() {
    let app = TestApp::start().await;
    for count in ["-1", "10", "255", "99999999", "3; rolecall-tries=3", "three", "", "\"3\u{1f36a}"] {
        let mut browser = app.browser();
        browser.cookies.insert("rolecall-tries".to_owned(), count.to_owned());
        browser.get(LOGIN).await.assert_status(303);
    }
    let mut browser = app.browser();
    browser.cookies.insert("rolecall-tries".to_owned(), "3".to_owned());
    browser.get(LOGIN).await.assert_status(400);
    browser.get("/login/nobody").await.assert_status(404);
    app.clock.advance(Duration::from_secs(1));
    browser.sign_in_as("ada").await;
}
