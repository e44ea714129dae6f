//! Which cookies there are, who gets them, and what protects them.

use openidconnect::reqwest::Method;
use rolecall_model::CurrentUser;
use rolecall_routes as routes;

use crate::support::{HASHED_ASSET, TestApp};

/// The attributes of a `Set-Cookie` line, in lower case and sorted.
fn attributes(line: &str) -> Vec<String> {
    let mut attributes: Vec<_> = line.split(';').skip(1).map(|part| part.trim().to_ascii_lowercase()).collect();
    attributes.sort();
    attributes
}

#[tokio::test]
async fn the_session_cookie_has_the_attributes_that_protect_it() {
    let app = TestApp::start().await;
    let answer = app.browser().sign_in_as("reed").await;
    let mut found = attributes(answer.set_cookie("rolecall"));
    found.retain(|attribute| !attribute.starts_with("max-age="));
    // No `Secure`: a browser would not keep it over http, which only this machine may use.
    assert_eq!(found, ["httponly", "path=/", "samesite=lax"]);
}

#[tokio::test]
async fn the_cookie_of_an_attempt_is_kept_for_hours_so_that_a_late_one_can_be_told() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let answer = browser.get("/login/demo").await;
    let found = attributes(answer.set_cookie(&browser.attempt().0));
    assert_eq!(found, ["httponly", "max-age=7200", "path=/", "samesite=lax"]);
    assert_eq!(answer.set_cookies().count(), 1);
}

#[tokio::test]
async fn over_https_the_cookies_are_bound_to_the_host() {
    let app = TestApp::setup().over_tls().start().await;
    let mut browser = app.browser();
    let begun = browser.get("/login/demo").await;
    let removal = app.auth().cookies().session_removal().to_string();
    for line in begun.set_cookies().chain([removal.as_str()]) {
        assert!(line.starts_with("__Host-rolecall"), "{line}");
        let found = attributes(line);
        assert!(found.contains(&"secure".to_owned()) && found.contains(&"path=/".to_owned()), "{line}");
        assert!(found.iter().all(|attribute| !attribute.starts_with("domain")), "{line}");
    }
    assert!(browser.attempt().0.starts_with("__Host-rolecall-attempt-"));
}

#[tokio::test]
async fn a_visitor_who_has_not_begun_gets_no_cookie_and_no_session() {
    let app = TestApp::start().await;
    let paths =
        ["/", "/dashboards", "/sign-in", "/signed-out", "/nothing", "/robots.txt", HASHED_ASSET, routes::HEALTH_LIVE];
    for path in paths {
        let mut browser = app.browser();
        for answer in [browser.get(path).await, browser.fetch(path).await] {
            assert_eq!(answer.set_cookies().count(), 0, "{path}: {answer:#?}");
        }
    }
    assert_eq!(app.count("tower_sessions").await, 0);
}

// Case: cookie/look-alike
#[tokio::test]
async fn a_cookie_that_is_only_almost_called_like_ours_counts_for_nothing() {
    let app = TestApp::start().await;
    let (mut person, mut other) = (app.browser(), app.browser());
    person.sign_in_as("reed").await;
    other.sign_in_as("wren").await;
    let (real, planted) = (person.session_cookie(), other.session_cookie());
    for cookies in [
        format!("rolecall={real}"),
        format!("rolecall={real}; rolecal%6c={planted}"),
        format!("%72olecall={planted}; rolecall={real}"),
        format!("rolecall={real}; rolecall%20={planted}"),
        format!("rolecall={real}; rolecall\u{2003}={planted}"),
        format!("rolecall={real}; \u{e9}=1"),
    ] {
        let request = app.browser().script(Method::GET, routes::API_SESSION).header("cookie", cookies.as_bytes());
        let who: CurrentUser = app.browser().send(request).await.assert_status(200).json();
        assert_eq!(who.name, "Reed Marlow", "{cookies}");
    }
    for cookies in [format!("rolecal%6c={planted}"), format!("rolecall={real}; rolecall={planted}")] {
        let request = app.browser().script(Method::GET, routes::API_SESSION).header("cookie", &cookies);
        app.browser().send(request).await.assert_status(401);
    }
}

// Case: malformed/garbage-cookie, session/planted-id
#[tokio::test]
async fn a_cookie_that_we_never_gave_leads_nowhere_and_stores_nothing() {
    let app = TestApp::start().await;
    for value in ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", "../../etc/passwd", &"A".repeat(4_000), "%00", "\"quoted\""] {
        let mut browser = app.browser();
        browser.plant_session_cookie(value);
        assert_eq!(browser.user().await, None, "{value:?}");
        browser.plant_session_cookie(value);
        browser.get("/dashboards").await.assert_redirect("/login/demo?return_to=%2Fdashboards");
    }
    assert_eq!(app.count("tower_sessions").await, 0);
}

// Case: several/no-store, header/no-store
#[tokio::test]
async fn what_only_some_may_see_is_kept_by_no_cache() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for signed_in in [false, true] {
        if signed_in {
            browser.sign_in_as("ada").await;
        }
        for path in ["/", "/dashboards", "/dashboards/weather", routes::ACCOUNT_TOKEN, routes::API_SESSION, "/nothing"]
        {
            for answer in [browser.get(path).await, browser.fetch(path).await] {
                assert_eq!(answer.header("cache-control"), "no-store", "{path}, signed in: {signed_in}");
            }
        }
    }
}

// Case: cookies/late-answer
#[tokio::test]
async fn a_late_answer_to_an_old_cookie_takes_no_newer_one_away() {
    let app = TestApp::start().await;
    let mut tab = app.browser();
    tab.sign_in_as("ada").await;
    // A request of another tab, with the old cookie, is under way while the person signs in again.
    let mut late = tab.clone();
    tab.sign_in_as("ada").await;
    let answer = late.fetch(routes::API_SESSION).await;
    answer.assert_status(401);
    assert_eq!(answer.set_cookies().count(), 0, "{answer:#?}");
    tab.fetch(routes::API_SESSION).await.assert_status(200);
}
