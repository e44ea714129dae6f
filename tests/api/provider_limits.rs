//! What a provider cannot make Rolecall do: follow it elsewhere, wait for ever, read without end, or ask it again and
//! again.

use std::time::Duration;

use openidconnect::core::CoreIdToken;
use rolecall_sign_in::id_token::{self, ExpectedNonce};
use serde_json::json;

use crate::support::{Face, Signer, StandIn, TestApp};

/// The endpoints that Rolecall calls itself, in the order of a sign-in whose token lacks a name.
const ENDPOINTS: [&str; 4] = ["discovery", "jwks", "token", "userinfo"];

/// The nonce of the tokens that are made here.
const NONCE: ExpectedNonce<'static> = ExpectedNonce::Attempt("n");

async fn nameless() -> (StandIn, TestApp) {
    let provider = StandIn::start(Face::Plain).await;
    provider.change(|script| script.claim(json!({"name": null})));
    let app = provider.setup().start().await;
    (provider, app)
}

// Case: http/no-redirects
#[tokio::test]
async fn no_endpoint_leads_us_elsewhere() {
    for endpoint in ENDPOINTS {
        let (provider, app) = nameless().await;
        provider.change(|script| script.redirects = Some(endpoint));
        let mut browser = app.browser();
        let answer = provider.attempt(&mut browser).await;
        assert!([400, 503].contains(&answer.status), "{endpoint}: {answer:#?}");
        assert_eq!(browser.user().await, None);
        assert_eq!((provider.count(endpoint), provider.count("elsewhere")), (1, 0), "{endpoint}");
        provider.change(|script| script.redirects = None);
        provider.sign_in(&app).await;
    }
}

// Case: http/whole-timeout, fault/provider-slow
#[tokio::test]
async fn no_endpoint_without_https_is_used() {
    let names = [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "end_session_endpoint",
        "pushed_authorization_request_endpoint",
    ];
    for name in names {
        for address in ["http://id.example.com/x", "ftp://id.example.com/x"] {
            let provider = StandIn::start(Face::Plain).await;
            let app = provider.setup().start().await;
            provider.change(|script| script.announce(json!({ name: address })));
            let mut browser = app.browser();
            browser.get("/login/azure").await.assert_status(503);
            assert!(browser.cookies.is_empty());
            provider.reset();
            provider.sign_in(&app).await;
        }
    }
}

#[tokio::test]
async fn a_provider_that_never_answers_is_given_up_after_ten_seconds() {
    let begun = tokio::time::Instant::now();
    let cases = ENDPOINTS.map(|endpoint| async move {
        let (provider, app) = nameless().await;
        provider.change(|script| script.hangs = Some(endpoint));
        let mut browser = app.browser();
        provider.attempt(&mut browser).await.assert_status(503);
        assert_eq!(browser.user().await, None);
        provider.change(|script| script.hangs = None);
        provider.sign_in(&app).await;
    });
    futures_util::future::join_all(cases).await;
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

// Case: http/body-cap, fault/provider-huge-body
#[tokio::test]
async fn no_endpoint_makes_us_read_more_than_a_mebibyte() {
    for endpoint in ENDPOINTS {
        for (length, status) in [((1 << 20) + 1, 503), ((1 << 20), 400)] {
            let (provider, app) = nameless().await;
            provider.change(|script| script.answers = vec![(endpoint, 200, " ".repeat(length))]);
            let answer = provider.attempt(&mut app.browser()).await;
            // Unreadable metadata and keys count as missing; other unreadable answers refuse the sign-in.
            let expected = if ["discovery", "jwks"].contains(&endpoint) { 503 } else { status };
            answer.assert_status(expected);
            provider.change(|script| script.answers.clear());
            provider.sign_in(&app).await;
        }
    }
}

// Case: keys/unknown-kid-thousand
#[tokio::test]
async fn a_thousand_unknown_keys_cost_one_fetch() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    provider.sign_in(&app).await;
    let before = provider.count("jwks");

    let ours = app.auth().provider("azure").unwrap();
    let now_ms = app.clock.now_ms();
    let metadata = ours.metadata(now_ms).await.unwrap();
    let issued_at = now_ms / 1000;
    let claims = json!({
        "iss": provider.issuer(), "sub": "s", "aud": ours.config.client_id, "nonce": "n",
        "iat": issued_at, "exp": issued_at + 60,
    });
    let checks = (0..1_000).map(|number| {
        let header = json!({"alg": "RS256", "kid": format!("unknown-{number}")});
        let token = Signer::rs256("").sign(&header.to_string(), &claims.to_string());
        let token: CoreIdToken = token.parse().unwrap();
        let metadata = &metadata;
        async move { id_token::validate(&token, ours, metadata, NONCE, now_ms).await.is_err() }
    });
    let refused = futures_util::future::join_all(checks).await;
    assert!(refused.into_iter().all(|refused| refused));
    assert_eq!(provider.count("jwks"), before + 1);

    let header = json!({"alg": "RS256", "kid": "provider-1"}).to_string();
    let known: CoreIdToken = Signer::rs256("").sign(&header, &claims.to_string()).parse().unwrap();
    assert!(id_token::validate(&known, ours, &metadata, NONCE, now_ms).await.is_ok(), "the same with a known key");
}

#[tokio::test]
async fn who_waits_for_keys_that_cannot_be_had_does_not_ask_again() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    provider.change(|script| script.answers = vec![("jwks", 500, String::new())]);
    let ours = app.auth().provider("azure").unwrap();
    let now_ms = app.clock.now_ms();
    let metadata = ours.metadata(now_ms).await.unwrap();
    let asked = futures_util::future::join_all((0..50).map(|_| ours.keys(&metadata, now_ms))).await;
    assert!(asked.iter().all(Result::is_err));
    assert_eq!(provider.count("jwks"), 1);
    provider.change(|script| script.answers.clear());
    provider.sign_in(&app).await;
}
