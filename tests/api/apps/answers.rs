//! What arrives of an app's answer: all of it, confined to the app's own paths.

use openidconnect::reqwest::Method;
use url::form_urlencoded::Serializer;

use crate::support::{Answer, Browser, TestApp, Upstream};

async fn start(upstream: &Upstream) -> (TestApp, Browser) {
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    (app, browser)
}

/// Asks the app for an answer with these headers.
async fn answered(browser: &mut Browser, headers: &[(&str, &str)]) -> Answer {
    let query: String = Serializer::new(String::new()).extend_pairs(headers).finish();
    let request = browser.navigation(Method::GET, &format!("/apps/sales/answer?{query}"));
    Answer::read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn an_apps_own_errors_arrive_as_they_are() {
    let upstream = Upstream::start().await;
    let (_app, mut browser) = start(&upstream).await;
    for status in ["200", "401", "403", "404", "413", "418", "500", "502", "503"] {
        let answer = answered(&mut browser, &[("status", status)]).await;
        answer.assert_status(status.parse().unwrap());
        assert_eq!(answer.body, "an answer of the app");
    }
}

#[tokio::test]
async fn cookies_of_an_app_stay_within_its_path() {
    let upstream = Upstream::start().await;
    let (_app, mut browser) = start(&upstream).await;
    let answer = answered(
        &mut browser,
        &[
            ("set-cookie", "session=1; Path=/; HttpOnly"),
            ("set-cookie", "other=2; Domain=127.0.0.1; Path=/deep"),
            ("set-cookie", "rolecall=stolen; Path=/"),
            ("set-cookie", "__Host-rolecall=stolen; Path=/"),
            ("set-cookie", "=rolecall=stolen"),
        ],
    )
    .await;
    let cookies: Vec<_> = answer.set_cookies().filter(|line| !line.starts_with("rolecall-tries=;")).collect();
    assert_eq!(cookies, ["session=1; Path=/apps/sales/; HttpOnly", "other=2; Path=/apps/sales/deep"]);
}

#[tokio::test]
async fn redirects_of_an_app_lead_to_where_people_find_it() {
    let upstream = Upstream::start().await;
    let (app, mut browser) = start(&upstream).await;
    let own = format!("http://{}/x?y", upstream.address);
    let public = format!("http://{}/apps/sales/x?y", app.address());
    for (location, expected) in [
        (own.as_str(), public.as_str()),
        ("/login", "/apps/sales/login"),
        ("deeper", "deeper"),
        ("https://elsewhere.example/", "https://elsewhere.example/"),
    ] {
        let answer = answered(&mut browser, &[("status", "302"), ("location", location)]).await;
        assert_eq!(answer.assert_status(302).location(), expected);
    }
}

#[tokio::test]
async fn an_app_keeps_its_own_policies_and_gets_no_say_in_ours() {
    let upstream = Upstream::start().await;
    let (_app, mut browser) = start(&upstream).await;
    let csp = "script-src 'unsafe-inline'";
    let said = [
        ("content-security-policy", csp),
        ("strict-transport-security", "max-age=0"),
        ("clear-site-data", "\"*\""),
        ("service-worker-allowed", "/"),
        ("connection", "x-hop"),
        ("x-hop", "1"),
        ("x-own", "1"),
        ("cache-control", "public, max-age=60"),
    ];
    let answer = answered(&mut browser, &said).await;
    let expected = [
        ("content-security-policy", csp),
        ("strict-transport-security", ""),
        ("clear-site-data", ""),
        ("service-worker-allowed", ""),
        ("x-hop", ""),
        ("x-own", "1"),
        ("cache-control", "private, max-age=60"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in expected {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let silent = answered(&mut browser, &[]).await;
    for (name, value) in [
        ("content-security-policy", ""),
        ("x-frame-options", "SAMEORIGIN"),
        ("cache-control", "private, no-cache"),
        ("cross-origin-opener-policy", ""),
    ] {
        assert_eq!(silent.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn the_name_alone_leads_to_the_first_page() {
    let upstream = Upstream::start().await;
    let (_app, mut browser) = start(&upstream).await;
    let answer = browser.get("/apps/sales?x=1").await;
    assert_eq!(answer.assert_status(308).location(), "/apps/sales/?x=1");
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn events_arrive_one_by_one_as_the_app_sends_them() {
    let upstream = Upstream::start().await;
    let (_app, browser) = start(&upstream).await;
    let mut answer = browser.script(Method::GET, "/apps/sales/pieces").send().await.unwrap();
    assert_eq!(answer.status(), 200, "the status arrives before the first piece");
    for piece in ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"] {
        // The app sends each piece only after the previous one has arrived.
        upstream.give(piece).await;
        assert_eq!(answer.chunk().await.unwrap().unwrap(), piece);
    }
    upstream.give("").await;
    assert_eq!(answer.chunk().await.unwrap(), None);
}
