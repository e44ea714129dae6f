//! Many tabs of one browser at once, as when a browser restores them, or somebody opens many links.

use std::time::Duration;

use futures_util::future::join_all;
use http::{HeaderMap, header};
use openidconnect::reqwest::{Method, Url};
use rolecall_sign_in::attempts::Attempt;
use rolecall_sign_in::session::{MAX_ATTEMPTS, MAX_ATTEMPTS_BYTES};
use rolecall_sign_in::{Further, ReturnTo};

use crate::support::{Browser, TestApp, Upstream, path_and_query};

/// How many tabs there are.
const TABS: usize = 20;

/// Sends the first requests for all `pages` at the same moment, none of them with a cookie, and follows each to the
/// provider. Returns the authorization requests.
async fn first_requests(browser: &mut Browser, pages: &[String]) -> Vec<Url> {
    let opened = pages.iter().map(|page| {
        let mut tab = browser.clone();
        async move {
            let led = tab.get(page).await;
            let begun = tab.get(led.assert_status(303).location()).await;
            (begun.assert_status(303).location().parse().unwrap(), tab)
        }
    });
    let opened: Vec<(Url, Browser)> = join_all(opened).await;
    for (_, tab) in &opened {
        browser.share_with(tab);
    }
    opened.into_iter().map(|(authorization, _)| authorization).collect()
}

/// Comes back from the provider in every tab, the last one first, and checks that each arrives at its page.
async fn all_arrive(browser: &mut Browser, pages: &[String], authorizations: &[Url]) {
    for (page, authorization) in pages.iter().zip(authorizations).rev() {
        let callback = browser.choose(authorization, "reed").await;
        browser.follow(&callback).await.assert_redirect(page);
        browser.get(page).await.assert_status(200);
    }
}

// Case: several/first-tabs
#[tokio::test]
async fn twenty_first_tabs_at_once_all_arrive() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let pages: Vec<_> = (0..TABS).map(|tab| format!("/dashboards/weather?page={tab}")).collect();
    let authorizations = first_requests(&mut browser, &pages).await;
    assert_eq!(browser.cookies.len(), TABS);
    assert!(browser.cookie_header().len() <= 6_000, "{} bytes", browser.cookie_header().len());
    all_arrive(&mut browser, &pages, &authorizations).await;
    assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 1);
}

// Case: several/first-tabs
#[tokio::test]
async fn twenty_first_tabs_of_an_app_on_a_path_all_arrive() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut browser = app.browser();
    let pages: Vec<_> = (0..TABS).map(|tab| format!("/apps/sales/report/{tab}?year=2026")).collect();
    let authorizations = first_requests(&mut browser, &pages).await;
    all_arrive(&mut browser, &pages, &authorizations).await;
}

// Case: several/first-tabs
#[tokio::test]
async fn twenty_callbacks_in_the_same_moment_all_arrive() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let pages: Vec<_> = (0..TABS).map(|tab| format!("/account?tab={tab}")).collect();
    let authorizations = first_requests(&mut browser, &pages).await;
    let mut callbacks = Vec::new();
    for authorization in &authorizations {
        callbacks.push(browser.choose(authorization, "reed").await);
    }
    let followed = callbacks.iter().map(|callback| {
        let mut tab = browser.clone();
        async move { tab.follow(callback).await }
    });
    for (answer, page) in join_all(followed).await.iter().zip(&pages) {
        answer.assert_redirect(page);
    }
}

// Case: several/tabs-in-any-order
#[tokio::test]
async fn twelve_tabs_at_an_interactive_provider_arrive_in_any_order() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let mut begun = Vec::new();
    for tab in 0..12 {
        app.clock.advance(Duration::from_secs(5));
        let page = format!("/dashboards/weather?page={tab}");
        let authorizations = first_requests(&mut browser, std::slice::from_ref(&page)).await;
        begun.push((page, authorizations[0].clone()));
    }
    for at in [7, 0, 11, 3, 5, 10, 1, 9, 2, 8, 4, 6] {
        let (page, authorization) = &begun[at];
        let callback = browser.choose(authorization, "wren").await;
        browser.follow(&callback).await.assert_redirect(page);
        app.clock.advance(Duration::from_secs(20));
    }
    assert!(browser.user().await.is_some());
}

// Case: attempt/bounded
#[tokio::test]
async fn attempts_are_bounded_in_number_and_bytes_and_the_oldest_go_first() {
    let app = TestApp::start().await;
    let attempts = app.auth().attempts();
    for (bytes, kept) in [(1, MAX_ATTEMPTS), (72, 20), (600, 5)] {
        let (mut browser, mut begun) = (HeaderMap::new(), Vec::new());
        for at in 0..30 {
            let page = ReturnTo::parse(&format!("/{}", "x".repeat(bytes - 1))).unwrap();
            let attempt = Attempt::new("azure".to_owned(), page, Further::default(), 1_700_000_000_000 + at);
            let state = format!("state {at}");
            let cookies = attempts.begin(&state, &attempt, &attempts.held_in(&browser)).unwrap();
            let (gone, new): (Vec<_>, Vec<_>) = cookies.into_iter().partition(|cookie| cookie.value().is_empty());
            begun.extend(new.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())));
            begun.retain(|pair| gone.iter().all(|gone| !pair.starts_with(gone.name())));
            browser.insert(header::COOKIE, begun.join("; ").parse().unwrap());
        }
        let header = browser[header::COOKIE].len();
        assert!(begun.len() >= kept && header <= MAX_ATTEMPTS_BYTES, "{bytes}: {} in {header} bytes", begun.len());
        let held = attempts.held_in(&browser);
        let is_held = |at: usize| attempts.cookies().used_attempt(&format!("state {at}"), &held).is_some();
        assert!((0..30 - begun.len()).all(|at| !is_held(at)) && (30 - begun.len()..30).all(is_held), "{bytes}");
    }
}

// Case: attempt/bounded
#[tokio::test]
async fn attempts_that_cannot_be_read_go_when_a_new_one_begins() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for letter in ["A", "B", "C"] {
        browser.cookies.insert(format!("rolecall-attempt-{}", letter.repeat(22)), "AQ".to_owned());
    }
    let authorization = browser.begin("/").await;
    assert_eq!(browser.cookies.len(), 1, "{:?}", browser.cookies);
    let callback = browser.choose(&authorization, "reed").await;
    browser.get(&path_and_query(&callback)).await.assert_redirect("/");
}

// Case: several/attempts-bounded
#[tokio::test]
async fn what_more_first_tabs_leave_behind_is_cleared_away_as_they_arrive() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let pages: Vec<_> = (0..2 * MAX_ATTEMPTS).map(|tab| format!("/dashboards/weather?page={tab}")).collect();
    let authorizations = first_requests(&mut browser, &pages).await;
    assert_eq!(browser.cookies.len(), pages.len());
    for authorization in authorizations.iter().rev().take(3) {
        let callback = browser.choose(authorization, "reed").await;
        browser.follow(&callback).await.assert_status(303);
    }
    let attempts = browser.cookies.keys().filter(|name| name.contains("-attempt-")).count();
    assert!(attempts <= MAX_ATTEMPTS, "{attempts}");
    assert!(browser.cookie_header().len() <= MAX_ATTEMPTS_BYTES + 200, "{}", browser.cookie_header().len());
}

// Case: attempt/navigation-only
#[tokio::test]
async fn no_picture_and_no_script_begins_a_sign_in() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for mode in ["no-cors", "cors", "same-origin"] {
        let request = browser.request(Method::GET, "/login/demo").header("sec-fetch-mode", mode);
        let answer = browser.send(request).await;
        answer.assert_status(400);
        assert!(browser.cookies.is_empty(), "{mode}");
    }
    browser.get("/login/demo").await.assert_status(303);
}
