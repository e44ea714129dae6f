//! Who may use an app, and who may not: a refused request never reaches the app.

use openidconnect::reqwest::Method;

use crate::support::{TestApp, Upstream, raw_get, raw_status};

#[tokio::test]
async fn only_who_has_the_role_gets_to_the_app() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "write").start().await;
    for (person, status) in [("reed", 403), ("nora", 403), ("wren", 200), ("ada", 200)] {
        let mut browser = app.browser();
        browser.sign_in_as(person).await;
        let before = upstream.seen().len();
        let answer = browser.get("/apps/sales/page?x=1").await;
        answer.assert_status(status);
        assert_eq!(answer.body == "the app", status == 200, "{answer:#?}");
        for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::POST, Method::PUT, Method::DELETE] {
            let request = browser.script(method.clone(), "/apps/sales/page");
            browser.send(request).await.assert_status(status);
        }
        assert_eq!(upstream.seen().len() - before, if status == 200 { 7 } else { 0 }, "{person}");
    }
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_to_the_sign_in_and_the_app_asked_nothing() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut nobody = app.browser();
    nobody.get("/apps/sales/a?b=c").await.assert_redirect("/login/demo?return_to=%2Fapps%2Fsales%2Fa%3Fb%3Dc");
    nobody.fetch("/apps/sales/a").await.assert_status(401);
    for method in [Method::OPTIONS, Method::POST, Method::HEAD] {
        let request = nobody.script(method, "/apps/sales/a");
        nobody.send(request).await.assert_status(401);
    }
    assert!(upstream.seen().is_empty(), "{:#?}", upstream.seen());
    nobody.sign_in_as("reed").await;
    nobody.get("/apps/sales/a?b=c").await.assert_status(200);
    assert_eq!(upstream.seen().len(), 1);
}

#[tokio::test]
async fn no_spelling_of_a_path_gets_past_the_role() {
    let upstream = Upstream::start().await;
    let setup = TestApp::setup().with_app("open", upstream.address, "read");
    let app = setup.with_app("closed", upstream.address, "admin").set("ROLECALL_APPS__OPEN__KEEP_PREFIX", "true");
    let app = app.set("ROLECALL_APPS__CLOSED__KEEP_PREFIX", "true").start().await;
    let mut reader = app.browser();
    reader.sign_in_as("reed").await;
    let cookies = format!("Cookie: {}\r\n", reader.cookie_header());
    for target in [
        "/apps/closed/x",
        "/apps/closed",
        "/apps/open/../closed/x",
        "/apps/open/%2e%2e/closed/x",
        "/apps/open/..%2fclosed/x",
        "/apps/open/..%5cclosed/x",
        "/apps/open/..;/closed/x",
        "/apps/open/%252e%252e/closed/x",
        "/apps/./closed/x",
        "/apps//closed/x",
        "//apps/closed/x",
        "/apps%2fclosed/x",
        "/apps/%63losed/x",
        "/apps/Closed/x",
        "/apps/closed;/x",
        "/apps/closed%2fx",
        "/apps/closed/x?/apps/open/",
    ] {
        let answer = raw_get(&app, target, &cookies).await;
        assert!([308, 403, 404].contains(&raw_status(&answer)), "{target}: {answer}");
    }
    assert!(upstream.seen().is_empty(), "{:#?}", upstream.seen());
    assert_eq!(raw_status(&raw_get(&app, "/apps/open/a%2Fb//c", &cookies).await), 200);
    assert_eq!(upstream.last().target, "/apps/open/a%2Fb//c", "the app gets the path unchanged");
}

#[tokio::test]
async fn a_request_that_another_site_began_does_not_arrive() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    for (site, origin, status) in [
        ("cross-site", "https://evil.test", 403),
        ("same-site", "https://evil.test", 403),
        ("none", "null", 403),
        ("same-origin", &format!("http://{}", app.address()), 200),
    ] {
        let request = browser.request(Method::POST, "/apps/sales/change");
        let request = request.header("sec-fetch-site", site).header("origin", origin);
        browser.send(request).await.assert_status(status);
    }
    assert_eq!(upstream.seen().len(), 1);
}

#[tokio::test]
async fn methods_that_show_or_tunnel_are_not_passed_on() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    let request = browser.script(Method::TRACE, "/apps/sales/x");
    browser.send(request).await.assert_status(405);
    assert!(upstream.seen().is_empty());
}

// Case: app/worker
#[tokio::test]
async fn a_script_is_no_service_worker_unless_the_app_may_have_one() {
    let upstream = Upstream::start().await;
    for allowed in [false, true] {
        let setup = TestApp::setup().with_app("sales", upstream.address, "read");
        let app = setup.set("ROLECALL_APPS__SALES__SERVICE_WORKERS", &allowed.to_string()).start().await;
        let mut browser = app.browser();
        browser.sign_in_as("reed").await;
        let before = upstream.seen().len();
        // Some browsers send one of these headers, some the other, most both.
        for (name, value) in [("service-worker", "script"), ("sec-fetch-dest", "serviceworker")] {
            let request = browser.script(Method::GET, "/apps/sales/worker.js").header(name, value);
            browser.send(request).await.assert_status(if allowed { 200 } else { 403 });
        }
        assert_eq!(upstream.seen().len() - before, if allowed { 2 } else { 0 });
        // The same file as a script, and other kinds of workers.
        for dest in ["script", "worker", "sharedworker"] {
            let request = browser.script(Method::GET, "/apps/sales/worker.js").header("sec-fetch-dest", dest);
            browser.send(request).await.assert_status(200);
        }
    }
}
