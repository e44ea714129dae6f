//! Which algorithms ID tokens may be signed with: an explicit list for each provider, whatever the keys would allow.

use std::time::Duration;

use serde_json::json;

use crate::support::{Face, Signer, StandIn, set};

/// Every signer but the default one.
fn others() -> [Signer; 3] {
    [Signer::ps256("k"), Signer::es256("k"), Signer::eddsa("k")]
}

// Case: rp/es256-not-allowed, keys/algorithms-listed
#[tokio::test]
async fn without_a_list_only_rs256_is_taken() {
    for signer in others() {
        let provider = StandIn::start(Face::Plain).await;
        let announced = json!({"id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"]});
        let app = provider.setup().start().await;
        provider.sign_in(&app).await;
        app.clock.advance(Duration::from_mins(1));
        let mut browser = app.browser();
        provider.change(|script| {
            script.announce(announced);
            script.sign_with(signer);
        });
        provider.attempt(&mut browser).await.assert_status(400);
        assert_eq!(browser.user().await, None);
    }
}

// Case: keys/algorithms-listed
#[tokio::test]
async fn an_algorithm_on_the_list_is_taken_and_no_other() {
    for signer in others() {
        let provider = StandIn::start(Face::Plain).await;
        let app = set(provider.setup(), "ID_TOKEN_ALGORITHMS", signer.algorithm()).start().await;
        provider.change(|script| script.sign_with(signer));
        provider.sign_in(&app).await;
        app.clock.advance(Duration::from_mins(1));
        provider.reset();
        provider.attempt(&mut app.browser()).await.assert_status(400);
        assert_eq!(app.count("sign_ins").await, 1);
    }
}

#[tokio::test]
async fn a_provider_that_does_not_sign_with_rs256_at_all_is_taken_by_its_word() {
    for signer in others() {
        let provider = StandIn::start(Face::Plain).await;
        let announced = json!({"id_token_signing_alg_values_supported": ["HS256", "none", "new", signer.algorithm()]});
        provider.change(|script| {
            script.announce(announced);
            script.sign_with(signer);
        });
        let app = provider.setup().start().await;
        provider.sign_in(&app).await;
    }
}

#[tokio::test]
async fn a_key_that_is_for_one_algorithm_serves_no_other() {
    let provider = StandIn::start(Face::Plain).await;
    let app = set(provider.setup(), "ID_TOKEN_ALGORITHMS", "RS256,PS256").start().await;
    provider.change(|script| script.keys[0]["alg"] = json!("RS256"));
    provider.sign_in(&app).await;
    provider.change(|script| script.signer = Signer::ps256("provider-1"));
    provider.attempt(&mut app.browser()).await.assert_status(400);
}

// Case: rp/kid-absent, rp/kid-absent-several-keys
#[tokio::test]
async fn a_token_that_names_no_key_is_taken_where_one_fits_and_refused_where_several_do() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    provider.change(|script| {
        script.header.insert("kid".to_owned(), json!(null));
        script.keys.push(Signer::es256("of-another-kind").public_key());
    });
    provider.sign_in(&app).await;
    app.clock.advance(Duration::from_hours(2));
    let several = vec![Signer::rs256_of_another("a").public_key(), Signer::rs256("b").public_key()];
    provider.change(|script| script.keys = several);
    provider.attempt(&mut app.browser()).await.assert_status(400);
}

// Case: token/nested
#[tokio::test]
async fn a_token_within_a_token_is_refused() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    let inner = Signer::rs256("provider-1").sign(r#"{"alg":"RS256"}"#, "{}");
    for payload in [inner.clone(), format!("\"{inner}\""), "[]".to_owned(), "null".to_owned(), String::new()] {
        provider
            .refuses(&app, 400, |script| {
                script.header.insert("cty".to_owned(), json!("JWT"));
                script.payload = Some(payload);
            })
            .await;
    }
}

// Case: token/crit
#[tokio::test]
async fn odd_headers_are_refused() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    for header in [
        json!({"crit": ["exp"], "exp": 1}),
        json!({"typ": "at+jwt"}),
        json!({"typ": "logout+jwt"}),
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"alg": "PS256"}),
        json!({"alg": null}),
        json!({"alg": ["RS256"]}),
        json!({"kid": 7}),
    ] {
        let header = header.as_object().unwrap().clone();
        provider.refuses(&app, 400, |script| script.header.extend(header)).await;
    }
}
