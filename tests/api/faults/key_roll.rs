//! The provider's keys replaced while many people sign in, and many tokens that name unknown keys.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::CoreIdToken;
use rolecall_config::Config;
use rolecall_config::Sources;
use rolecall_sign_in::id_token::{self, ExpectedNonce, IdTokenError};
use rolecall_sign_in::provider::Provider;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{OwnProvider, TestClock};

const NONCE: &str = "a nonce";
/// How many people sign in at once.
const CROWD: usize = 1000;

/// A provider, and the sign-in's view of it.
struct Scene {
    own: OwnProvider,
    provider: Arc<Provider>,
    clock: TestClock,
}

impl Scene {
    /// Starts with metadata and keys already fetched once.
    async fn start() -> Self {
        let clock = TestClock::starting_now();
        let own = OwnProvider::start(&clock).await;
        let environment = own.settings().into_iter().collect();
        let (config, _) = Config::load(&Sources { config_dir: "no such folder".into(), environment }).unwrap();
        let provider = Provider::new(config.auth.providers[0].clone(), &config.auth).unwrap();
        let scene = Self { own, provider: Arc::new(provider), clock };
        let token = scene.own.id_token("ada", NONCE).await;
        scene.validate(&token).await.unwrap();
        assert_eq!(scene.own.demo.requests().jwks, 1);
        scene
    }

    async fn validate(&self, token: &str) -> Result<(), IdTokenError> {
        validate(&self.provider, token, self.clock.now_ms()).await
    }

    /// Validates all `tokens` at once, and counts those that were accepted.
    async fn validate_at_once(&self, tokens: Vec<String>) -> usize {
        let mut crowd = JoinSet::new();
        for token in tokens {
            let (provider, now_ms) = (Arc::clone(&self.provider), self.clock.now_ms());
            crowd.spawn(async move { validate(&provider, &token, now_ms).await.is_ok() });
        }
        crowd.join_all().await.into_iter().filter(|taken| *taken).count()
    }
}

async fn validate(provider: &Provider, token: &str, now_ms: i64) -> Result<(), IdTokenError> {
    let metadata = provider.metadata(now_ms).await?;
    let token: CoreIdToken = token.parse().map_err(|_| IdTokenError::NotAJwt)?;
    id_token::validate(&token, provider, &metadata, ExpectedNonce::Attempt(NONCE), now_ms).await.map(|_| ())
}

// Case: fault/thousand-at-a-key-roll, keys/single-flight
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_sign_ins_at_a_key_roll_fetch_the_keys_once_more() {
    let scene = Scene::start().await;
    scene.own.demo.rotate_keys();
    let token = scene.own.id_token("wren", NONCE).await;
    assert_eq!(scene.validate_at_once(vec![token; CROWD]).await, CROWD);
    assert_eq!(scene.own.demo.requests().jwks, 2);
}

// Case: keys/unknown-kid-thousand
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_unknown_keys_fetch_the_keys_once_more_and_known_ones_go_on() {
    let scene = Scene::start().await;
    let honest = scene.own.id_token("wren", NONCE).await;
    let (_, signed) = honest.split_once('.').unwrap();
    let forged = |number| {
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": format!("unknown-{number}")}).to_string();
        format!("{}.{signed}", URL_SAFE_NO_PAD.encode(header))
    };
    assert_eq!(scene.validate_at_once((0..CROWD).map(forged).collect()).await, 0);
    assert_eq!(scene.own.demo.requests().jwks, 2);
    scene.validate(&honest).await.unwrap();
    assert_eq!(scene.own.demo.requests().jwks, 2);
}
