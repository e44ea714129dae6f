//! Spellings of paths, and headers that claim to be somebody: neither gets past the policy.

use openidconnect::reqwest::{Method, Url};
use rolecall_routes as routes;

use crate::support::{Browser, DAYS, TestApp, parameter, raw, raw_get, raw_status};

/// A text that only a reader may see.
const GATED: &str = "Seattle";

/// Other spellings of the paths of protected pages and functions.
const SPELLINGS: &[&str] = &[
    "/dashboards/weather",
    "/dashboards/weather/",
    "/dashboards/weather//",
    "//dashboards/weather",
    "/dashboards//weather",
    "/./dashboards/weather",
    "/x/../dashboards/weather",
    "/signed-out/../dashboards/weather",
    "/%2e/dashboards/weather",
    "/x/%2e%2e/dashboards/weather",
    "/dashboards%2fweather",
    "/dashboards%2Fweather",
    "/dashboards%5cweather",
    "/dashboards\\weather",
    "/dashboards/%77eather",
    "/%64ashboards/weather",
    "/dashboards/weather;a=b",
    "/dashboards;/weather",
    "/dashboards/weather%23",
    "/dashboards/weather%3f",
    "/dashboards/weather%00",
    "/dashboards/weather.html",
    "/Dashboards/weather",
    "/DASHBOARDS/WEATHER",
    "/dashboards/weather?x=/signed-out",
    "/dashboards/weather?/robots.txt",
    "/api/table_page?slug=days&panel=days&page=1",
    "/api/table_page/?slug=days&panel=days&page=1",
    "/api//dashboard?slug=weather",
    "//api/table_page?slug=days&panel=days&page=1",
    "/API/dashboard?slug=weather",
    "/api/Dashboard?slug=weather",
    "/api/%64ashboard?slug=weather",
    "/api%2fdashboard?slug=weather",
    "/api/./dashboard?slug=weather",
    "/pkg/../api/table_page?slug=days&panel=days&page=1",
    "/pkg/%2e%2e/api/table_page?slug=days&panel=days&page=1",
    "/pkg/..%2fapi%2fdashboard?slug=weather",
    "/demo/../api/table_page?slug=days&panel=days&page=1",
    "/health/live/../../api/table_page?slug=days&panel=days&page=1",
    "/login/demo/../../api/table_page?slug=days&panel=days&page=1",
];

/// Headers with which clients try to get past a check, as has worked with some proxies.
const HEADERS: [&str; 7] = [
    "",
    "Sec-Fetch-Mode: cors\r\n",
    "User-Agent: \r\n",
    "User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)\r\n",
    "User-Agent: kube-probe/1.30\r\n",
    "X-Original-URL: /\r\nX-Rewrite-URL: /\r\n",
    "X-HTTP-Method-Override: OPTIONS\r\n",
];

async fn sees_nothing_gated(app: &TestApp, browser: &Browser) {
    let cookies = format!("Cookie: {}\r\n", browser.cookie_header());
    let absolute = format!("http://{}/dashboards/weather", app.address());
    for target in SPELLINGS.iter().copied().chain([absolute.as_str()]) {
        for headers in HEADERS {
            let answer = raw_get(app, target, &format!("{cookies}{headers}")).await;
            assert!(!answer.contains(GATED), "{target} with {headers:?}: {answer}");
            assert!((300..500).contains(&raw_status(&answer)), "{target} with {headers:?}: {answer}");
        }
    }
}

// Case: policy/spellings, policy/query, policy/user-agent
#[tokio::test]
async fn no_spelling_of_a_path_gets_nobody_past_the_policy() {
    let app = TestApp::setup().with_dashboard("days", DAYS).start().await;
    sees_nothing_gated(&app, &app.browser()).await;
}

// Case: policy/spellings, policy/query, policy/user-agent
#[tokio::test]
async fn no_spelling_of_a_path_gets_a_person_without_role_past_the_policy() {
    let app = TestApp::setup().with_dashboard("days", DAYS).start().await;
    let mut nora = app.browser();
    nora.sign_in_as("nora").await;
    sees_nothing_gated(&app, &nora).await;
}

/// Methods that no route accepts, and some that only resemble a method.
const METHODS: [&str; 12] =
    ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "SEARCH", "QUERY", "BREW", "get", "GET1", "OPTIONS"];

// Case: policy/method
#[tokio::test]
async fn no_method_gets_anybody_past_the_policy() {
    let app = TestApp::setup().with_dashboard("days", DAYS).start().await;
    let mut nora = app.browser();
    nora.sign_in_as("nora").await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    for method in METHODS {
        for target in
            ["/dashboards/weather", "/api/table_page?slug=days&panel=days&page=1", "/account/token", "/admin/sessions"]
        {
            for cookies in [String::new(), nora.cookie_header(), ada.cookie_header()] {
                let request = format!(
                    "{method} {target} HTTP/1.1\r\nHost: {}\r\nOrigin: http://{0}\r\nCookie: {cookies}\r\n\
                     Content-Length: 0\r\nConnection: close\r\n\r\n",
                    app.address()
                );
                let answer = raw(&app, request.as_bytes()).await;
                assert!(!answer.contains(GATED) && !answer.contains("nora@"), "{method} {target}: {answer}");
                assert!((300..500).contains(&raw_status(&answer)), "{method} {target}: {answer}");
            }
        }
    }
}

/// Shows that the tests above can fail.
#[tokio::test]
async fn a_reader_sees_it_by_its_plain_path() {
    let app = TestApp::setup().with_dashboard("days", DAYS).start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    let cookies = format!("Cookie: {}\r\n", reed.cookie_header());
    for target in ["/dashboards/weather", "/api/table_page?slug=days&panel=days&page=1"] {
        let headers =
            format!("{cookies}Sec-Fetch-Mode: {}\r\n", if target.starts_with("/api") { "cors" } else { "navigate" });
        let answer = raw_get(&app, target, &headers).await;
        assert!(answer.contains(GATED) && raw_status(&answer) == 200, "{answer}");
    }
}

// Case: identity/no-header
#[tokio::test]
async fn nobody_becomes_somebody_by_a_header() {
    let app = TestApp::setup().with_own_provider().start().await;
    let mut browser = app.browser();
    let names = [
        "x-forwarded-user",
        "x_forwarded_user",
        "x-forwarded-email",
        "x-forwarded-preferred-username",
        "x-forwarded-groups",
        "x-auth-request-user",
        "x-remote-user",
        "remote-user",
        "x-ms-client-principal",
        "x-ms-client-principal-name",
        "x-rolecall-user",
        "x-rolecall-role",
    ];
    for value in ["ada@example.com", "8f14c2de-0b7a-4d55-8a0e-5b6f2c1a9d01", "admin"] {
        let mut request = browser.script(Method::GET, routes::API_SESSION);
        for name in names {
            request = request.header(name, value);
        }
        browser.send(request.bearer_auth(value)).await.assert_status(401);
    }
}

// Case: identity/public-url
#[tokio::test]
async fn no_header_changes_the_address_that_the_provider_sends_people_back_to() {
    let app = TestApp::setup().with_own_provider().start().await;
    let browser = app.browser();
    let headers = [
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "8443"),
        ("x-forwarded-prefix", "/evil"),
        ("forwarded", "for=203.0.113.9;host=evil.test;proto=https"),
        ("x-original-host", "evil.test"),
    ];
    for header in [None].into_iter().chain(headers.map(Some)) {
        let mut request = browser.navigation(Method::GET, "/login/demo");
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let answer = browser.clone().send(request).await;
        let authorization: Url = answer.location().parse().unwrap();
        let own = format!("http://{}/login/demo/authorized", app.address());
        assert_eq!(parameter(&authorization, "redirect_uri"), own, "{header:?}");
        assert_eq!(answer.header("strict-transport-security"), "", "{header:?}");
    }
}

// Case: identity/forwarded-untrusted
#[tokio::test]
async fn a_header_gives_nobody_another_address() {
    let app = TestApp::setup().with_own_provider().start().await;
    let mut browser = app.browser();
    let authorization = browser.begin("/").await;
    let callback = browser.choose(&authorization, "ada").await;
    let path = format!("{}?{}", callback.path(), callback.query().unwrap());
    let request = browser.navigation(Method::GET, &path).header("x-forwarded-for", "203.0.113.9");
    let request = request.header("forwarded", "for=203.0.113.9;host=evil.test").header("x-forwarded-host", "evil.test");
    browser.send(request).await.assert_redirect("/");
    assert_eq!(app.count("sign_ins WHERE ip = '127.0.0.1'").await, 1);
}

// Case: request/rebound-name
#[tokio::test]
async fn a_foreign_name_that_was_bound_to_this_machine_leads_to_nothing() {
    let app = TestApp::setup().with_dashboard("days", DAYS).start().await;
    for path in ["/demo/.well-known/openid-configuration", routes::API_V1_OPENAPI, routes::API_SESSION] {
        let request = |host: &str| app.browser().script(Method::GET, path).header("host", host);
        let own = app.browser().send(request(&app.address().to_string())).await.status;
        assert!(matches!(own, 200 | 401), "{path}: {own}");
        let port = app.address().port();
        app.browser().send(request(&format!("evil.test:{port}"))).await.assert_status(421);
    }
}
