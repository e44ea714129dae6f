//! Who may use SCIM, and that nobody else learns anything.

use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall_scim::tokens;
use serde_json::json;

use super::{Directory, issuer, start};
use crate::support::{Answer, CapturedLog, TestApp, TestDb, execute, on_both_dialects};

on_both_dialects! {
    a_token_counts_until_its_end_or_until_it_is_revoked_and_several_at_once,
}

const PATHS: [&str; 8] = [
    "/scim",
    "/scim/v2/Users",
    "/scim/v2/Users/1",
    "/scim/v2/Groups",
    "/scim/v2/ServiceProviderConfig",
    "/scim/v2/Schemas",
    "/scim/v2/ResourceTypes",
    "/scim/v2/nothing",
];

/// Fails unless the answer says only that a token is needed.
#[track_caller]
fn assert_closed(answer: &Answer) {
    assert_eq!(answer.assert_scim_error(401, "").header("www-authenticate"), "Bearer realm=\"SCIM\"");
    assert!(answer.body.contains("This needs a valid token."), "{answer:#?}");
}

// Case: scim/no-token
#[tokio::test]
async fn nobody_without_a_token_learns_whether_there_is_any() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let (ada_token, cookie) = (format!("Bearer {}", app.person_token("ada").await), ada.cookie_header());
    let unknown = "Bearer rolecall_scim_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let sets: [&[(&str, &str)]; 7] = [
        &[],
        &[("cookie", &cookie)],
        &[("cookie", &cookie), ("accept", "text/html"), ("sec-fetch-mode", "navigate")],
        &[("authorization", "Basic YWRhOmFkYQ==")],
        &[("authorization", &ada_token)],
        &[("authorization", unknown)],
        &[("authorization", "Bearer")],
    ];
    let mut bodies = std::collections::BTreeSet::new();
    for round in 0..2 {
        for headers in sets {
            for path in PATHS {
                for method in [Method::GET, Method::POST, Method::PATCH, Method::DELETE, Method::OPTIONS] {
                    let answer = app.ask_with(method, path, headers).await;
                    assert_closed(&answer);
                    bodies.insert(answer.body);
                }
            }
        }
        if round == 0 {
            Directory::of(&app).await;
        }
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(app.count("scim_users").await, 0);
}

// Case: scim/tokens
async fn a_token_counts_until_its_end_or_until_it_is_revoked_and_several_at_once(database: &TestDb) {
    let app = start(database).await;
    let (old, new) = (Directory::of(&app).await, Directory::with(&app, "entra-2", &issuer(&app).await).await);
    for directory in [&old, &new] {
        directory.get("/scim/v2/Users").await.assert_scim(200);
    }
    let kept = crate::support::text(app.db(), "SELECT name || provider || issuer || id FROM scim_tokens LIMIT 1").await;
    assert!(!kept.contains(&old.token) && app.count("scim_tokens WHERE LENGTH(hash) = 32").await == 2);
    assert_eq!(app.count("scim_tokens WHERE used_at IS NOT NULL").await, 2);
    let mut transaction = app.db().begin().await.unwrap();
    assert!(tokens::revoke_in(&mut transaction, "entra", app.clock.now_ms()).await.unwrap().is_some());
    transaction.commit().await.unwrap();
    assert_closed(&old.get("/scim/v2/Users").await);
    assert_closed(&old.post("/scim/v2/Users", json!({ "userName": "x" })).await);
    new.get("/scim/v2/Users").await.assert_scim(200);
    // The name can be used again, for a different token.
    Directory::with(&app, "entra", &issuer(&app).await).await;
    assert_closed(&old.get("/scim/v2/Users").await);
    app.clock.advance(Duration::from_secs(24 * 3600 - 1));
    new.get("/scim/v2/Users").await.assert_scim(200);
    app.clock.advance(Duration::from_secs(1));
    assert_closed(&new.get("/scim/v2/Users").await);
}

// Case: scim/token-use
#[tokio::test]
async fn a_request_does_not_fail_because_its_token_could_not_be_noted() {
    let log = CapturedLog::begin();
    let app = TestApp::start().await;
    let directory = Directory::of(&app).await;
    let used = async || app.count("scim_tokens WHERE used_at IS NOT NULL").await;
    let refuse = "CREATE TRIGGER refuse BEFORE UPDATE ON scim_tokens BEGIN SELECT RAISE(FAIL, 'no time'); END";
    execute(app.db(), refuse).await;
    let tried = || log.entries().iter().filter(|entry| entry.text("event") == "scim_token_use_not_noted").count();
    for (tries, minutes) in [(1, 0), (1, 0), (2, 1), (2, 0)] {
        app.clock.advance(Duration::from_mins(minutes));
        directory.get("/scim/v2/Users").await.assert_scim(200);
        assert_eq!((tried(), used().await), (tries, 0), "the use of a token is noted once a minute");
    }
    execute(app.db(), "DROP TRIGGER refuse").await;
    app.clock.advance(Duration::from_mins(1));
    directory.get("/scim/v2/Users").await.assert_scim(200);
    assert_eq!((tried(), used().await), (2, 1));
}

// Case: scim/limits
#[tokio::test]
async fn who_fails_too_often_waits_and_who_has_a_token_does_not() {
    let setup = TestApp::setup().set("ROLECALL_LIMITS__API_FAILURES_PER_MINUTE", "3");
    let app = setup.behind_proxy().start().await;
    let directory = Directory::of(&app).await;
    let from = async |client: &str, token: &str| {
        let headers = [("authorization", &*format!("Bearer {token}")), ("x-forwarded-for", client)];
        app.ask_with(Method::GET, "/scim/v2/Users", &headers).await
    };
    for _ in 0..3 {
        assert_closed(&from("203.0.113.1", "rolecall_scim_x").await);
    }
    let answer = from("203.0.113.1", "rolecall_scim_x").await;
    assert_eq!(answer.assert_scim_error(429, "").header("retry-after"), "20");
    from("203.0.113.1", &directory.token).await.assert_scim(200);
    assert_closed(&from("203.0.113.2", "rolecall_scim_x").await);
    assert!(app.audit().flush(Duration::from_secs(30)).await);
    assert_eq!(app.count("audit WHERE kind = 'scim_token_refused'").await, 2, "one entry for each client address");
}

// Case: scim/in-the-clear
#[tokio::test]
async fn a_token_that_came_without_https_is_not_answered() {
    let app = TestApp::setup().behind_proxy().over_tls().start().await;
    let directory = Directory::of(&app).await;
    let bearer = format!("Bearer {}", directory.token);
    let by =
        |scheme| [("x-forwarded-proto", scheme), ("x-forwarded-for", "192.0.2.1"), ("authorization", bearer.as_str())];
    app.ask_with(Method::GET, "/scim/v2/Users", &by("https")).await.assert_scim(200);
    app.ask_with(Method::GET, "/scim/v2/Users", &by("http")).await.assert_scim_error(421, "");
}
