//! Sign-outs that the provider's page asks for in a frame (OpenID Connect Front-Channel Logout 1.0): without any
//! cookie, which browsers keep from frames of other sites.

use openidconnect::reqwest::Method;
use openidconnect::reqwest::header::ACCEPT;
use serde_json::Value;

use crate::support::faulty_provider::{ClaimFault, Faults};
use crate::support::{Answer, Browser, CapturedLog, TestApp};

async fn signed_in(app: &TestApp, person: &str) -> (Browser, String) {
    let mut browser = app.browser();
    browser.sign_in_as(person).await;
    let view: Value = browser.fetch("/api/id_token").await.assert_status(200).json();
    let sid = view["claims"].as_array().unwrap().iter().find(|claim| claim["name"] == "sid").unwrap();
    let sid = sid["value"].as_str().unwrap().to_owned();
    (browser, sid)
}

/// The answer to the request of a frame on the provider's page.
async fn frame(app: &TestApp, query: &[(&str, &str)]) -> Answer {
    let mut browser = app.browser();
    let request = browser.request(Method::GET, "/login/demo/frontchannel-logout").query(query);
    let request = request.header(ACCEPT, "text/html").header("sec-fetch-site", "cross-site");
    browser.send(request.header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "iframe")).await
}

// Case: frontchannel/ends-the-session, frontchannel/no-token-revoked
#[tokio::test]
async fn the_session_that_the_frame_names_is_over_and_no_other_is() {
    let app = TestApp::start().await;
    let (mut desk, sid) = signed_in(&app, "ada").await;
    let (mut phone, _) = signed_in(&app, "ada").await;
    let issuer = app.demo().issuer().to_string();
    let answer = frame(&app, &[("iss", &issuer), ("sid", &sid)]).await;
    answer.assert_status(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(desk.user().await, None);
    assert!(phone.user().await.is_some());
    assert_eq!(app.demo().requests().token, 2, "the sign-out must not ask the token endpoint");
}

// Case: frontchannel/only-sid
#[tokio::test]
async fn the_issuer_may_be_missing() {
    let app = TestApp::start().await;
    let (mut browser, sid) = signed_in(&app, "ada").await;
    frame(&app, &[("sid", &sid)]).await.assert_status(200);
    assert_eq!(browser.user().await, None);
}

// Case: frontchannel/iss-of-another
#[tokio::test]
async fn what_names_no_session_of_this_provider_ends_nothing() {
    let app = TestApp::start().await;
    let (mut browser, sid) = signed_in(&app, "ada").await;
    let issuer = app.demo().issuer().to_string();
    let (long, other) = ("a".repeat(256), format!("{issuer}/"));
    for query in [
        vec![],
        vec![("iss", issuer.as_str())],
        vec![("iss", "https://issuer.example.com"), ("sid", sid.as_str())],
        vec![("iss", other.as_str()), ("sid", sid.as_str())],
        vec![("iss", issuer.as_str()), ("iss", issuer.as_str()), ("sid", sid.as_str())],
        vec![("sid", sid.as_str()), ("sid", sid.as_str())],
        vec![("sid", "")],
        vec![("sid", "a\r\nb")],
        vec![("sid", long.as_str())],
    ] {
        let answer = frame(&app, &query).await;
        assert_eq!(answer.status, 400, "{query:?}");
        assert!(browser.user().await.is_some(), "{query:?}");
    }
    frame(&app, &[("sid", "another")]).await.assert_status(200);
    assert!(browser.user().await.is_some());
    frame(&app, &[("sid", &sid)]).await.assert_status(200);
    assert_eq!(browser.user().await, None);
}

#[tokio::test]
async fn only_the_provider_may_frame_the_answer() {
    let app = TestApp::start().await;
    let (mut browser, sid) = signed_in(&app, "ada").await;
    let answer = frame(&app, &[("sid", &sid)]).await;
    let policy = answer.header("content-security-policy");
    assert!(policy.contains(&format!("frame-ancestors http://{}", app.address())), "{policy}");
    assert_eq!(answer.header("x-frame-options"), "");
    let page = browser.get("/").await;
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(page.header("x-frame-options"), "DENY");
}

// Case: frontchannel/nobody
#[tokio::test]
async fn a_sign_out_that_finds_nobody_is_a_warning_that_says_why() {
    let log = CapturedLog::begin();
    let app = TestApp::start().await;
    app.demo().set_faults(Faults::claim(ClaimFault::Missing("sid")));
    let mut without = app.browser();
    without.sign_in_as("ada").await;
    frame(&app, &[("sid", "a-session")]).await.assert_status(200);
    app.demo().set_faults(Faults::default());
    let (mut browser, sid) = signed_in(&app, "ada").await;
    frame(&app, &[("sid", "another-session")]).await.assert_status(200);
    frame(&app, &[("sid", &sid)]).await.assert_status(200);
    assert_eq!((without.user().await.is_some(), browser.user().await), (true, None));
    let told = log.entries().into_iter().filter(|entry| entry.text("event") == "sign_out_without_match");
    let reasons: Vec<_> = told.map(|entry| format!("{} {}", entry.text("level"), entry.text("reason"))).collect();
    assert_eq!(reasons, ["WARN no_sid_in_id_tokens", "WARN unknown_sid"]);
}
