//! Spellings of paths, and headers that claim to be somebody: neither gets past the policy.

use openidconnect::reqwest::Method;
use rolecall::routes;

use crate::support::{Browser, TestApp, raw_get, raw_status};

/// Stands in what only a reader may see.
const GATED: &str = "Seattle";

/// Other ways to write the paths of gated pages and functions.
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
    "/api/dashboard?slug=weather",
    "/api/dashboard/?slug=weather",
    "/api//dashboard?slug=weather",
    "//api/dashboard?slug=weather",
    "/API/dashboard?slug=weather",
    "/api/Dashboard?slug=weather",
    "/api/%64ashboard?slug=weather",
    "/api%2fdashboard?slug=weather",
    "/api/./dashboard?slug=weather",
    "/pkg/../api/dashboard?slug=weather",
    "/pkg/%2e%2e/api/dashboard?slug=weather",
    "/pkg/..%2fapi%2fdashboard?slug=weather",
    "/demo/../api/dashboard?slug=weather",
    "/health/live/../../api/dashboard?slug=weather",
    "/login/demo/../../api/dashboard?slug=weather",
];

async fn sees_nothing_gated(app: &TestApp, browser: &Browser) {
    let cookies = format!("Cookie: {}\r\n", browser.cookie_header());
    let absolute = format!("http://{}/dashboards/weather", app.address());
    for target in SPELLINGS.iter().copied().chain([absolute.as_str()]) {
        for headers in ["", "Sec-Fetch-Mode: cors\r\n", "User-Agent: \r\n", "X-Original-URL: /\r\nX-Rewrite-URL: /\r\n"]
        {
            let answer = raw_get(app, target, &format!("{cookies}{headers}")).await;
            assert!(!answer.contains(GATED), "{target} with {headers:?}: {answer}");
            assert!((300..500).contains(&raw_status(&answer)), "{target} with {headers:?}: {answer}");
        }
    }
}

// Case: policy/spellings, policy/query, policy/user-agent
#[tokio::test]
async fn no_spelling_of_a_path_gets_nobody_past_the_policy() {
    let app = TestApp::start().await;
    sees_nothing_gated(&app, &app.browser()).await;
}

// Case: policy/spellings, policy/query, policy/user-agent
#[tokio::test]
async fn no_spelling_of_a_path_gets_a_person_without_role_past_the_policy() {
    let app = TestApp::start().await;
    let mut nora = app.browser();
    nora.sign_in_as("nora").await;
    sees_nothing_gated(&app, &nora).await;
}

/// So that the tests above would notice.
#[tokio::test]
async fn a_reader_sees_it_by_its_plain_path() {
    let app = TestApp::start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    let cookies = format!("Cookie: {}\r\n", reed.cookie_header());
    for target in ["/dashboards/weather", "/api/dashboard?slug=weather"] {
        let headers =
            format!("{cookies}Sec-Fetch-Mode: {}\r\n", if target.starts_with("/api") { "cors" } else { "navigate" });
        let answer = raw_get(&app, target, &headers).await;
        assert!(answer.contains(GATED) && raw_status(&answer) == 200, "{answer}");
    }
}

// Case: identity/no-header
#[tokio::test]
async fn nobody_becomes_somebody_by_a_header() {
    let app = TestApp::start().await;
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

// Case: identity/forwarded-untrusted
#[tokio::test]
async fn a_header_gives_nobody_another_address() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let authorization = browser.begin("/").await;
    let callback = browser.choose(&authorization, "ada").await;
    let path = format!("{}?{}", callback.path(), callback.query().unwrap());
    let request = browser.navigation(Method::GET, &path).header("x-forwarded-for", "203.0.113.9");
    let request = request.header("forwarded", "for=203.0.113.9;host=evil.test").header("x-forwarded-host", "evil.test");
    browser.send(request).await.assert_redirect("/");
    assert_eq!(app.count("sign_ins WHERE ip = '127.0.0.1'").await, 1);
}
