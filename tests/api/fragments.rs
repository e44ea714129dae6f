//! The fragment of an address (`#panel-7`), which is in no request: the browser is asked for it on the way to the
//! provider.

use openidconnect::reqwest::Method;
use rolecall_routes as routes;

use crate::support::{Answer, Browser, TestApp, parameter};

const LOGIN: &str = "/login/demo?return_to=%2Fdashboards";

/// Goes to `path` as the whole tab of a browser does.
async fn go(browser: &mut Browser, path: &str) -> Answer {
    browser.send(browser.navigation(Method::GET, path).header("sec-fetch-dest", "document")).await
}

// Case: return/fragment
#[tokio::test]
async fn a_tab_is_asked_for_its_fragment_before_it_goes_to_the_provider() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.get("/dashboards").await.assert_redirect(LOGIN);
    let page = go(&mut browser, LOGIN).await;
    let policy = page.assert_status(200).header("content-security-policy").to_owned();
    let (_, nonce) = policy.split_once("'nonce-").unwrap();
    let (nonce, _) = nonce.split_once('\'').unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    page.assert_shows(&format!("<script nonce=\"{nonce}\""));
    assert_ne!(go(&mut browser, LOGIN).await.header("content-security-policy"), policy);
    assert_eq!((page.header("cache-control"), page.header("x-frame-options")), ("no-store", "DENY"));

    // Without a script the page redirects as well, with the attempt of this page.
    let (_, refresh) = page.body.split_once("<noscript><meta http-equiv=\"refresh\" content=\"0; url=").unwrap();
    let authorization = refresh.split('"').next().unwrap().replace("&amp;", "&").parse().unwrap();
    let callback = browser.choose(&authorization, "reed").await;
    browser.follow(&callback).await.assert_redirect("/dashboards");
}

// Case: return/fragment
#[tokio::test]
async fn the_fragment_comes_back_from_the_provider() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let begun = go(&mut browser, "/login/demo?return_to=%2Fdashboards%3Fa%3Db%23panel-7").await;
    let authorization = begun.assert_status(303).location().parse().unwrap();
    assert!(!parameter(&authorization, "state").is_empty());
    let callback = browser.choose(&authorization, "reed").await;
    browser.follow(&callback).await.assert_redirect("/dashboards?a=b#panel-7");
}

#[tokio::test]
async fn whoever_is_no_whole_tab_is_redirected_at_once() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.get(LOGIN).await.assert_status(303);
    for dest in ["iframe", "empty", "image"] {
        let request = browser.navigation(Method::GET, LOGIN).header("sec-fetch-dest", dest);
        browser.send(request).await.assert_status(303);
    }
    let program = browser.request(Method::GET, LOGIN);
    browser.send(program).await.assert_status(303);
}

#[tokio::test]
async fn nothing_of_the_query_becomes_part_of_the_page() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for query in [
        "return_to=%2F%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "login_hint=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&x=%3C",
    ] {
        let page = go(&mut browser, &format!("/login/demo?{query}")).await;
        page.assert_status(200);
        assert!(!page.body.contains("alert(1)<"), "{page:#?}");
        assert_eq!(page.body.matches("<script").count(), 1, "{page:#?}");
    }
}

#[tokio::test]
async fn the_header_leads_to_the_only_provider_and_back_to_the_page() {
    let app = TestApp::start().await;
    for (page, expected) in [
        ("/", "/login/demo"),
        ("/signed-out", "/login/demo"),
        ("/sign-in?return_to=%2Fdashboards", "/login/demo?return_to=/dashboards"),
        ("/nothing?a=b", "/login/demo?return_to=/nothing%3Fa%3Db"),
        ("/login/nobody", "/login/demo"),
        (routes::DEVELOPERS, "/login/demo?return_to=/developers"),
    ] {
        assert_eq!(app.browser().get(page).await.link("Sign in"), expected, "{page}");
    }
    let app = TestApp::setup().with_second_provider().start().await;
    assert_eq!(app.browser().get("/").await.link("Sign in"), "/sign-in");
    assert_eq!(app.browser().get("/nothing").await.link("Sign in"), "/sign-in?return_to=/nothing");
}
