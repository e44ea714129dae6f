//! Pushed authorization requests (RFC 9126): used where they are offered, and what happens when they fail.

use serde_json::json;

use crate::support::{Answer, CLIENT_ID, CLIENT_SECRET, ClientProof, Face, StandIn, TestApp, set};

const CLIENT_RSA_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/sign-in/test-keys/client-rsa.key.pem");

/// A provider that offers to take pushed requests, and takes no others when it `requires` them.
async fn offering(requires: bool) -> StandIn {
    let provider = StandIn::start(Face::Plain).await;
    provider.change(|script| {
        script.only_pushed = requires;
        script.announce(json!({
            "pushed_authorization_request_endpoint": "/oauth2/v2.0/par",
            "require_pushed_authorization_requests": requires,
        }));
    });
    provider
}

#[tokio::test]
async fn where_requests_can_be_pushed_the_browser_carries_a_reference_alone() {
    let provider = offering(true).await;
    let app = provider.setup().start().await;
    provider.sign_in(&app).await;
    let seen = provider.seen();
    assert_eq!(seen.authorization.keys().collect::<Vec<_>>(), ["client_id", "request_uri"]);
    assert_eq!(seen.authorization["client_id"], CLIENT_ID);
    for pushed in ["client_id", "redirect_uri", "state", "nonce", "code_challenge", "scope", "response_type"] {
        assert!(seen.pushed.contains_key(pushed), "{pushed} is missing in {seen:?}");
    }
    assert_eq!(provider.count("par"), 1);
}

#[tokio::test]
async fn a_client_proves_who_it_is_when_it_pushes_as_when_it_asks_for_tokens() {
    let provider = offering(true).await;
    provider.change(|script| script.client_proof = ClientProof::SecretPost(CLIENT_SECRET));
    let app = set(provider.setup(), "CLIENT_AUTH", "client_secret_post").start().await;
    provider.sign_in(&app).await;

    provider.change(|script| {
        script.client_proof =
            ClientProof::Assertion("RS256", include_str!("../../crates/sign-in/test-keys/client-rsa.crt.pem"));
    });
    let setup = set(set(provider.setup(), "CLIENT_SECRET", ""), "CLIENT_KEY_FILE", CLIENT_RSA_KEY);
    let app = setup.start().await;
    provider.sign_in(&app).await;
}

#[tokio::test]
async fn never_and_always_are_obeyed() {
    let provider = offering(false).await;
    let app = set(provider.setup(), "PAR", "never").start().await;
    provider.sign_in(&app).await;
    assert_eq!(provider.count("par"), 0);
    assert!(provider.seen().authorization.contains_key("state"));
    let app = set(provider.setup(), "PAR", "always").start().await;
    provider.sign_in(&app).await;
    assert_eq!(provider.count("par"), 1);
}

/// Checks that no sign-in begins: no cookie is set, and the browser is not redirected.
async fn cannot_begin(provider: &StandIn, app: &TestApp, status: u16) -> Answer {
    let mut browser = app.browser();
    let before = provider.count("authorize");
    let answer = provider.attempt(&mut browser).await;
    answer.assert_status(status);
    assert_eq!(provider.count("authorize"), before);
    assert!(browser.cookies.is_empty());
    answer
}

#[tokio::test]
async fn a_configuration_that_the_provider_cannot_meet_is_the_administrators_business() {
    let provider = offering(true).await;
    let app = set(provider.setup(), "PAR", "never").start().await;
    cannot_begin(&provider, &app, 503).await.assert_shows("administrator");

    let provider = StandIn::start(Face::Plain).await;
    let app = set(provider.setup(), "PAR", "always").start().await;
    cannot_begin(&provider, &app, 503).await.assert_shows("administrator");
    let app = provider.setup().start().await;
    provider.sign_in(&app).await;
}

#[tokio::test]
async fn a_push_that_fails_begins_nothing() {
    let provider = offering(true).await;
    let app = provider.setup().start().await;
    let long = format!("{{\"request_uri\": \"{}\", \"expires_in\": 60}}", "u".repeat(3_000));
    let endless = "x".repeat(2 << 20);
    for (status, body, expected) in [
        (400, r#"{"error": "invalid_request", "error_description": "no <b>"}"#, 400),
        (401, r#"{"error": "invalid_client"}"#, 503),
        (429, "", 503),
        (500, "{}", 503),
        (201, "{}", 400),
        (201, "no json", 400),
        (201, r#"{"request_uri": ""}"#, 400),
        (201, r#"{"request_uri": ["urn:x"]}"#, 400),
        (201, long.as_str(), 400),
        (201, endless.as_str(), 503),
    ] {
        provider.change(|script| script.answers = vec![("par", status, body.to_owned())]);
        cannot_begin(&provider, &app, expected).await;
    }
    provider.change(|script| script.answers.clear());
    provider.sign_in(&app).await;
}

#[tokio::test]
async fn a_push_is_not_redirected() {
    let provider = offering(true).await;
    let app = provider.setup().start().await;
    provider.change(|script| script.redirects = Some("par"));
    cannot_begin(&provider, &app, 503).await;
    assert_eq!(provider.count("elsewhere"), 0, "the client credentials must not follow the redirect");
}
