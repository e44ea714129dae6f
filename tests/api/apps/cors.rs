//! Calls from pages of other origins: allowed only for origins in the configuration, and only with a session.

use openidconnect::reqwest::Method;

use super::sockets::open;
use crate::support::{Answer, Browser, TestApp, Upstream};

const PORTAL: &str = "https://portal.example.com";
const EVIL: &str = "https://evil.test";

async fn start(upstream: &Upstream, origins: &str) -> (TestApp, Browser) {
    let mut setup = TestApp::setup().with_app("sales", upstream.address, "read");
    if !origins.is_empty() {
        setup = setup.set("ROLECALL_APPS__SALES__CORS_ORIGINS", origins);
    }
    let app = setup.start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    (app, browser)
}

/// Asks as browsers do before a page of `origin` may send a PUT: without cookies (Fetch, section 4.8).
async fn preflight(app: &TestApp, origin: &str) -> Answer {
    let mut nobody = app.browser();
    let request = nobody.request(Method::OPTIONS, "/apps/sales/change").header("origin", origin);
    let request = request.header("access-control-request-method", "PUT");
    nobody.send(request.header("access-control-request-headers", "content-type,x-own")).await
}

/// A request of a page of `origin`.
async fn call(browser: &mut Browser, method: Method, path: &str, origin: &str) -> Answer {
    let request = browser.request(method, path).header("origin", origin).header("sec-fetch-site", "same-site");
    browser.send(request.header("sec-fetch-mode", "cors")).await
}

#[track_caller]
fn assert_readable(answer: &Answer, by: &str) {
    let credentials = if by.is_empty() { "" } else { "true" };
    let said = ["access-control-allow-origin", "access-control-allow-credentials"].map(|name| answer.header(name));
    assert_eq!(said, [by, credentials], "{answer:#?}");
}

fn varies_by_origin(answer: &Answer) -> bool {
    let lines = answer.headers.get_all("vary").iter().flat_map(|line| line.to_str().unwrap().split(','));
    lines.map(str::trim).any(|name| name.eq_ignore_ascii_case("origin"))
}

// Case: app/cors
#[tokio::test]
async fn without_the_setting_no_other_origin_calls_an_app() {
    let upstream = Upstream::start().await;
    let (app, mut browser) = start(&upstream, "").await;
    let refused = preflight(&app, PORTAL).await;
    refused.assert_status(401);
    assert_readable(&refused, "");
    call(&mut browser, Method::POST, "/apps/sales/change", PORTAL).await.assert_status(403);
    assert!(upstream.seen().is_empty());
    // What the app itself allows does not count: it does not know who is signed in.
    let generous = "/apps/sales/answer?access-control-allow-origin=https%3A%2F%2Fportal.example.com\
                    &access-control-allow-credentials=true";
    let read = call(&mut browser, Method::GET, generous, PORTAL).await;
    assert_readable(read.assert_status(200), "");
}

// Case: app/cors
#[tokio::test]
async fn pages_of_the_origins_that_are_named_may_call_an_app_with_a_session() {
    let upstream = Upstream::start().await;
    let (app, mut browser) = start(&upstream, &format!("{PORTAL},http://127.0.0.1:9")).await;
    let allowed = preflight(&app, PORTAL).await;
    assert_readable(allowed.assert_status(204), PORTAL);
    assert_eq!(allowed.header("access-control-allow-methods"), "PUT");
    assert_eq!(allowed.header("access-control-allow-headers"), "content-type,x-own");
    assert!(varies_by_origin(&allowed));
    assert!(upstream.seen().is_empty(), "a preflight has no session, so it must not reach the app");

    for (method, origin) in [(Method::PUT, PORTAL), (Method::POST, "http://127.0.0.1:9"), (Method::GET, PORTAL)] {
        let done = call(&mut browser, method, "/apps/sales/change", origin).await;
        assert_readable(done.assert_status(200), origin);
        assert!(varies_by_origin(&done));
        assert_eq!(upstream.last().header("origin"), origin);
    }
    assert!(open(&app, &browser, PORTAL).await.is_ok());
    let nobody = call(&mut app.browser(), Method::POST, "/apps/sales/change", PORTAL).await;
    assert_readable(nobody.assert_status(401), PORTAL);
    // The origins that the app itself allows are replaced; its other headers arrive.
    let generous = "/apps/sales/answer?access-control-allow-origin=*&access-control-expose-headers=x-own&vary=accept";
    let read = call(&mut browser, Method::GET, generous, PORTAL).await;
    assert_readable(&read, PORTAL);
    assert_eq!(read.header("access-control-expose-headers"), "x-own");
    assert!(varies_by_origin(&read));
    let before = upstream.seen().len();
    call(&mut browser, Method::OPTIONS, "/apps/sales/x", PORTAL).await.assert_status(200);
    assert_eq!(upstream.seen().len(), before + 1);
}

// Case: app/cors
#[tokio::test]
async fn pages_of_other_origins_call_nothing_still() {
    let upstream = Upstream::start().await;
    let (app, mut browser) = start(&upstream, PORTAL).await;
    for origin in [EVIL, "null", "http://portal.example.com", "https://portal.example.com.evil.test", "*"] {
        let refused = preflight(&app, origin).await;
        assert_eq!(refused.assert_status(401).header("access-control-allow-origin"), "", "{origin}");
        call(&mut browser, Method::POST, "/apps/sales/change", origin).await.assert_status(403);
        assert_eq!(open(&app, &browser, origin).await.unwrap_err(), 403, "{origin}");
        assert!(upstream.seen().is_empty());
    }
    let read = call(&mut browser, Method::GET, "/apps/sales/x", EVIL).await;
    assert_readable(read.assert_status(200), "");
    assert!(varies_by_origin(&read));
    // An app's setting opens nothing else on Rolecall's origin.
    for path in ["/api/sign_out", "/api/save_note", "/apps/other/x"] {
        let refused = call(&mut browser, Method::POST, path, PORTAL).await;
        assert!([403, 404].contains(&refused.status), "{path}: {refused:#?}");
        assert_readable(&refused, "");
    }
}
