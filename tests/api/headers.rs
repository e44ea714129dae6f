//! The headers that protect every answer.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use sha2::{Digest as _, Sha256};

use crate::support::{Answer, HASHED_ASSET, SCRIPT, Setup, TestApp};

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
    let permissions = answer.header("permissions-policy");
    assert!(permissions.contains("camera=()") && permissions.contains("geolocation=()"), "{path}: {permissions}");
    assert!(["no-referrer", "same-origin"].contains(&answer.header("referrer-policy")), "{path}: {answer:#?}");
    let is_file = path.starts_with("/pkg/") || path.contains('.');
    if answer.status != 200 || !is_file {
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    assert_eq!(answer.headers.get_all(CSP).iter().count(), 1, "{path}");
    let policy = answer.header(CSP);
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{path}: {policy}");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
    assert!(policy.contains("form-action"), "{path}: {policy}");
}

/// Whether browsers are told to use only https.
fn promises_https(answer: &Answer) -> bool {
    answer.header("strict-transport-security") == "max-age=63072000; includeSubDomains"
}

/// An answer of every kind, each with its path: a page, a refusal, an error, a redirect, an answer for programs, a
/// file, and the demonstration provider.
async fn every_kind_of_answer(app: &TestApp) -> Vec<(&'static str, Answer)> {
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    let mut answers = Vec::new();
    let paths = [
        ("/", 200),
        ("/dashboards/weather", 200),
        (routes::ACCOUNT_TOKEN, 200),
        ("/nothing", 404),
        ("/dashboards/", 308),
        ("/login/demo", 303),
        ("/login/demo/authorized", 400),
        ("/login/%ff", 400),
        ("/login/demo/backchannel-logout", 405),
        (routes::API_SESSION, 200),
        (routes::HEALTH_LIVE, 200),
        (routes::HEALTH_READY, 200),
        (HASHED_ASSET, 200),
        ("/robots.txt", 200),
        ("/favicon.svg", 200),
        ("/pkg/nothing.js", 404),
        ("/demo/nothing", 404),
        ("/demo/jwks", 200),
        ("/demo/authorize", 400),
    ];
    for (path, status) in paths {
        answers.push((path, ada.get(path).await.assert_status(status).clone()));
        answers.push((path, ada.fetch(path).await));
    }
    let mut expect = |path, status, answer: Answer| answers.push((path, answer.assert_status(status).clone()));
    expect("/dashboards", 303, app.browser().get("/dashboards").await);
    expect(routes::API_ID_TOKEN, 401, app.browser().fetch(routes::API_ID_TOKEN).await);
    expect(routes::ADMIN_SESSIONS, 403, reed.get(routes::ADMIN_SESSIONS).await);
    expect(routes::ADMIN_SESSIONS, 403, reed.fetch(routes::ADMIN_SESSIONS).await);
    expect(routes::API_ID_TOKEN, 200, ada.fetch(routes::API_ID_TOKEN).await);
    expect("/", 405, ada.send(ada.navigation(Method::DELETE, "/")).await);
    let large = "x".repeat(70_000);
    expect(routes::API_SAVE_NOTE, 413, ada.submit(routes::API_SAVE_NOTE, &[("body", &large)]).await);
    expect(routes::API_SAVE_NOTE, 413, ada.call(routes::API_SAVE_NOTE, &[("body", &large)]).await);
    expect(routes::API_SAVE_NOTE, 422, ada.call(routes::API_SAVE_NOTE, &[]).await);
    expect(routes::API_COMPLETE_SIGN_IN, 400, ada.submit(routes::API_COMPLETE_SIGN_IN, &[("provider", "demo")]).await);
    let foreign = ada.request(Method::POST, routes::API_SIGN_OUT).header("sec-fetch-site", "cross-site");
    expect(routes::API_SIGN_OUT, 403, ada.send(foreign).await);
    while ada.get("/login/demo").await.status != 429 {}
    expect("/login/demo", 429, ada.get("/login/demo").await);
    expect("/login/demo", 429, ada.fetch("/login/demo").await);
    app.clock.advance(Duration::from_mins(1));
    app.db().close().await;
    expect(routes::HEALTH_READY, 503, app.browser().get(routes::HEALTH_READY).await);
    expect("/login/demo", 303, app.browser().get("/login/demo").await);
    expect("/login/demo", 400, app.browser().fetch("/login/demo").await);
    let mut unknown = app.browser();
    for name in ["rolecall", "__Host-rolecall"] {
        unknown.cookies.insert(name.to_owned(), "AAAAAAAAAAAAAAAAAAAAAQ".to_owned());
    }
    expect("/dashboards", 503, unknown.get("/dashboards").await);
    expect(routes::API_SESSION, 503, unknown.fetch(routes::API_SESSION).await);
    answers
}

/// An application whose limit is soon reached.
fn limited() -> Setup {
    TestApp::setup().set("ROLECALL_LIMITS__SIGN_INS_PER_MINUTE", "10")
}

// Case: header/no-hsts-over-http
// Case: header/nosniff, header/referrer-policy, header/coop, header/corp, header/permissions-policy
// Case: header/csp-base-uri, header/csp-frame-ancestors, header/csp-object-src
#[tokio::test]
async fn every_answer_over_http_is_protected() {
    let app = limited().start().await;
    for (path, answer) in every_kind_of_answer(&app).await {
        assert_protected(path, &answer);
        assert_eq!(answer.header("strict-transport-security"), "", "{path}: plain http cannot promise https");
    }
}

// Case: header/hsts
#[tokio::test]
async fn every_answer_over_https_is_protected_and_promises_https() {
    let app = limited().over_tls().start().await;
    for (path, answer) in every_kind_of_answer(&app).await {
        assert_protected(path, &answer);
        assert!(promises_https(&answer), "{path}: {answer:#?}");
    }
}

/// The nonce that a policy allows scripts by.
fn nonce(answer: &Answer) -> String {
    let (_, rest) = answer.header(CSP).split_once("'nonce-").unwrap();
    rest.split_once('\'').unwrap().0.to_owned()
}

// Case: header/csp-nonce, header/csp-object-src
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

// Case: header/csp-nonce
#[tokio::test]
async fn a_page_that_needs_no_script_allows_none_but_files_of_ours_and_the_one_that_keeps_the_fragment() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    for path in ["/", "/sign-in", "/signed-out", "/developers"] {
        let page = ada.get(path).await;
        page.assert_status(200);
        let policy = page.header(CSP);
        assert!(policy.contains("script-src 'sha256-") && policy.contains("connect-src 'none'"), "{path}: {policy}");
        assert!(!page.body.contains("<script type=\"module\" src"), "{path}: {page:#?}");
    }
    ada.sign_in_as("ada").await;
    for path in ["/", "/dashboards", routes::ACCOUNT, routes::ACCOUNT_TOKEN, "/sign-in", "/signed-out", "/developers"] {
        let page = ada.get(path).await;
        page.assert_status(200);
        let policy = page.header(CSP);
        assert!(policy.contains("script-src 'self' 'sha256-") && policy.contains("connect-src 'self'"), "{policy}");
        assert!(!policy.contains("'nonce-") && !policy.contains("wasm"), "{path}: {policy}");
        let own = usize::from([routes::ACCOUNT_TOKEN, "/", "/dashboards"].contains(&path));
        assert_eq!(page.body.matches("<script").count(), 1 + own, "{path}: {page:#?}");
        page.assert_shows("<script type=\"module\" src=\"/live.js\" data-role=\"admin\"");
    }
    for path in ["/", "/dashboards"] {
        ada.get(path).await.assert_shows("<script type=\"module\" src=\"/find.js\"></script>");
    }
}

// Case: header/csp-form-action
#[tokio::test]
async fn forms_may_lead_to_the_provider_and_nowhere_else() {
    let app = TestApp::start().await;
    let page = app.browser().get("/").await;
    let (_, allowed) = page.header(CSP).split_once("form-action ").unwrap();
    assert_eq!(allowed, format!("'self' http://{}", app.address()));
}

// Case: header/csp-nonce
#[tokio::test]
async fn a_problem_page_runs_one_script_known_by_its_hash_or_that_of_the_session() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let page = browser.get("/nothing").await;
    let scripts = page.header(CSP).split("script-src ").nth(1).unwrap().split(';').next().unwrap();
    let (_, script) = page.body.split_once("<script type=\"module\">").unwrap();
    let (script, rest) = script.split_once("</script>").unwrap();
    assert_eq!(scripts, format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script))));
    assert!(!rest.contains("<script"), "{page:#?}");
    browser.sign_in_as("ada").await;
    let page = browser.get("/nothing").await;
    assert_eq!(page.body.matches("<script").count(), 1, "{page:#?}");
    page.assert_shows(&format!("<script type=\"module\" src=\"{}\"", routes::LIVE_SCRIPT));
}

// Case: header/referrer-policy
#[tokio::test]
async fn the_address_of_a_callback_is_told_to_nobody() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    assert_eq!(browser.sign_in_as("ada").await.header("referrer-policy"), "no-referrer");
    assert_eq!(browser.get("/login/demo/authorized?code=a").await.header("referrer-policy"), "no-referrer");
    assert_eq!(browser.get("/").await.header("referrer-policy"), "same-origin");
}

// Case: header/hashed-assets
#[tokio::test]
async fn hashed_files_are_kept_for_a_year_and_scripts_are_asked_for_again() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let hashed = browser.get(HASHED_ASSET).await;
    assert_eq!(hashed.assert_status(200).header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(hashed.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(hashed.header("etag"), "");
    let plain = browser.get("/robots.txt").await;
    assert_eq!(plain.assert_status(200).header("cache-control"), "public, max-age=3600");
    // Scripts use each other, so old and new ones must not be mixed.
    let script = browser.get(SCRIPT).await;
    assert_eq!(script.assert_status(200).header("cache-control"), "no-cache");
}

// Case: header/changed-assets
#[tokio::test]
async fn a_file_without_a_hash_is_sent_again_only_where_it_is_another_one() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let file = browser.send(browser.request(Method::GET, SCRIPT)).await;
    let tag = file.assert_status(200).header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 20, "{tag}");
    let others = [tag.clone(), format!("W/{tag}"), format!("\"old\", {tag}"), "*".to_owned()];
    for (method, known) in [Method::GET, Method::HEAD].iter().flat_map(|of| others.iter().map(move |tag| (of, tag))) {
        let asked = browser.request(method.clone(), SCRIPT).header("if-none-match", known);
        let answer = browser.send(asked).await;
        assert_eq!((answer.status, answer.body.as_str()), (304, ""), "{method} {known}");
        assert_eq!((answer.header("etag"), answer.header("content-type")), (tag.as_str(), ""), "{method} {known}");
        assert_eq!((answer.header("cache-control"), answer.header("vary")), ("no-cache", "accept-encoding"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let before = browser.request(Method::GET, SCRIPT).header("if-none-match", "\"old\"");
    assert_eq!(browser.send(before).await.assert_status(200).body, file.body);
    let hashed = browser.request(Method::GET, HASHED_ASSET).header("if-none-match", "*");
    browser.send(hashed).await.assert_status(200);
}

#[tokio::test]
async fn what_is_answered_at_once_says_all_that_other_answers_say() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for path in [HASHED_ASSET, SCRIPT, routes::HEALTH_LIVE] {
        let got = browser.send(browser.request(Method::GET, path)).await;
        let head = browser.send(browser.request(Method::HEAD, path)).await;
        let refused = browser.send(browser.request(Method::POST, path)).await;
        assert_eq!((got.status, head.status, refused.status), (200, 200, 405), "{path}");
        assert_eq!(got.header("content-length"), got.body.len().to_string(), "{path}");
        assert!(head.body.is_empty(), "{path}");
        let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(names(&head), names(&got), "{path}");
        // A refusal goes through the router as usual: the other answers lack none of its headers.
        assert!(names(&refused).difference(&names(&got)).all(|name| name == "allow"), "{path}: {refused:#?}");
        let ids = [got, head, refused].map(|answer| answer.header("x-request-id").to_owned());
        assert!(ids.iter().all(|id| id.len() == 32) && ids[0] != ids[1] && ids[1] != ids[2], "{path}: {ids:?}");
    }
}
