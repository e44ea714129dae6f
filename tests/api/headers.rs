//! The headers that protect every answer.

use rolecall::routes;

use crate::support::{Answer, HASHED_ASSET, TestApp};

/// Where an answer says which scripts may run.
const CSP: &str = "content-security-policy";

#[track_caller]
fn assert_protected(path: &str, answer: &Answer) {
    let expected = [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in expected {
        assert_eq!(answer.header(name), value, "{path}: {name}");
    }
    assert!(answer.headers.contains_key("permissions-policy"), "{path}");
    assert!(answer.headers.contains_key("referrer-policy"), "{path}");
    assert_eq!(answer.headers.get_all(CSP).iter().count(), 1, "{path}");
    let policy = answer.header(CSP);
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{path}: {policy}");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
}

#[tokio::test]
async fn every_answer_is_protected() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let paths = [
        "/",
        "/dashboards/weather",
        routes::ACCOUNT_TOKEN,
        "/nothing",
        "/login/demo",
        "/login/demo/authorized",
        routes::API_SESSION,
        routes::API_ID_TOKEN,
        routes::HEALTH_LIVE,
        HASHED_ASSET,
        "/robots.txt",
        "/demo/nothing",
    ];
    for path in paths {
        assert_protected(path, &ada.get(path).await);
        assert_protected(path, &ada.fetch(path).await);
    }
    let refused = ada.submit(routes::API_COMPLETE_SIGN_IN, &[("provider", "demo")]).await;
    assert_protected(routes::API_COMPLETE_SIGN_IN, refused.assert_status(400));
}

/// The nonce that a policy allows scripts by.
fn nonce(answer: &Answer) -> String {
    let (_, rest) = answer.header(CSP).split_once("'nonce-").unwrap();
    rest.split_once('\'').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_page_runs_its_own_scripts_by_a_nonce_that_is_never_used_again() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let (first, second) = (ada.get("/dashboards/weather").await, ada.get("/dashboards/weather").await);
    assert_ne!(nonce(&first), nonce(&second));
    for page in [first, second] {
        let with_nonce = format!("nonce=\"{}\"", nonce(&page));
        for script in page.body.split("<script").skip(1) {
            let tag = script.split_once('>').unwrap().0;
            assert!(tag.contains(&with_nonce), "<script{tag}> has no nonce");
        }
        page.assert_shows("<script");
        assert!(!page.body.contains(" onclick=") && !page.body.contains(" style="), "{page:#?}");
        let policy = page.header(CSP);
        let expected =
            ["'wasm-unsafe-eval'", "object-src 'none'", "style-src 'self'", "connect-src 'self'", "form-action 'self'"];
        assert!(expected.iter().all(|part| policy.contains(part)), "{policy}");
    }
}

#[tokio::test]
async fn forms_may_lead_to_the_provider_and_nowhere_else() {
    let app = TestApp::start().await;
    let page = app.browser().get("/").await;
    let (_, allowed) = page.header(CSP).split_once("form-action ").unwrap();
    assert_eq!(allowed, format!("'self' http://{}", app.address()));
}

#[tokio::test]
async fn a_problem_page_runs_no_script_at_all() {
    let app = TestApp::start().await;
    let page = app.browser().get("/nothing").await;
    assert!(page.header(CSP).contains("script-src 'none'"), "{page:#?}");
    assert!(!page.body.contains("<script"), "{page:#?}");
}

#[tokio::test]
async fn the_address_of_a_callback_is_told_to_nobody() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    assert_eq!(browser.sign_in_as("ada").await.header("referrer-policy"), "no-referrer");
    assert_eq!(browser.get("/login/demo/authorized?code=a").await.header("referrer-policy"), "no-referrer");
    assert_eq!(browser.get("/").await.header("referrer-policy"), "same-origin");
}

#[tokio::test]
async fn hashed_files_are_kept_for_a_year_and_others_for_an_hour() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let hashed = browser.get(HASHED_ASSET).await;
    assert_eq!(hashed.assert_status(200).header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(hashed.header("content-type"), "text/javascript; charset=utf-8");
    let plain = browser.get("/robots.txt").await;
    assert_eq!(plain.assert_status(200).header("cache-control"), "public, max-age=3600");
}

#[tokio::test]
async fn over_plain_http_there_is_no_promise_of_https() {
    let app = TestApp::start().await;
    assert_eq!(app.browser().get("/").await.header("strict-transport-security"), "");
}
