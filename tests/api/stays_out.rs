//! A sign-out lasts: nothing signs the browser in again until a person asks for it.

use openidconnect::reqwest::Method;
use openidconnect::reqwest::header::SET_COOKIE;
use rolecall_routes as routes;

use crate::support::{Browser, TestApp, Upstream};

const MARK: &str = "rolecall-signed-out";
const WANTED: &str = "/dashboards/weather?page=3";

async fn signed_out(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    browser.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    browser
}

// Case: sign-out/stays-out
#[tokio::test]
async fn a_page_that_loads_itself_again_signs_nobody_in_until_they_ask_for_it() {
    let app = TestApp::start().await;
    let mut browser = signed_out(&app).await;
    let asked = app.demo().requests().authorize;
    for _ in 0..3 {
        let page = browser.get(WANTED).await;
        page.assert_status(401).assert_shows("You signed out").assert_shows(">Sign in<");
    }
    browser.fetch("/api/session").await.assert_status(401);
    // The links as a script or a page of another site would open them.
    for link in
        ["/login/demo", "/login/demo?return_to=%2Fdashboards", "/login/demo?signed_out=1.x&return_to=%2Fdashboards"]
    {
        browser.get(link).await.assert_status(401).assert_shows("You signed out");
    }
    assert_eq!(app.demo().requests().authorize, asked);

    let link = browser.get(WANTED).await.link("Sign in");
    assert!(link.starts_with("/login/demo?return_to=%2Fdashboards%2Fweather%3Fpage%3D3&signed_out="), "{link}");
    let begun = browser.get(&link).await;
    begun.assert_status(303);
    assert!(!browser.cookies.contains_key(MARK), "{begun:#?}");
    let callback = browser.choose(&begun.location().parse().unwrap(), "reed").await;
    browser.follow(&callback).await.assert_redirect(WANTED);
    browser.get(WANTED).await.assert_status(200);
}

// Case: sign-out/stays-out
#[tokio::test]
async fn what_was_begun_before_the_sign_out_signs_nobody_in_after_it() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let authorization = browser.begin("/dashboards").await;
    browser.sign_in_as("reed").await;
    browser.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    let callback = browser.choose(&authorization, "reed").await;
    browser.follow(&callback).await.assert_status(401).assert_shows("You signed out");
    assert_eq!(browser.user().await, None);
    assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 0);
}

// Case: app/session-probe
#[tokio::test]
async fn pages_of_others_cannot_ask_who_is_signed_in() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 204), ("none", 204)] {
        let request = browser.request(Method::GET, routes::APP_SESSION).header("sec-fetch-site", site);
        browser.send(request).await.assert_status(status);
    }
}

#[tokio::test]
async fn every_link_of_our_own_pages_is_a_way_back_in() {
    let app = TestApp::start().await;
    let mut browser = signed_out(&app).await;
    for page in ["/", routes::SIGNED_OUT, "/sign-in?return_to=%2Fdashboards", "/nothing", "/developers"] {
        let page = browser.get(page).await;
        let mut other = browser.clone();
        let link = page.link("Sign in");
        other.get(&link).await.assert_status(303);
    }
    let link =
        browser.get("/login/demo?return_to=%2Fdashboards&login_hint=reed").await.assert_status(401).link("Sign in");
    assert!(link.starts_with("/login/demo?return_to=%2Fdashboards&login_hint=reed&signed_out="), "{link}");
    browser.clone().get(&link).await.assert_status(303);
    // The form only has to be sent by one of our own pages.
    browser.begin("/dashboards").await;
    assert!(!browser.cookies.contains_key(MARK));
}

#[tokio::test]
async fn a_form_that_comes_after_the_sign_out_leads_back_in_as_well() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    let mut tab = browser.clone();
    tab.get("/dashboards/weather").await.assert_status(200);
    browser.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    tab.cookies = browser.cookies.clone();
    let fields = [("slug", "weather"), ("panel", "note"), ("version", "0"), ("body", "A long text")];
    let page = tab.submit(routes::API_SAVE_NOTE, &fields).await;
    page.assert_status(401).assert_shows("A long text");
    tab.get(&page.link("Sign in")).await.assert_status(303);
}

#[tokio::test]
async fn with_several_providers_the_page_leads_to_the_choice() {
    let app = TestApp::setup().with_second_provider().start().await;
    let mut browser = signed_out(&app).await;
    let link = browser.get("/dashboards").await.assert_status(401).link("Sign in");
    assert!(link.starts_with("/sign-in?return_to=%2Fdashboards"), "{link}");
    let choice = browser.get(&link).await;
    choice.assert_status(200).assert_shows("/login/other?return_to=/dashboards&amp;signed_out=");
}

#[tokio::test]
async fn apps_on_a_path_are_no_exception() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("dash", upstream.address, "read").start().await;
    let mut browser = signed_out(&app).await;
    browser.get("/apps/dash/sales?year=2026").await.assert_status(401).assert_shows("You signed out");
    browser.fetch("/apps/dash/sales").await.assert_status(401);
    assert!(upstream.seen().is_empty());
}

// Case: account/token-signed-out
#[tokio::test]
async fn the_page_of_the_token_says_that_nobody_is_signed_in_and_waits() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let asked = app.demo().requests().authorize;
    let page = browser.get("/account/token?x=1").await;
    page.assert_status(401).assert_shows("You are not signed in");
    assert_eq!(app.demo().requests().authorize, asked);
    browser.fetch(routes::ACCOUNT_TOKEN).await.assert_status(401);
    let link = page.link("Sign in");
    assert_eq!(link, "/login/demo?return_to=%2Faccount%2Ftoken%3Fx%3D1");
    let begun = browser.get(&link).await;
    let callback = browser.choose(&begun.assert_status(303).location().parse().unwrap(), "reed").await;
    browser.follow(&callback).await.assert_redirect("/account/token?x=1");
    browser.get("/account/token?x=1").await.assert_status(200);
    // An expired session is treated in the same way, and after a sign-out the page says so.
    app.clock.advance(std::time::Duration::from_hours(8));
    browser.get(routes::ACCOUNT_TOKEN).await.assert_status(401).assert_shows("You are not signed in");
    let mut signed_out = signed_out(&app).await;
    signed_out.get(routes::ACCOUNT_TOKEN).await.assert_status(401).assert_shows("You signed out");
}

#[tokio::test]
async fn what_has_only_ended_by_time_goes_on_without_a_question() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    app.clock.advance(std::time::Duration::from_hours(8));
    browser.get("/dashboards").await.assert_redirect("/login/demo?return_to=%2Fdashboards");
}

#[tokio::test]
async fn a_planted_cookie_costs_a_click_and_no_more() {
    let app = TestApp::start().await;
    for planted in ["", "1", "1.short", "x.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "9; rolecall-signed-out=9"] {
        let mut browser = app.browser();
        browser.cookies.insert(MARK.to_owned(), planted.to_owned());
        browser.get("/dashboards").await.assert_redirect("/login/demo?return_to=%2Fdashboards");
    }
    let mut browser = app.browser();
    let in_a_thousand_years = format!("32000000000000.{}", "a".repeat(43));
    browser.cookies.insert(MARK.to_owned(), in_a_thousand_years);
    let link = browser.get("/dashboards").await.assert_status(401).link("Sign in");
    let authorization = browser.get(&link).await.location().parse().unwrap();
    let callback = browser.choose(&authorization, "reed").await;
    browser.follow(&callback).await.assert_redirect("/dashboards");
}

#[tokio::test]
async fn the_browser_forgets_what_it_keeps_here_only_where_pages_of_apps_are_among_it() {
    let upstream = Upstream::start().await;
    let with_app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    for (app, forgets) in [(TestApp::start().await, ""), (with_app, "\"cache\"")] {
        let mut browser = app.browser();
        browser.sign_in_as("reed").await;
        assert_eq!(browser.submit(routes::API_SIGN_OUT, &[]).await.header("clear-site-data"), forgets);
    }
}

#[tokio::test]
async fn the_cookie_is_for_our_host_alone_and_outlasts_a_night() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    let answer = browser.submit(routes::API_SIGN_OUT, &[]).await;
    let line = answer.set_cookie(MARK);
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(line.contains(attribute), "{line}");
    }
    assert!(!line.contains("Domain"), "{line}");
    // Visitors who have not signed out do not get the cookie.
    let mut visitor = app.browser();
    for path in ["/", "/dashboards", "/login/demo"] {
        let answer = visitor.get(path).await;
        assert!(!answer.headers.get_all(SET_COOKIE).iter().any(|line| line.to_str().unwrap().contains(MARK)));
    }
    let head = browser.send(browser.navigation(Method::HEAD, "/dashboards")).await;
    head.assert_status(401);
}
