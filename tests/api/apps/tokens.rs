//! The token that tells an app who somebody is, checked as an app would check it: with nothing but the key set.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use std::time::Duration;

use crate::support::{Browser, TestApp, Upstream};

const KEYS: &str = "/.well-known/rolecall/jwks.json";
const DAY: Duration = Duration::from_hours(24);

fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

/// The header and the claims of `token`, if one of `keys` signed it.
fn checked(token: &str, keys: &Value) -> Option<(Value, Value)> {
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
    let head: Value = serde_json::from_slice(&decoded(header)).unwrap();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == head["kid"])?;
    let coordinate = |name: &str| decoded(key[name].as_str().unwrap());
    let point = [&[4][..], &coordinate("x"), &coordinate("y")].concat();
    let message = format!("{header}.{claims}");
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    public.verify(message.as_bytes(), &decoded(signature)).ok()?;
    Some((head, serde_json::from_slice(&decoded(claims)).unwrap()))
}

/// The token that the app receives with a request from `browser`.
async fn token(browser: &mut Browser, upstream: &Upstream, name: &str) -> String {
    browser.get(&format!("/apps/{name}/")).await.assert_status(200);
    upstream.last().header("x-rolecall-jwt").to_owned()
}

#[tokio::test]
async fn an_app_can_check_who_somebody_is_by_the_key_set() {
    let upstream = Upstream::start().await;
    let setup = TestApp::setup().with_app("sales", upstream.address, "read");
    let app = setup.with_app("stock", upstream.address, "read").start().await;
    let mut browser = app.browser();
    let answer = browser.get(KEYS).await;
    assert_eq!(answer.assert_status(200).header("cache-control"), "public, max-age=300");
    let keys: Value = answer.json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    assert!(keys["keys"][0].get("d").is_none(), "the private key must not be published");

    browser.sign_in_as("wren").await;
    let sales = token(&mut browser, &upstream, "sales").await;
    let seen = upstream.last();
    let (header, claims) = checked(&sales, &keys).unwrap();
    assert_eq!(header["alg"], "ES256");
    assert_eq!(claims["iss"], format!("http://{}", app.address()));
    assert_eq!(claims["aud"], "sales");
    assert_eq!(claims["sub"], seen.header("x-rolecall-user"));
    assert_eq!(claims["email"], seen.header("x-rolecall-email"));
    assert_eq!(claims["roles"], json!(["read", "write"]));
    let now_s = app.clock.now_ms() / 1000;
    assert_eq!(claims["iat"], now_s);
    assert_eq!(claims["exp"], now_s + 300);

    let stock = token(&mut browser, &upstream, "stock").await;
    assert_eq!(checked(&stock, &keys).unwrap().1["aud"], "stock", "a token is valid for one app only");
    let altered = sales.replacen('.', ".e", 1);
    assert!(std::panic::catch_unwind(|| checked(&altered, &keys).is_none()).unwrap_or(true));
}

#[tokio::test]
async fn a_token_is_made_once_a_minute_and_when_something_changes() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    let first = token(&mut browser, &upstream, "sales").await;
    app.clock.advance(Duration::from_secs(59));
    assert_eq!(token(&mut browser, &upstream, "sales").await, first);
    app.clock.advance(Duration::from_secs(1));
    assert_ne!(token(&mut browser, &upstream, "sales").await, first);
}

#[tokio::test]
async fn the_next_key_is_published_before_it_signs_and_the_last_one_after() {
    let upstream = Upstream::start().await;
    let setup = TestApp::setup().with_app("sales", upstream.address, "read");
    let app = setup.set("ROLECALL_SESSION__IDLE", "30days").set("ROLECALL_SESSION__ABSOLUTE", "30days").start().await;
    let signed_in = async || {
        let mut browser = app.browser();
        browser.sign_in_as("wren").await;
        browser
    };
    let kids = async || -> Vec<Value> {
        let keys: Value = app.browser().get(KEYS).await.json();
        keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect()
    };
    let signing = async || {
        let keys: Value = app.browser().get(KEYS).await.json();
        checked(&token(&mut signed_in().await, &upstream, "sales").await, &keys).unwrap().0["kid"].clone()
    };
    let first = signing().await;
    assert_eq!(kids().await, std::slice::from_ref(&first));
    app.clock.advance(29 * DAY);
    let both = kids().await;
    assert_eq!(both.len(), 2, "the next key is published");
    assert_eq!(signing().await, first, "the next key does not sign yet");
    app.clock.advance(DAY);
    assert_eq!(signing().await, both[1]);
    assert_eq!(kids().await, both, "the previous key is still published");
    app.clock.advance(DAY);
    assert_eq!(kids().await, both[1..]);
}

#[tokio::test]
async fn keys_outlive_a_restart_and_are_stored_sealed() {
    let upstream = Upstream::start().await;
    let mut app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let before: Value = app.browser().get(KEYS).await.json();
    app.restart().await;
    let after: Value = app.browser().get(KEYS).await.json();
    assert_eq!(before, after);
    assert_eq!(app.count("app_signing_keys").await, 1);
}

#[tokio::test]
async fn without_apps_there_is_no_key() {
    let app = TestApp::start().await;
    let keys: Value = app.browser().get(KEYS).await.json();
    assert_eq!(keys, json!({ "keys": [] }));
    assert_eq!(app.count("app_signing_keys").await, 0);
}
