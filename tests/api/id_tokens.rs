//! ID tokens with each fault that the demonstration provider can make (OpenID Connect Core 3.1.3.7, RFC 8725). Such a
//! token must have no effect.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use rolecall_demo_provider::CLIENT_ID;
use serde_json::{Value, json};

use crate::support::faulty_provider::{Answer, ClaimFault, Endpoint, Faults, SignatureFault};
use crate::support::{TestApp, refused_with};

// Case: rp/nonce-invalid
#[tokio::test]
async fn a_token_with_another_nonce_is_refused() {
    refused_with(Faults::claim(ClaimFault::WrongNonce)).await;
}

// Case: rp/nonce-missing
#[tokio::test]
async fn a_token_without_nonce_is_refused() {
    refused_with(Faults::claim(ClaimFault::Missing("nonce"))).await;
}

// Case: rp/invalid-iss
#[tokio::test]
async fn a_token_of_another_issuer_is_refused() {
    refused_with(Faults::claim(ClaimFault::WrongIssuer)).await;
}

// Case: rp/invalid-aud
#[tokio::test]
async fn a_token_for_another_client_is_refused() {
    refused_with(Faults::claim(ClaimFault::WrongAudience)).await;
}

// Case: rp/missing-aud
#[tokio::test]
async fn a_token_without_audience_is_refused() {
    refused_with(Faults::claim(ClaimFault::Missing("aud"))).await;
}

// Case: token/azp-missing-beside-several-aud
#[tokio::test]
async fn a_token_for_several_clients_that_does_not_say_whose_it_is_is_refused() {
    refused_with(Faults::claim(ClaimFault::ExtraAudience)).await;
}

// Case: token/azp-other
#[tokio::test]
async fn a_token_that_was_issued_to_another_client_is_refused() {
    refused_with(Faults::claim(ClaimFault::WrongAuthorizedParty)).await;
}

// Case: token/iat-ahead
#[tokio::test]
async fn a_token_from_the_future_is_refused() {
    refused_with(Faults::claim(ClaimFault::IssuedInFuture)).await;
}

// Case: token/iat-long-ago
#[tokio::test]
async fn a_token_from_long_ago_is_refused() {
    refused_with(Faults::claim(ClaimFault::IssuedLongAgo)).await;
}

// Case: token/expired
#[tokio::test]
async fn an_expired_token_is_refused() {
    refused_with(Faults::claim(ClaimFault::Expired)).await;
}

// Case: token/nbf-ahead
#[tokio::test]
async fn a_token_that_is_not_valid_yet_is_refused() {
    refused_with(Faults::claim(ClaimFault::NotYetValid)).await;
}

#[tokio::test]
async fn roles_as_an_object_are_refused() {
    refused_with(Faults::claim(ClaimFault::RolesAsObject)).await;
}

// Case: rp/sig-none
#[tokio::test]
async fn a_token_without_signature_is_refused() {
    refused_with(Faults::signature(SignatureFault::AlgNone)).await;
}

// Case: rp/hs256-not-allowed, keys/hmac-never-beside-rsa
#[tokio::test]
async fn a_token_signed_with_the_client_id_as_a_secret_is_refused() {
    refused_with(Faults::signature(SignatureFault::Hs256(CLIENT_ID.as_bytes().to_vec()))).await;
}

// Case: rp/hs256-not-allowed
#[tokio::test]
async fn a_token_signed_with_an_empty_secret_is_refused() {
    refused_with(Faults::signature(SignatureFault::Hs256(Vec::new()))).await;
}

// Case: rp/invalid-sig-rs256
#[tokio::test]
async fn a_token_with_a_broken_signature_is_refused() {
    refused_with(Faults::signature(SignatureFault::Broken)).await;
}

#[tokio::test]
async fn a_token_signed_by_an_unpublished_key_is_refused() {
    refused_with(Faults::signature(SignatureFault::UnknownKey)).await;
}

// Case: rp/kid-absent-several-keys
#[tokio::test]
async fn a_token_that_names_none_of_several_keys_is_refused() {
    refused_with(Faults::signature(SignatureFault::NoKidSeveralKeys)).await;
}

// Case: token/crit
#[tokio::test]
async fn a_token_with_an_unknown_critical_header_is_refused() {
    refused_with(Faults::signature(SignatureFault::Critical)).await;
}

// Case: token/typ-access-token
#[tokio::test]
async fn an_access_token_in_place_of_an_id_token_is_refused() {
    refused_with(Faults::signature(SignatureFault::Typ("at+jwt"))).await;
}

/// An honest token with `claims` over its own.
fn with(claims: &Value) -> Faults {
    Faults { extra_claims: claims.as_object().unwrap().clone(), ..Faults::default() }
}

/// `parts` as a JWT: each as base64url, with dots between.
fn jwt(parts: &[&str]) -> String {
    parts.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect::<Vec<_>>().join(".")
}

// Case: token/nested
#[tokio::test]
async fn a_token_within_a_token_is_refused() {
    let inner = jwt(&[r#"{"alg":"none"}"#, r#"{"sub":"1"}"#, ""]);
    let nested = jwt(&[r#"{"alg":"RS256","cty":"JWT"}"#, &inner, "signature"]);
    let encrypted = jwt(&[r#"{"alg":"RSA-OAEP","enc":"A256GCM","cty":"JWT"}"#, "key", "iv", &inner, "tag"]);
    for token in [nested, encrypted] {
        let answer = json!({"access_token": "a", "token_type": "Bearer", "id_token": token});
        refused_with(Faults::answer(Endpoint::Token, Answer::Json(StatusCode::OK, answer))).await;
    }
}

#[tokio::test]
async fn roles_of_any_other_form_are_refused() {
    for claims in [json!({"roles": {"0": "Rolecall.Admin"}}), json!({"roles": [["Rolecall.Admin"]]})] {
        refused_with(with(&claims)).await.assert_shows("roles");
    }
}

// Case: token/nbf-ahead
#[tokio::test]
async fn a_time_before_which_the_token_is_not_valid_must_be_one() {
    for claims in [json!({"nbf": "now"}), json!({"nbf": 1e300}), json!({"nbf": null})] {
        refused_with(with(&claims)).await;
    }
}

// Case: rp/missing-sub
#[tokio::test]
async fn a_token_without_subject_is_refused() {
    refused_with(Faults::claim(ClaimFault::Missing("sub"))).await;
}

// Case: rp/empty-sub
#[tokio::test]
async fn a_token_with_an_empty_subject_is_refused() {
    let claims = json!({"sub": ""});
    refused_with(Faults { extra_claims: claims.as_object().unwrap().clone(), ..Faults::default() }).await;
}

// Case: rp/missing-iss
#[tokio::test]
async fn a_token_without_issuer_is_refused() {
    refused_with(Faults::claim(ClaimFault::Missing("iss"))).await;
}

// Case: rp/missing-iat
#[tokio::test]
async fn a_token_without_issue_time_is_refused() {
    refused_with(Faults::claim(ClaimFault::Missing("iat"))).await;
}

// Case: rp/missing-exp
#[tokio::test]
async fn a_token_without_end_is_refused() {
    refused_with(Faults::claim(ClaimFault::Missing("exp"))).await;
}

// Case: token/claims-of-other-form, token/exp-beyond-time
#[tokio::test]
async fn claims_of_impossible_forms_are_refused() {
    for claims in [json!({"sub": ["a"]}), json!({"exp": 1e300}), json!({"aud": {"a": 1}}), json!({"nonce": []})] {
        refused_with(with(&claims)).await;
    }
}

// Case: rp/kid-absent
#[tokio::test]
async fn a_token_that_names_no_key_is_taken_while_there_is_one_key() {
    let app = TestApp::start().await;
    app.demo().set_faults(Faults::signature(SignatureFault::NoKid));
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    assert_eq!(browser.user().await.unwrap().name, "Ada Vale");
}

// Case: token/azp-ours-beside-several-aud
#[tokio::test]
async fn a_token_for_several_clients_is_taken_when_it_says_that_it_is_ours() {
    let app = TestApp::start().await;
    app.demo().set_faults(with(&json!({"aud": [CLIENT_ID, "another-client"], "azp": CLIENT_ID})));
    app.browser().sign_in_as("ada").await;
}
