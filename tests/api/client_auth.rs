//! How Rolecall authenticates at the provider: by a secret in the header or in the form, by a key, or by nothing
//! (OpenID Connect Core 9).

use std::time::Duration;

use rolecall_model::Role;
use serde_json::json;

use crate::support::{CLIENT_ID, CLIENT_SECRET, ClientProof, Face, Setup, StandIn, set};

const RSA_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/sign-in/test-keys/client-rsa.key.pem");
const RSA_CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/sign-in/test-keys/client-rsa.crt.pem");
const RSA_CERTIFICATE_PEM: &str = include_str!("../../crates/sign-in/test-keys/client-rsa.crt.pem");
const P256_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/sign-in/test-keys/client-p256.key.pem");
const P256_CERTIFICATE_PEM: &str = include_str!("../../crates/sign-in/test-keys/client-p256.crt.pem");
/// The output of `openssl x509 -outform DER | openssl dgst -sha256 -binary | basenc --base64url` for the certificate.
const RSA_THUMBPRINT: &str = "8SkmQA_hubazv8YBZh44kE4_ySgz8SWHo_kffOrFyU8";

/// The settings of `provider` with a key in place of the secret.
fn with_key(provider: &StandIn, key: &str) -> Setup {
    set(set(provider.setup(), "CLIENT_SECRET", ""), "CLIENT_KEY_FILE", key)
}

/// Checks that a sign-in passes if the provider accepts only `right`, and fails if it accepts only `wrong`.
async fn passes_only_with(setup: Setup, provider: &StandIn, right: &ClientProof, wrong: &ClientProof) {
    let app = setup.start().await;
    provider.change(|script| script.client_proof = right.clone());
    provider.sign_in(&app).await;
    provider.change(|script| script.client_proof = wrong.clone());
    provider.attempt(&mut app.browser()).await.assert_status(503).assert_shows("own credentials");
    assert_eq!(app.count("sign_ins").await, 1);
}

const BASIC: ClientProof = ClientProof::SecretBasic(CLIENT_SECRET);
const POST: ClientProof = ClientProof::SecretPost(CLIENT_SECRET);

// Case: rp/client-secret-basic
#[tokio::test]
async fn client_secret_basic_is_what_a_secret_is_proven_with() {
    let provider = StandIn::start(Face::Plain).await;
    passes_only_with(provider.setup(), &provider, &BASIC, &POST).await;
}

// Case: rp/client-secret-post
#[tokio::test]
async fn client_secret_post_is_used_when_configured() {
    let provider = StandIn::start(Face::Plain).await;
    let setup = set(provider.setup(), "CLIENT_AUTH", "client_secret_post");
    passes_only_with(setup, &provider, &POST, &BASIC).await;
}

#[tokio::test]
async fn client_secret_post_is_used_where_the_provider_takes_nothing_else() {
    let provider = StandIn::start(Face::Plain).await;
    let announced = json!({"token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"]});
    provider.change(|script| script.announce(announced));
    passes_only_with(provider.setup(), &provider, &POST, &BASIC).await;
}

#[tokio::test]
async fn a_public_client_gives_its_id_alone() {
    let provider = StandIn::start(Face::Plain).await;
    let setup = set(provider.setup(), "CLIENT_SECRET", "");
    passes_only_with(setup, &provider, &ClientProof::None, &BASIC).await;
}

// Case: rp/private-key-jwt
#[tokio::test]
async fn private_key_jwt_signs_with_what_every_provider_knows_unless_more_is_announced() {
    let provider = StandIn::start(Face::Plain).await;
    let setup = with_key(&provider, RSA_KEY);
    let right = ClientProof::Assertion("RS256", RSA_CERTIFICATE_PEM);
    passes_only_with(setup, &provider, &right, &ClientProof::None).await;
    let (header, claims) = provider.seen().assertion.unwrap();
    assert!(!header.contains_key("kid") && !header.contains_key("x5t#S256"), "{header:?}");
    assert_eq!(claims["aud"], format!("{}/op/oauth2/v2.0/token", provider.origin));

    let announced = json!({"token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256"]});
    provider.change(|script| script.announce(announced));
    let better = ClientProof::Assertion("PS256", RSA_CERTIFICATE_PEM);
    passes_only_with(with_key(&provider, RSA_KEY), &provider, &better, &right).await;
}

// Case: rp/private-key-jwt
#[tokio::test]
async fn private_key_jwt_works_with_an_elliptic_key_and_its_name() {
    let provider = StandIn::start(Face::Plain).await;
    let setup = set(with_key(&provider, P256_KEY), "CLIENT_KEY_ID", "rolecall-1");
    let right = ClientProof::Assertion("ES256", P256_CERTIFICATE_PEM);
    passes_only_with(setup, &provider, &right, &BASIC).await;
    assert_eq!(provider.seen().assertion.unwrap().0["kid"], "rolecall-1");
}

#[tokio::test]
async fn entra_is_shown_the_thumbprint_of_the_certificate() {
    let entra = StandIn::start(Face::Entra).await;
    let setup = set(with_key(&entra, RSA_KEY), "CLIENT_CERTIFICATE_FILE", RSA_CERTIFICATE);
    let right = ClientProof::Assertion("PS256", RSA_CERTIFICATE_PEM);
    passes_only_with(setup, &entra, &right, &POST).await;
    let (header, claims) = entra.seen().assertion.unwrap();
    assert_eq!(header["x5t#S256"], RSA_THUMBPRINT);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("PS256"), &json!("JWT")));
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!(CLIENT_ID), &json!(CLIENT_ID)));
}

#[tokio::test]
async fn a_refresh_proves_who_we_are_in_the_same_way() {
    let key = ClientProof::Assertion("RS256", RSA_CERTIFICATE_PEM);
    for (proof, method) in [(BASIC, "client_secret_basic"), (POST, "client_secret_post"), (key, "private_key_jwt")] {
        let provider = StandIn::start(Face::Plain).await;
        let setup = if method == "private_key_jwt" { with_key(&provider, RSA_KEY) } else { provider.setup() };
        let setup = set(set(setup, "CLIENT_AUTH", method), "SCOPES", "openid,profile,email,offline_access");
        let app = setup.start().await;
        provider.change(|script| script.client_proof = proof);
        let mut browser = provider.sign_in(&app).await;
        provider.change(|script| script.claim(json!({"roles": ["Rolecall.Admin"]})));
        app.clock.advance(Duration::from_hours(1));
        assert_eq!(browser.user().await.unwrap().role, Some(Role::Admin), "{method}");
        assert_eq!(provider.seen().token["grant_type"], "refresh_token");
    }
}

#[tokio::test]
async fn no_assertion_is_made_twice() {
    let provider = StandIn::start(Face::Plain).await;
    provider.change(|script| script.client_proof = ClientProof::Assertion("RS256", RSA_CERTIFICATE_PEM));
    let app = with_key(&provider, RSA_KEY).start().await;
    provider.sign_in(&app).await;
    let first = provider.seen().assertion.unwrap().1;
    provider.sign_in(&app).await;
    assert_ne!(provider.seen().assertion.unwrap().1["jti"], first["jti"]);
}
