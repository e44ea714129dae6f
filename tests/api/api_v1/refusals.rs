//! Requests that are refused: without a token, with an invalid one, too often, or while something is down.

use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use rolecall_server::access::RouteKind;
use serde_json::Value;

use super::paths;
use crate::support::faulty_provider::{Answer as ProviderAnswer, Endpoint, Faults};
use crate::support::{Answer, CapturedLog, TestApp, policy, raw, raw_status, until};

// Case: api/no-token, identity/no-header
#[tokio::test]
async fn without_a_token_nobody_gets_anything_whatever_else_they_bring() {
    let app = TestApp::setup().with_own_provider().start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let cookie = ada.cookie_header();
    let token = app.person_token("ada").await;
    let sets: [&[(&str, &str)]; 6] = [
        &[],
        &[("cookie", &cookie)],
        &[("cookie", &cookie), ("accept", "text/html"), ("sec-fetch-mode", "navigate")],
        &[("authorization", "Basic YWRhOmFkYQ==")],
        &[("x-forwarded-user", "ada@example.com"), ("x-ms-token-aad-access-token", &token)],
        &[("cookie", &format!("access_token={token}"))],
    ];
    for headers in sets {
        for (path, _) in paths() {
            for path in [path.clone(), format!("{path}?access_token={token}")] {
                let answer = app.ask_with(Method::GET, &path, headers).await;
                assert_eq!(answer.assert_problem(401).challenge(), "Bearer realm=\"Rolecall\"", "{headers:?}");
            }
        }
    }
    // The cookie is valid elsewhere; here it makes no difference beside a token.
    assert_eq!(ada.user().await.unwrap().name, "Ada Vale");
    let reed = format!("Bearer {}", app.person_token("reed").await);
    let both = [("cookie", cookie.as_str()), ("authorization", &reed)];
    let me: Value = app.ask_with(Method::GET, routes::API_V1_ME, &both).await.json();
    assert_eq!(me["name"], "Reed Marlow");
}

// Case: api/header
#[tokio::test]
async fn a_header_that_cannot_be_read_is_told_so() {
    let app = TestApp::start().await;
    let token = app.person_token("ada").await;
    let host = app.address();
    let ask = async |headers: &str| {
        let request = format!("GET /api/v1/me HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");
        raw(&app, request.as_bytes()).await
    };
    let good = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(raw_status(&ask(&good).await), 200);
    assert_eq!(raw_status(&ask(&good.replace("Bearer", "bearer")).await), 200);
    for bad in [
        format!("{good}{good}"),
        format!("{good}Authorization: Basic YTpi\r\n"),
        format!("Authorization: Bearer {token} {token}\r\n"),
        format!("Authorization: Bearer {token},{token}\r\n"),
        "Authorization: Bearer\r\n".to_owned(),
        "Authorization: Bearer \u{e9}\r\n".to_owned(),
    ] {
        let answer = ask(&bad).await;
        assert_eq!(raw_status(&answer), 400, "{bad}: {answer}");
        assert!(
            answer.contains("error=\"invalid_request\"") && answer.contains("application/problem+json"),
            "{answer}"
        );
    }
    for garbage in ["a", "a.b.c", "..", "e30.e30.AAAA", "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.AAAA"] {
        let answer = app.ask(routes::API_V1_ME, garbage).await;
        assert!(answer.assert_problem(401).challenge().contains("error=\"invalid_token\""), "{garbage}: {answer:#?}");
    }
}

/// Every kind of failure, asked for as a browser would.
// Case: api/problems
#[tokio::test]
async fn whatever_fails_is_a_problem_document_and_never_a_page() {
    let app = TestApp::start().await;
    let token = format!("Bearer {}", app.person_token("ada").await);
    let html = [("accept", "text/html"), ("sec-fetch-mode", "navigate"), ("authorization", token.as_str())];
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v1/me/",
        "/api/v1//me",
        "/api/v1/dashboards/a/b",
        "/api/v1/%ff",
    ] {
        app.ask_with(Method::GET, path, &html).await.assert_problem(404);
        app.ask_with(Method::POST, path, &html).await.assert_problem(404);
        app.ask_with(Method::GET, path, &html[..2]).await.assert_problem(401);
    }
    app.ask_with(Method::GET, routes::API_V1_ME, &html).await.assert_status(200).assert_for_programs();
    app.ask_with(Method::DELETE, routes::API_V1_ME, &html).await.assert_problem(405);
    let large = app.browser().request(Method::GET, routes::API_V1_ME).headers(headers(&html)).body("x".repeat(70_000));
    Answer::read(large.send().await.unwrap()).await.assert_problem(413);
    // A request to another name of this machine is answered like any other.
    let elsewhere = format!(
        "GET /api/v1/me HTTP/1.1\r\nHost: localhost:{}\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n",
        app.address().port()
    );
    assert_eq!(raw_status(&raw(&app, elsewhere.as_bytes()).await), 200);
    app.db().close().await;
    let answer = app.ask_with(Method::GET, &routes::api_v1_panel("weather", "note"), &html).await;
    answer.assert_problem(500).assert_shows("request id");
}

fn headers(pairs: &[(&str, &str)]) -> openidconnect::reqwest::header::HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect::<Vec<_>>()
        .into_iter()
        .collect()
}

// Case: api/in-the-clear
#[tokio::test]
async fn a_token_that_came_without_https_is_not_answered() {
    let app = TestApp::setup().behind_proxy().over_tls().start().await;
    let token = app.person_token("ada").await;
    let bearer = format!("Bearer {token}");
    let by =
        |scheme| [("x-forwarded-proto", scheme), ("x-forwarded-for", "192.0.2.1"), ("authorization", bearer.as_str())];
    app.ask_with(Method::GET, routes::API_V1_ME, &by("https")).await.assert_status(200);
    app.ask_with(Method::GET, routes::API_V1_ME, &by("http")).await.assert_problem(421);
}

// Case: limits/bearer
#[tokio::test]
async fn who_fails_too_often_with_a_token_is_told_when_to_come_again_and_others_are_not_held_up() {
    let setup = TestApp::setup().set("ROLECALL_LIMITS__API_FAILURES_PER_MINUTE", "3");
    let app = setup.behind_proxy().start().await;
    let log = CapturedLog::begin();
    let good = app.person_token("ada").await;
    let from = async |client: &str, token: &str| {
        let headers = [("authorization", &*format!("Bearer {token}")), ("x-forwarded-for", client)];
        app.ask_with(Method::GET, routes::API_V1_ME, &headers).await
    };
    for _ in 0..3 {
        from("203.0.113.1", "a.b.c").await.assert_problem(401);
    }
    for _ in 0..5 {
        let answer = from("203.0.113.1", "a.b.c").await;
        assert_eq!(answer.assert_problem(429).header("retry-after"), "20");
    }
    let logged = log.entries().iter().filter(|entry| entry.text("event") == "api_token_refused").count();
    assert_eq!(logged, 1, "repeated refusals are logged once");
    from("203.0.113.1", &good).await.assert_status(200);
    from("203.0.113.2", "a.b.c").await.assert_problem(401);
    // A request without a token does not count as a failed one.
    app.ask_with(Method::GET, routes::API_V1_ME, &[("x-forwarded-for", "203.0.113.1")]).await.assert_problem(401);
    app.clock.advance(Duration::from_secs(20));
    from("203.0.113.1", "a.b.c").await.assert_problem(401);
    from("203.0.113.1", "a.b.c").await.assert_problem(429);
}

// Case: api/off
#[tokio::test]
async fn without_an_audience_there_is_no_api() {
    let app = TestApp::setup().set("ROLECALL_API__AUDIENCE", "[]").start().await;
    let token = app.person_token("ada").await;
    for path in policy().paths_of(RouteKind::Api) {
        let path = path.replace("{slug}", "weather").replace("{panel}", "table").replace("{*path}", "x");
        app.ask(&path, &token).await.assert_problem(404).assert_shows("api.audience");
        app.ask_with(Method::POST, &path, &[]).await.assert_problem(404);
    }
    app.browser().get(routes::DEVELOPERS).await.assert_status(200).assert_shows("The API is off here");
}

// Case: api/step-up
#[tokio::test]
async fn what_needs_a_recent_proof_needs_it_here_too() {
    let app = TestApp::setup().set("ROLECALL_STEP_UP__WRITE", "10m").start().await;
    let (wren, robot) = (app.person_token("wren").await, app.robot_token().await);
    let table = routes::api_v1_panel("weather", "table");
    app.ask(&table, &wren).await.assert_status(200);
    app.clock.advance(Duration::from_secs(601));
    let answer = app.ask(&table, &wren).await;
    assert!(answer.assert_problem(401).challenge().contains("error=\"insufficient_user_authentication\""));
    app.ask(&routes::api_v1_panel("weather", "figures"), &wren).await.assert_status(200);
    app.ask(routes::API_V1_SECURE_DATA, &robot).await.assert_status(200);
}

// Case: api/sign-out
#[tokio::test]
async fn a_token_is_good_until_it_ends_whoever_signs_out() {
    let app = TestApp::start().await;
    let token = app.person_token("ada").await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    ada.submit(routes::API_SIGN_OUT, &[]).await;
    app.ask(routes::API_V1_ME, &token).await.assert_status(200);
    assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 0);
}

// Case: api/provider-down
#[tokio::test]
async fn a_provider_that_panics_or_is_down_gives_503_and_recovers() {
    let app = TestApp::start().await;
    let token = app.person_token("ada").await;
    app.demo().set_faults(Faults::answer(Endpoint::Jwks, ProviderAnswer::InvalidJson));
    app.ask(routes::API_V1_ME, &token).await.assert_problem(503);
    app.demo().set_faults(Faults::default());
    app.ask(routes::API_V1_ME, &token).await.assert_status(200);
}

// Case: audit/events
#[tokio::test]
async fn a_good_token_that_does_not_suffice_stands_in_the_audit_with_whose_it_is() {
    let app = TestApp::start().await;
    for person in ["reed", "wren"] {
        let token = app.person_token(person).await;
        let me: Value = app.ask(routes::API_V1_ME, &token).await.json();
        app.ask(routes::API_V1_USERS, &token).await.assert_problem(403);
        let subject = me["subject"].as_str().unwrap();
        let told = format!("audit WHERE kind = 'api_denied' AND details LIKE '%\"subject\":\"{subject}\"%'");
        until(&told, async || app.count(&told).await == 1).await;
    }
}

// Case: audit/each-caller
#[tokio::test]
async fn who_is_refused_very_often_hides_no_refusal_of_others_at_the_same_address() {
    let app = TestApp::start().await;
    for (person, asked, noted) in [("reed", 40, 30), ("wren", 1, 1)] {
        let token = app.person_token(person).await;
        let me: Value = app.ask(routes::API_V1_ME, &token).await.json();
        for _ in 0..asked {
            app.ask(routes::API_V1_USERS, &token).await.assert_problem(403);
        }
        assert!(app.audit().flush(Duration::from_secs(30)).await);
        let subject = me["subject"].as_str().unwrap();
        let told = format!("audit WHERE kind = 'api_denied' AND details LIKE '%\"subject\":\"{subject}\"%'");
        assert_eq!(app.count(&told).await, noted, "{person}");
    }
}
