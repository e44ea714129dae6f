//! ID tokens, checked against a fixed key set.
//!
//! The private half of the key in `fuzz/keys/jwks.json` was thrown away after it had signed the tokens of the corpus.
//! So no token but those can be accepted.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use axum::routing::get;
use axum::{Json, Router};
use openidconnect::core::CoreIdToken;
use rolecall_config::Config;
use rolecall_config::Sources;
use rolecall_sign_in::id_token::{self, ExpectedNonce};
use rolecall_sign_in::provider::{Metadata, Provider};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The keys, as the provider publishes them.
const JWKS: &str = include_str!("../../keys/jwks.json");
/// When the honest tokens were signed, Unix milliseconds (UTC).
const NOW_MS: i64 = 1_800_000_000_000;
/// The nonce, issuer and client of the honest tokens.
const NONCE: &str = "the nonce of the attempt";
const ISSUER: &str = "https://issuer.test";
const CLIENT_ID: &str = "rolecall";
/// Who the honest tokens are about.
const SUBJECT: &str = "ada";

/// What tokens are checked against.
struct Scene {
    runtime: Runtime,
    provider: Provider,
    metadata: Arc<Metadata>,
}

/// Nothing is accepted but what the key signed for this client, nonce and person; and nothing panics.
pub fn id_token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = id_token::payload(text);
    if let Some(claims) = accepted(text.trim_end()) {
        let expected = [("sub", SUBJECT), ("iss", ISSUER), ("aud", CLIENT_ID), ("nonce", NONCE)];
        for (name, value) in expected {
            assert_eq!(claims.get(name), Some(&Value::from(value)), "{name} in {text:?}");
        }
    }
}

/// The claims of the token `text`, if it is accepted.
pub fn accepted(text: &str) -> Option<serde_json::Map<String, Value>> {
    static SCENE: OnceLock<Scene> = OnceLock::new();
    let Scene { runtime, provider, metadata } = SCENE.get_or_init(Scene::new);
    let token: CoreIdToken = text.parse().ok()?;
    let validated =
        runtime.block_on(id_token::validate(&token, provider, metadata, ExpectedNonce::Attempt(NONCE), NOW_MS));
    validated.ok().map(|claims| claims.all)
}

impl Scene {
    /// A provider that serves metadata and keys on a loopback address of its own.
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let (provider, metadata) = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let origin = format!("http://{}", listener.local_addr().unwrap());
            tokio::spawn(async move { axum::serve(listener, provider_router()).await });
            provider(&origin)
        });
        Self { runtime, provider, metadata }
    }
}

fn provider_router() -> Router {
    let keys: Value = serde_json::from_str(JWKS).unwrap();
    Router::new().route("/jwks", get(async move || Json(keys)))
}

fn provider(origin: &str) -> (Provider, Arc<Metadata>) {
    let environment = [("KIND", "oidc"), ("ISSUER", origin), ("CLIENT_ID", CLIENT_ID)]
        .map(|(key, value)| (format!("ROLECALL_PROVIDERS__OWN__{key}"), value.to_owned()));
    let sources = Sources { config_dir: "no such folder".into(), environment: BTreeMap::from(environment) };
    let (config, _) = Config::load(&sources).unwrap();
    let provider = Provider::new(config.auth.providers[0].clone(), &config.auth).unwrap();
    // The issuer is one that no other run can have; the keys are fetched from here.
    let metadata = json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "jwks_uri": format!("{origin}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    (provider, Arc::new(serde_json::from_value(metadata).unwrap()))
}
