//! The log: who did what, when and where, one entry a line, without secrets.

use std::time::Duration;

use http::StatusCode;
use openidconnect::reqwest::Method;
use rolecall_config::LogFormat;
use rolecall_routes as routes;
use rolecall_server::telemetry;
use serde_json::{Map, json};

use crate::support::faulty_provider::{Answer as ProviderAnswer, ClaimFault, Endpoint, Faults};
use crate::support::{Answer, CapturedLog, Entry, TestApp, changed, parameter, raw_get, text, until};

/// How every JWT of the demonstration provider begins: `{"alg":` as base64url.
const JWT: &str = "eyJhbGci";

#[track_caller]
fn assert_fields(entry: &Entry, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(&entry.text(name), value, "{name} in {entry:?}");
    }
}

#[track_caller]
fn assert_of_request(entry: &Entry, answer: &Answer) {
    assert_eq!(entry.text("span.request_id"), answer.header("x-request-id"), "{entry:?}");
    assert_eq!(entry.text("ip"), "127.0.0.1");
    assert!(entry.text("timestamp").ends_with('Z'), "{entry:?}");
}

#[tokio::test]
async fn a_sign_in_and_a_sign_out_name_the_person_the_provider_and_the_request() {
    let (log, app) = (CapturedLog::begin(), TestApp::start().await);
    let mut ada = app.browser();
    let answer = ada.sign_in_as("ada").await;
    let user_id = text(app.db(), "SELECT CAST(id AS TEXT) FROM users").await;
    let signed_in = log.event("signed_in");
    assert_of_request(&signed_in, &answer);
    let expected = [("level", "INFO"), ("provider", "demo"), ("user_id", &user_id), ("role", "admin")];
    assert_fields(&signed_in, &expected);
    assert_fields(&signed_in, &[("span.method", "GET"), ("span.route", routes::LOGIN_AUTHORIZED)]);

    let answer = ada.submit(routes::API_SIGN_OUT, &[]).await;
    let signed_out = log.event("signed_out");
    assert_of_request(&signed_out, &answer);
    assert_fields(&signed_out, &[("level", "INFO"), ("provider", "demo"), ("user_id", &user_id)]);
}

#[tokio::test]
async fn a_refused_sign_in_names_its_reason_and_what_the_provider_said() {
    let (log, app) = (CapturedLog::begin(), TestApp::start().await);
    let mut browser = app.browser();
    let authorization = browser.begin("/").await;
    let declined = browser.decline(&authorization).await;
    let described = changed(
        &declined,
        "error_description",
        Some("AADSTS65004: No. Trace ID: 11111111-2222-4333-8444-555555555555 Correlation ID: x"),
    );
    let answer = browser.follow(&described).await;
    let refused = log.event("sign_in_refused");
    assert_of_request(&refused, &answer);
    assert_fields(&refused, &[("level", "WARN"), ("provider", "demo"), ("reason", "provider_refused")]);
    assert_fields(&refused, &[("provider_error", "access_denied"), ("provider_code", "65004")]);
    assert_fields(&refused, &[("trace_id", "11111111-2222-4333-8444-555555555555"), ("correlation_id", "")]);
}

#[tokio::test]
async fn a_sign_in_that_cannot_begin_and_one_that_is_stopped_are_events() {
    let (log, app) = (CapturedLog::begin(), TestApp::start().await);
    let mut browser = app.browser();
    let answer = browser.get("/login/nobody-here").await;
    let not_begun = log.event("sign_in_not_begun");
    assert_of_request(&not_begun, &answer);
    // The provider in the address may be anything, so it is not written to the log.
    assert_fields(&not_begun, &[("provider", "unknown"), ("reason", "unknown_provider")]);

    browser.cookies.insert("rolecall-tries".to_owned(), "3".to_owned());
    let answer = browser.get("/login/demo").await;
    let stopped = log.event("sign_in_stopped");
    assert_of_request(&stopped, &answer);
    assert_fields(&stopped, &[("level", "WARN"), ("provider", "demo"), ("in_a_row", "3")]);
}

#[tokio::test]
async fn a_refresh_that_fails_names_its_reason_what_the_provider_said_and_the_request_and_no_token() {
    let (log, app) = (CapturedLog::begin(), TestApp::setup().with_offline_access().start().await);
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    app.clock.advance(Duration::from_mins(48));
    ada.user().await.unwrap();
    assert_fields(&log.event("refreshed"), &[("level", "INFO"), ("role_before", "admin"), ("role", "admin")]);

    let id = text(app.db(), "SELECT id FROM sign_ins").await;
    let tokens = app.auth().sign_ins().tokens(&id).await.unwrap().unwrap();
    let refresh_token = tokens.refresh_token.clone().unwrap();
    let said = format!("AADSTS50173: The grant {refresh_token} has ended, since the password was changed.");
    let body = json!({"error": "invalid_grant", "error_description": said});
    app.demo().set_faults(Faults::answer(Endpoint::Token, ProviderAnswer::Json(StatusCode::BAD_REQUEST, body)));
    app.clock.advance(Duration::from_mins(48));
    let answer = ada.fetch(routes::API_SESSION).await;
    let failed = log.event("not_refreshed");
    assert_fields(&failed, &[("level", "WARN"), ("reason", "invalid_grant"), ("ended", "true"), ("provider", "demo")]);
    assert_fields(&failed, &[("provider_code", "50173"), ("user_id", &log.event("signed_in").text("user_id"))]);
    assert_eq!(failed.text("span.request_id"), answer.header("x-request-id"));
    for secret in [&refresh_token, &tokens.access_token, &tokens.id_token] {
        assert!(!log.text().contains(secret.as_str()), "{secret} is in the log");
    }
}

#[tokio::test]
async fn a_sign_out_by_the_provider_is_an_event_also_when_it_is_refused() {
    let (log, app) = (CapturedLog::begin(), TestApp::start().await);
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let mut provider = app.browser();
    let path = "/login/demo/backchannel-logout";
    let forged = provider.request(Method::POST, path).form(&[("logout_token", "a.b.c")]);
    let answer = provider.send(forged).await;
    let refused = log.event("provider_sign_out_refused");
    assert_of_request(&refused, &answer);
    assert_fields(&refused, &[("level", "WARN"), ("provider", "demo"), ("reason", "logout_token_refused")]);

    let subject = text(app.db(), "SELECT subject FROM users").await;
    let claims = Map::from_iter([("sub".to_owned(), json!(subject))]);
    let token = app.demo().logout_token(&claims);
    let honest = provider.request(Method::POST, path).form(&[("logout_token", &token)]);
    let answer = provider.send(honest).await;
    answer.assert_status(200);
    let signed_out = log.event("signed_out_by_provider");
    assert_of_request(&signed_out, &answer);
    let user_id = log.event("signed_in").text("user_id");
    assert_fields(&signed_out, &[("provider", "demo"), ("user_ids", &format!("[{user_id}]"))]);
    assert!(!log.text().contains(&token));
}

#[tokio::test]
async fn denied_access_names_who_was_denied_what_and_why() {
    let app = TestApp::start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    let user_id = text(app.db(), "SELECT CAST(id AS TEXT) FROM users").await;

    let log = CapturedLog::begin();
    let answer = reed.fetch(routes::ADMIN_SESSIONS).await;
    let denied = log.event("access_denied");
    assert_of_request(&denied, &answer);
    let expected =
        [("level", "WARN"), ("reason", "role"), ("user_id", &user_id), ("role", "read"), ("needed", "admin")];
    assert_fields(&denied, &expected);
    assert_fields(&denied, &[("span.route", routes::ADMIN_SESSIONS), ("span.method", "GET")]);
    drop(log);

    let log = CapturedLog::begin();
    app.browser().fetch(routes::API_ID_TOKEN).await.assert_status(401);
    assert_fields(&log.event("access_denied"), &[("reason", "signed_out"), ("user_id", ""), ("needed", "")]);
    drop(log);

    let log = CapturedLog::begin();
    let foreign = reed.request(Method::POST, routes::API_SIGN_OUT).header("sec-fetch-site", "cross-site");
    let answer = reed.clone().send(foreign).await;
    answer.assert_status(403);
    assert_of_request(&log.event("access_denied"), &answer);
    assert_fields(&log.event("access_denied"), &[("reason", "foreign_origin")]);
    drop(log);

    let log = CapturedLog::begin();
    app.browser().get("/dashboards").await.assert_status(303);
    assert!(!log.text().contains("access_denied"), "a page that leads to the sign-in denies nothing");
}

// Case: logs/no-secrets
#[tokio::test]
async fn no_code_state_nonce_cookie_session_or_token_is_in_the_log() {
    let (log, app) = (CapturedLog::begin(), TestApp::start().await);
    let mut secrets = Vec::new();
    let mut ada = app.browser();
    let authorization = ada.begin("/dashboards").await;
    secrets.extend(["state", "nonce", "code_challenge"].map(|name| parameter(&authorization, name)));
    let callback = ada.choose(&authorization, "ada").await;
    secrets.push(parameter(&callback, "code"));
    ada.follow(&callback).await.assert_redirect("/dashboards");
    // The same callback a second time, and the callback in another browser, log no secret.
    ada.follow(&callback).await.assert_redirect("/dashboards");
    app.browser().follow(&callback).await.assert_status(400);
    for path in ["/dashboards", "/dashboards/weather", routes::ACCOUNT_TOKEN, "/nothing"] {
        ada.get(path).await;
    }
    let id = text(app.db(), "SELECT id FROM sign_ins").await;
    let tokens = app.auth().sign_ins().tokens(&id).await.unwrap().unwrap();
    secrets.extend([tokens.id_token.clone(), tokens.access_token.clone(), JWT.to_owned()]);
    secrets.extend(ada.cookies.values().cloned());

    let mut wren = app.browser();
    for faults in [
        Faults::claim(ClaimFault::WrongNonce),
        Faults::answer(
            Endpoint::Token,
            ProviderAnswer::Json(StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"})),
        ),
        Faults::answer(Endpoint::Token, ProviderAnswer::InvalidJson),
    ] {
        app.demo().set_faults(faults);
        let authorization = wren.begin("/").await;
        let callback = wren.choose(&authorization, "wren").await;
        secrets.extend([parameter(&callback, "state"), parameter(&callback, "code")]);
        secrets.push(parameter(&authorization, "nonce"));
        wren.follow(&callback).await.assert_status(400);
    }
    app.demo().set_faults(Faults::default());
    secrets.extend(wren.cookies.values().filter(|value| value.len() > 1).cloned());
    ada.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);

    let logged = log.text();
    for event in ["signed_in", "sign_in_refused", "signed_out"] {
        assert!(logged.contains(event), "{event} is not in the log at all");
    }
    assert!(secrets.len() > 12);
    for secret in secrets {
        assert!(secret.len() >= JWT.len() && !logged.contains(&secret), "{secret} is in the log");
    }
}

/// Texts with which an attacker would try to forge lines of the log.
const HOSTILE: [&str; 4] = [
    "x\r\n{\"event\":\"signed_in\",\"user_id\":1}\n",
    "x\"}\n{\"level\":\"INFO\"}",
    "\u{202e}\u{2066}txet\u{2028}\u{85}\u{200b}",
    "\x1b[31m\0\x08\x7f",
];

// Case: text/logs
#[tokio::test]
async fn nobody_can_write_lines_of_their_own_or_turn_those_that_are_there() {
    for format in [LogFormat::Json, LogFormat::Pretty] {
        let (log, app) = (CapturedLog::begin_as(format), TestApp::start().await);
        for hostile in HOSTILE.map(ToOwned::to_owned).into_iter().chain(["y".repeat(10_000)]) {
            let mut browser = app.browser();
            let authorization = browser.begin("/").await;
            let declined = browser.decline(&authorization).await;
            let forged = changed(&changed(&declined, "error", Some(&hostile)), "error_description", Some(&hostile));
            browser.follow(&forged).await.assert_status(400);
            let encoded: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
            browser.get(&format!("/login/{encoded}?return_to={encoded}")).await;
            browser.get(&format!("/{encoded}")).await;
            app.demo().set_faults(Faults {
                extra_claims: Map::from_iter([
                    ("name".to_owned(), json!(hostile)),
                    ("email".to_owned(), json!(hostile)),
                ]),
                ..Faults::default()
            });
            browser.sign_in_as("ada").await;
            app.demo().set_faults(Faults::claim(ClaimFault::WrongIssuer));
            browser.attempt_as("ada").await.assert_status(400);
            app.demo().set_faults(Faults::default());
            raw_get(&app, "/login/nobody", &format!("User-Agent: a\u{202e}b{}\r\n", "z".repeat(5_000))).await;
        }
        let logged = log.text();
        assert!(!logged.contains(|c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{2028}".contains(c)));
        for line in logged.lines() {
            assert!(line.len() < 8_000, "{line}");
            match format {
                LogFormat::Json => assert!(serde_json::from_str::<Map<_, _>>(line).is_ok(), "{line}"),
                LogFormat::Pretty => assert!(line.starts_with("20") && line.contains("Z "), "{line}"),
            }
        }
        let refused = logged.lines().filter(|line| line.contains("sign_in_refused")).count();
        assert_eq!(refused, 2 * (HOSTILE.len() + 1), "{logged}");
    }
}

#[tokio::test]
async fn a_panic_is_one_line_of_the_log_and_the_page_for_500() {
    let app = TestApp::start().await;
    let log = CapturedLog::begin();
    telemetry::log_panics();
    let panics = ProviderAnswer::Panics("it broke\nbadly".to_owned());
    app.demo().set_faults(Faults::answer(Endpoint::EndSession, panics));
    let mut browser = app.browser();
    let answer = browser.get("/demo/end_session").await;
    // Panics from here on are reported as usual.
    drop(std::panic::take_hook());
    answer.assert_status(500).assert_shows("on our side").assert_shows(answer.header("x-request-id"));
    assert!(!answer.body.contains("it broke"), "{answer:#?}");

    let told: Vec<_> = log.entries().into_iter().filter(|entry| entry.text("level") == "ERROR").collect();
    let [panicked] = told.as_slice() else { panic!("{told:?}") };
    assert_fields(panicked, &[("event", "panicked"), ("said", "it broke badly")]);
    assert_eq!(panicked.text("span.request_id"), answer.header("x-request-id"));
    assert!(panicked.text("location").contains("layer.rs:"), "{panicked:?}");

    app.demo().set_faults(Faults::default());
    browser.sign_in_as("ada").await;
}

#[tokio::test]
async fn the_request_id_of_a_trusted_proxy_is_noted_beside_our_own() {
    for (trusted, given, noted) in [
        (true, "3f2a-proxy.1_x", "3f2a-proxy.1_x"),
        (false, "3f2a-proxy.1_x", ""),
        (true, "two words", ""),
        (true, "quote\"", ""),
        (true, &"x".repeat(65), ""),
    ] {
        let setup = TestApp::setup().with_own_provider();
        let setup = if trusted { setup.behind_proxy() } else { setup };
        let (log, app) = (CapturedLog::begin(), setup.start().await);
        let mut browser = app.browser();
        let request = browser.navigation(Method::GET, "/login/nobody").header("x-request-id", given);
        let answer = browser.send(request).await;
        let event = log.event("sign_in_not_begun");
        assert_eq!(event.text("span.request_id"), answer.header("x-request-id"));
        assert_ne!(event.text("span.request_id"), given);
        assert_eq!(event.text("span.proxy_request_id"), noted, "trusted: {trusted}, {given}");
    }
}

/// Refusals that anybody can cause without end: the event, what it is about, and how often each client's are logged.
const REFUSALS: [(&str, &str, usize); 7] = [
    ("access_denied", "signed_out", 1),
    ("access_denied", "foreign_origin", 1),
    ("api_token_refused", "no_token", 1),
    ("rate_limited", "Begin", 1),
    ("rate_limited", "ApiFailure", 1),
    ("provider_sign_out_refused", "logout_token_refused", 30),
    ("sign_out_without_match", "no_sid_in_id_tokens", 30),
];

// Case: log/flood
#[tokio::test]
async fn a_client_that_is_refused_again_and_again_does_not_fill_the_log() {
    const TIMES: usize = 50;
    let app = TestApp::setup()
        .behind_proxy()
        .set("ROLECALL_LIMITS__SIGN_INS_PER_MINUTE", "1")
        .set("ROLECALL_LIMITS__API_FAILURES_PER_MINUTE", "1");
    let (log, app) = (CapturedLog::begin(), app.start().await);
    let browser = app.browser();
    for client in ["203.0.113.7", "203.0.113.8"] {
        for _ in 0..TIMES {
            let requests = [
                browser.request(Method::GET, routes::API_ID_TOKEN),
                browser.request(Method::POST, routes::API_SIGN_OUT).header("sec-fetch-site", "cross-site"),
                browser.request(Method::GET, routes::API_V1_ME),
                browser.request(Method::GET, "/login/demo"),
                browser.request(Method::GET, routes::API_V1_ME).bearer_auth("a.b.c"),
                browser.request(Method::POST, "/login/demo/backchannel-logout").form(&[("logout_token", "x")]),
                browser.request(Method::GET, "/login/demo/frontchannel-logout?sid=x"),
            ];
            for request in requests {
                browser.clone().send(request.header("x-forwarded-for", client)).await;
            }
        }
        for (event, about, lines) in REFUSALS {
            assert_eq!(written(&log, event, client).filter(|entry| is_about(entry, about)).count(), lines, "{event}");
        }
    }
    for never in ["lines_left_out", "signed_out_by_provider"] {
        assert!(written(&log, never, "203.0.113.7").next().is_none(), "{}", log.text());
    }

    app.clock.advance(Duration::from_mins(1));
    let counted = async || written(&log, "lines_left_out", "203.0.113.8").count() >= REFUSALS.len();
    until("what was left out is counted", counted).await;
    for client in ["203.0.113.7", "203.0.113.8"] {
        for (event, about, lines) in REFUSALS {
            let mut counts = written(&log, "lines_left_out", client).filter(|entry| entry.text("of") == event);
            let count: usize =
                counts.find(|entry| entry.text("about") == about).unwrap().text("count").parse().unwrap();
            let expected = TIMES - lines - usize::from(event == "rate_limited");
            assert_eq!(count, expected, "{event} {about}");
        }
    }
    let answer = browser.clone().send(browser.request(Method::GET, routes::API_ID_TOKEN)).await;
    answer.assert_status(401);
    assert_eq!(written(&log, "access_denied", "127.0.0.1").count(), 1, "the next minute has a line again");
}

/// The entries called `event` that requests of `client` caused.
fn written(log: &CapturedLog, event: &str, client: &str) -> impl Iterator<Item = Entry> {
    let is_of = |entry: &Entry| ["ip", "span.client"].iter().any(|field| entry.text(field) == client);
    log.entries()
        .into_iter()
        .filter(|entry| entry.text("event") == event && is_of(entry))
        .collect::<Vec<_>>()
        .into_iter()
}

fn is_about(entry: &Entry, about: &str) -> bool {
    ["reason", "what"].iter().any(|field| entry.text(field) == about)
}
