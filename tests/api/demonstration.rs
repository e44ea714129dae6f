//! The demonstration, in which everybody can sign in as anybody: it works only on its own machine.

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use serde_json::Value;

use crate::support::{Answer, CapturedLog, Program, TestApp, raw, raw_status};

const PATHS: [&str; 7] = [
    "/",
    "/demo/.well-known/openid-configuration",
    "/login/demo",
    routes::API_V1_OPENAPI,
    routes::HEALTH_READY,
    "/robots.txt",
    "/nothing/here",
];

#[tokio::test]
async fn the_program_believes_its_own_provider() {
    let program = Program::start([]).await;
    let mut ada = program.browser();
    ada.sign_in_as("ada").await;
    assert_eq!(ada.user().await.unwrap().name, "Ada Vale");

    let request = program.browser().request(Method::POST, "/demo/api-token").form(&[("person", "reed")]);
    let answer: Value = Answer::read(request.send().await.unwrap()).await.assert_status(200).json();
    let token = answer["access_token"].as_str().unwrap();
    let request = program.browser().request(Method::GET, routes::API_V1_SECURE_DATA).bearer_auth(token);
    Answer::read(request.send().await.unwrap()).await.assert_status(200);
}

// Case: demo/behind-proxy
#[tokio::test]
async fn what_a_proxy_passes_on_gets_nothing_of_the_demonstration() {
    for trusted in ["", "127.0.0.1"] {
        let (log, app) =
            (CapturedLog::begin(), TestApp::setup().set("ROLECALL_TRUSTED_PROXIES", trusted).start().await);
        let headers = [
            ("X-Forwarded-For", "203.0.113.9"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "127.0.0.1"),
            ("X-Forwarded-Server", "proxy"),
            ("Forwarded", "for=203.0.113.9"),
            ("Via", "1.1 proxy"),
            ("X-Real-IP", "203.0.113.9"),
        ];
        for (name, value) in headers {
            for path in PATHS {
                let browser = app.browser();
                let request = browser.navigation(Method::GET, path).header(name, value);
                let answer = browser.clone().send(request).await;
                answer.assert_status(421);
                // The API reports this like every other error.
                assert!(
                    path == routes::API_V1_OPENAPI || answer.body.contains("only on its own machine"),
                    "{answer:#?}"
                );
            }
        }
        assert!(log.entries().iter().any(|entry| entry.text("event") == "demonstration_refused"), "{}", log.text());
        app.browser().get("/").await.assert_status(200);
        app.browser().sign_in_as("ada").await;
    }
}

// Case: demo/behind-proxy
#[tokio::test]
async fn the_demonstration_is_at_no_other_host_and_not_for_a_proxy_that_says_nothing() {
    let app = TestApp::start().await;
    let own = app.address().to_string();
    for path in PATHS {
        for (host, version, is_here) in [
            (own.as_str(), "1.1", true),
            ("localhost", "1.1", true),
            ("rolecall.example.com", "1.1", false),
            ("10.0.0.7:3000", "1.1", false),
            // The version that nginx uses by default.
            (own.as_str(), "1.0", false),
        ] {
            let request = format!("GET {path} HTTP/{version}\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            let status = raw_status(&raw(&app, request.as_bytes()).await.replace("HTTP/1.0", "HTTP/1.1"));
            assert_eq!(status != 421, is_here, "{path} of {host} by HTTP/{version}: {status}");
        }
    }
}
