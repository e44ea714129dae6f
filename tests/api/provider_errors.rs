//! The errors that people see when the provider refuses: in understandable words, with the details that an
//! administrator needs, and with a way on that keeps the page that they wanted.

use std::time::Duration;

use http::StatusCode;
use openidconnect::reqwest::Url;
use serde_json::json;

use crate::support::faulty_provider::{Answer as ProviderAnswer, Endpoint, Faults};
use crate::support::{Answer, Browser, TestApp, changed, parameter};

const WANTED: &str = "/dashboards/weather?page=3";
const TRY_AGAIN: &str = "href=\"/login/demo?return_to=%2Fdashboards%2Fweather%3Fpage%3D3\"";
const ANOTHER_ACCOUNT: &str =
    "href=\"/login/demo?return_to=%2Fdashboards%2Fweather%3Fpage%3D3&amp;prompt=select_account\"";
const TRACE: &str = "11111111-2222-4333-8444-555555555555";
const CORRELATION: &str = "66666666-7777-4888-9999-aaaaaaaaaaaa";

/// What Entra writes.
fn description(code: u32) -> String {
    format!(
        "AADSTS{code}: Something is not right.\r\nTrace ID: {TRACE}\r\nCorrelation ID: {CORRELATION}\r\n\
         Timestamp: 2024-02-29 12:34:56Z"
    )
}

/// The callback with which the provider refuses a sign-in in `browser`.
async fn refusal(browser: &mut Browser, error: &str, description: &str) -> Url {
    let authorization = browser.begin(WANTED).await;
    let declined = browser.decline(&authorization).await;
    changed(&changed(&declined, "error", Some(error)), "error_description", Some(description))
}

fn assert_details(app: &TestApp, answer: &Answer, code: u32) {
    answer.assert_shows(&format!("AADSTS{code}")).assert_shows(TRACE).assert_shows(CORRELATION);
    answer.assert_shows("2024-02-29 12:34:56Z").assert_shows("Something is not right.");
    answer.assert_shows(&format!("http://{}/login/demo/authorized", app.address()));
    answer.assert_shows(answer.header("x-request-id"));
}

// Case: aadsts/ids-shown, aadsts/50011, aadsts/65004, aadsts/50105, aadsts/50076, aadsts/65001
#[tokio::test]
async fn a_refusal_of_entra_is_told_in_words_that_help_with_all_that_an_administrator_asks_for() {
    let app = TestApp::start().await;
    let cases = [
        ("invalid_request", 50011, "must register exactly the redirect URI"),
        ("access_denied", 65004, "You declined"),
        ("access_denied", 50105, "not assigned to this application"),
        ("interaction_required", 50076, "confirm with your other factor"),
        ("invalid_client", 65001, "An administrator of your organization must first consent"),
    ];
    for (error, code, told) in cases {
        let mut browser = app.browser();
        let callback = refusal(&mut browser, error, &description(code)).await;
        let answer = browser.follow(&callback).await;
        answer.assert_status(400).assert_shows(told).assert_shows(error).assert_shows(TRY_AGAIN);
        assert_details(&app, &answer, code);
        assert!(!answer.body.contains("select_account"), "{answer:#?}");
        assert_eq!(browser.user().await, None);
    }
}

// Case: aadsts/by-oauth-error, aadsts/temporarily-unavailable
#[tokio::test]
async fn the_words_do_not_change_what_happens() {
    let app = TestApp::start().await;
    for (error, status) in [("temporarily_unavailable", 503), ("server_error", 503), ("access_denied", 400)] {
        for code in [1, 50011, 65004, 90055] {
            let mut browser = app.browser();
            let callback = refusal(&mut browser, error, &description(code)).await;
            browser.follow(&callback).await.assert_status(status).assert_shows(TRY_AGAIN);
        }
    }
}

// Case: aadsts/50020
#[tokio::test]
async fn who_came_with_the_wrong_account_can_choose_another_for_the_page_that_was_wanted() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let callback = refusal(&mut browser, "access_denied", &description(50020)).await;
    browser
        .follow(&callback)
        .await
        .assert_status(400)
        .assert_shows(ANOTHER_ACCOUNT)
        .assert_shows("Use another account");

    let again = browser.get("/login/demo?return_to=%2Fdashboards%2Fweather%3Fpage%3D3&prompt=select_account").await;
    let authorization: Url = again.assert_status(303).location().parse().unwrap();
    assert_eq!(parameter(&authorization, "prompt"), "select_account");
    let callback = browser.choose(&authorization, "reed").await;
    browser.follow(&callback).await.assert_redirect(WANTED);
}

#[tokio::test]
async fn a_link_cannot_have_the_provider_asked_for_anything_else() {
    let app = TestApp::start().await;
    for prompt in ["none", "consent", "create", "select_account login", ""] {
        let begun = app.browser().get(&format!("/login/demo?prompt={}", prompt.replace(' ', "+"))).await;
        assert!(!begun.assert_status(303).location().contains("prompt"), "{begun:#?}");
    }
    let begun = app.browser().get("/login/demo?prompt=login").await;
    assert!(begun.location().contains("prompt=login"), "{begun:#?}");
}

// Case: aadsts/ids-shown, aadsts/7000215, aadsts/7000222, aadsts/7000218, aadsts/700016, aadsts/54005
#[tokio::test]
async fn a_refusal_of_the_token_endpoint_is_told_in_the_same_way() {
    let app = TestApp::start().await;
    let cases = [
        (401, "invalid_client", 7_000_215, 503, "not its id"),
        (401, "invalid_client", 7_000_222, 503, "has expired"),
        (400, "invalid_request", 7_000_218, 400, "under the platform Web"),
        (400, "unauthorized_client", 700_016, 503, "client id and the tenant"),
        (400, "invalid_grant", 54005, 400, "used already"),
    ];
    for (http_status, error, code, status, told) in cases {
        let body = json!({
            "error": error, "error_description": description(code), "error_codes": [code],
            "timestamp": "2024-02-29 12:34:56Z", "trace_id": TRACE, "correlation_id": CORRELATION,
            "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
        });
        let http_status = StatusCode::from_u16(http_status).unwrap();
        app.demo().set_faults(Faults::answer(Endpoint::Token, ProviderAnswer::Json(http_status, body)));
        let mut browser = app.browser();
        let authorization = browser.begin(WANTED).await;
        let callback = browser.choose(&authorization, "ada").await;
        let answer = browser.follow(&callback).await;
        answer.assert_status(status).assert_shows(told).assert_shows(TRY_AGAIN);
        answer.assert_shows(&format!("https://login.microsoftonline.com/error?code={code}"));
        assert_details(&app, &answer, code);
        assert_eq!(browser.user().await, None);
    }
    app.demo().set_faults(Faults::default());
    app.browser().sign_in_as("ada").await;
}

#[tokio::test]
async fn no_page_repeats_a_code_a_state_or_a_token_that_the_provider_writes_into_its_error() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let authorization = browser.begin(WANTED).await;
    let callback = browser.choose(&authorization, "ada").await;
    let (code, state) = (parameter(&callback, "code"), parameter(&callback, "state"));
    let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln";
    let text = format!("No good: code {code}, token {jwt}.");
    let body = json!({"error": "invalid_grant", "error_description": text});
    app.demo().set_faults(Faults::answer(Endpoint::Token, ProviderAnswer::Json(StatusCode::BAD_REQUEST, body)));
    let told = browser.follow(&callback).await;
    told.assert_status(400).assert_shows("No good: code […], token […]");

    let mut other = app.browser();
    let callback = refusal(&mut other, "access_denied", "x").await;
    let text = format!("No good: {} {jwt}", parameter(&callback, "state"));
    let told_too = other.follow(&changed(&callback, "error_description", Some(&text))).await;
    told_too.assert_status(400).assert_shows("No good: […] […]");
    for secret in [&code, &state, jwt, &parameter(&callback, "state")] {
        assert!(!told.body.contains(secret) && !told_too.body.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn whatever_stands_in_an_error_the_page_is_whole() {
    let app = TestApp::start().await;
    let hostile = [
        "<script>alert(1)</script>".to_owned(),
        "AADSTS50011 Trace ID: </code><script>alert(1)</script> Correlation ID: x Timestamp: y".to_owned(),
        "\u{202e}\u{2066}\0\r\n\u{2028}".to_owned(),
        "AADSTS".repeat(1_000),
        "x".repeat(10_000),
    ];
    for description in hostile {
        let mut browser = app.browser();
        let callback = refusal(&mut browser, "access_denied", &description).await;
        let answer = browser.follow(&callback).await;
        answer.assert_status(400).assert_shows(TRY_AGAIN).assert_shows("</html>");
        // The only script is Rolecall's own, known by its hash; the provider's text adds none.
        assert_eq!(answer.body.matches("<script").count(), 1, "{answer:#?}");
        assert!(answer.body.contains("<script type=\"module\">"), "{answer:#?}");
        assert!(!answer.body.contains(['\u{202e}', '\u{2066}', '\0', '\u{2028}']), "{answer:#?}");
        assert!(answer.body.len() < 20_000, "{}", answer.body.len());
    }
}

#[tokio::test]
async fn a_provider_that_does_not_answer_leaves_a_way_on_that_keeps_the_page() {
    let app = TestApp::start().await;
    let broken = ProviderAnswer::Status(StatusCode::INTERNAL_SERVER_ERROR);
    app.demo().set_faults(Faults::answer(Endpoint::Discovery, broken));
    let mut browser = app.browser();
    browser
        .get(&format!("/login/demo?return_to={}", "%2Fdashboards%2Fweather%3Fpage%3D3"))
        .await
        .assert_shows(TRY_AGAIN);
    let form = [("provider", "demo"), ("return_to", WANTED)];
    browser.submit(rolecall_routes::API_BEGIN_SIGN_IN, &form).await.assert_status(503).assert_shows(TRY_AGAIN);
    let foreign = [("provider", "demo"), ("return_to", "//evil.test")];
    let answer = browser.submit(rolecall_routes::API_BEGIN_SIGN_IN, &foreign).await;
    answer.assert_status(503).assert_shows("href=\"/login/demo\"");
    assert!(!answer.body.contains("evil"), "{answer:#?}");
}

#[tokio::test]
async fn a_sign_in_that_took_too_long_keeps_the_page_that_was_wanted() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let authorization = browser.begin(WANTED).await;
    let callback = browser.choose(&authorization, "ada").await;
    app.clock.advance(Duration::from_mins(10));
    browser.follow(&callback).await.assert_status(400).assert_shows("longer than ten minutes").assert_shows(TRY_AGAIN);
}

#[tokio::test]
async fn what_another_browser_wanted_is_told_to_nobody() {
    let app = TestApp::start().await;
    let mut victim = app.browser();
    let authorization = victim.begin(WANTED).await;
    let callback = victim.choose(&authorization, "ada").await;
    let mut thief = app.browser();
    thief.begin("/").await;
    let answer = thief.follow(&callback).await;
    answer.assert_status(400).assert_shows("href=\"/login/demo\"");
    assert!(!answer.body.contains("weather"), "{answer:#?}");
}
