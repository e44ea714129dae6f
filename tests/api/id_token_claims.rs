//! Times and parties of ID tokens, exactly at their limits (OpenID Connect Core 3.1.3.7).

use serde_json::{Value, json};

use crate::support::{CLIENT_ID, Face, StandIn, TestApp};

/// Checks which of `cases` are accepted.
async fn judged(provider: &StandIn, app: &TestApp, cases: impl IntoIterator<Item = (Value, bool)>) {
    for (claims, is_taken) in cases {
        provider.change(|script| script.claim(claims.clone()));
        let mut browser = app.browser();
        let answer = provider.attempt(&mut browser).await;
        assert_eq!(answer.status, if is_taken { 303 } else { 400 }, "{claims}: {answer:#?}");
        assert_eq!(browser.user().await.is_some(), is_taken, "{claims}");
        provider.reset();
    }
}

async fn plain() -> (StandIn, TestApp, i64) {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    let now_s = app.clock.now_ms() / 1000;
    (provider, app, now_s)
}

// Case: token/exp-leeway, token/nbf-ahead, token/iat-ahead
#[tokio::test]
async fn times_have_a_leeway_of_one_minute() {
    let (provider, app, now_s) = plain().await;
    let cases = [
        (json!({"exp": now_s - 59}), true),
        (json!({"exp": now_s - 61}), false),
        (json!({"nbf": now_s + 60}), true),
        (json!({"nbf": now_s + 62}), false),
        (json!({"iat": now_s + 60}), true),
        (json!({"iat": now_s + 62}), false),
        (json!({"iat": now_s - 10 * 60}), true),
        (json!({"iat": now_s - 10 * 60 - 2}), false),
    ];
    judged(&provider, &app, cases).await;
}

// Case: token/exp-beyond-time
#[tokio::test]
async fn times_that_are_none_are_refused() {
    let (provider, app, _) = plain().await;
    for name in ["exp", "nbf", "iat"] {
        let odd = [json!("1700000000"), json!([1]), json!({}), json!(true)];
        judged(&provider, &app, odd.map(|odd| (json!({ name: odd }), false))).await;
    }
    let impossible = [json!({"exp": 1e300}), json!({"exp": -1e300}), json!({"nbf": 1e300}), json!({"iat": 1e300})];
    judged(&provider, &app, impossible.map(|claims| (claims, false))).await;
}

// Case: token/azp-other, token/azp-missing-beside-several-aud, token/azp-ours-beside-several-aud
#[tokio::test]
async fn a_token_is_for_us_or_says_that_it_is_ours() {
    let (provider, app, _) = plain().await;
    let cases = [
        (json!({"aud": [CLIENT_ID]}), true),
        (json!({"aud": [CLIENT_ID, "other"], "azp": CLIENT_ID}), true),
        (json!({"azp": CLIENT_ID}), true),
        (json!({"aud": [CLIENT_ID, "other"]}), false),
        (json!({"aud": [CLIENT_ID, "other"], "azp": "other"}), false),
        (json!({"aud": ["other"], "azp": CLIENT_ID}), false),
        (json!({"aud": []}), false),
        (json!({"aud": [[CLIENT_ID]]}), false),
        (json!({"azp": "other"}), false),
        (json!({"azp": [CLIENT_ID]}), false),
    ];
    judged(&provider, &app, cases).await;
}

// Case: rp/invalid-iss
#[tokio::test]
async fn an_issuer_is_compared_letter_by_letter() {
    let (provider, app, _) = plain().await;
    let issuer = provider.issuer();
    let cases = [
        (json!({"iss": issuer}), true),
        (json!({"iss": format!("{issuer}/")}), false),
        (json!({"iss": issuer.replace("/op/", "/OP/")}), false),
        (json!({"iss": issuer.replace("127.0.0.1", "localhost")}), false),
        (json!({"iss": [issuer]}), false),
    ];
    judged(&provider, &app, cases).await;
}

// Case: token/claims-of-other-form
#[tokio::test]
async fn a_list_where_an_object_belongs_is_refused() {
    let (provider, app, _) = plain().await;
    let cases = [
        (json!({"address": ["Seattle"]}), false),
        (json!({"sub": {"a": 1}}), false),
        (json!({"nonce": [["n"]]}), false),
        (json!({"own_claim": ["anything", {"goes": 1}]}), true),
    ];
    judged(&provider, &app, cases).await;
}
