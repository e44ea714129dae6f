//! The provider's keys: replaced at any time, and not fetched more often than necessary.

use std::time::Duration;

use crate::support::TestApp;
use crate::support::faulty_provider::{Faults, SignatureFault};

// Case: config/key-rotation, keys/unknown-kid-refetched
#[tokio::test]
async fn keys_rotated_between_two_sign_ins_are_fetched_again() {
    let app = TestApp::start().await;
    app.browser().sign_in_as("ada").await;
    app.demo().rotate_keys();
    app.browser().sign_in_as("wren").await;
    assert_eq!(app.demo().requests().jwks, 2);
}

// Case: config/key-rotation-just-before-signing
#[tokio::test]
async fn keys_rotated_just_before_the_token_is_signed_are_fetched_again() {
    let app = TestApp::start().await;
    app.browser().sign_in_as("ada").await;
    app.demo().set_faults(Faults { rotate_before_signing: true, ..Faults::default() });
    app.browser().sign_in_as("wren").await;
    assert_eq!(app.demo().requests().jwks, 2);
}

#[tokio::test]
async fn metadata_and_keys_are_fetched_once_for_many_sign_ins() {
    let app = TestApp::start().await;
    for person in ["ada", "wren", "reed", "nora"] {
        app.browser().sign_in_as(person).await;
    }
    let requests = app.demo().requests();
    assert_eq!((requests.discovery, requests.jwks, requests.token), (1, 1, 4));
}

// Case: keys/unknown-kid-once-a-minute
#[tokio::test]
async fn many_unknown_keys_cost_one_fetch_a_minute() {
    let app = TestApp::start().await;
    app.browser().sign_in_as("ada").await;
    app.demo().set_faults(Faults::signature(SignatureFault::UnknownKey));
    let mut browser = app.browser();
    for _ in 0..30 {
        browser.attempt_as("wren").await.assert_status(400);
    }
    assert_eq!(app.demo().requests().jwks, 2);

    app.clock.advance(Duration::from_mins(1));
    for _ in 0..3 {
        browser.attempt_as("wren").await.assert_status(400);
    }
    assert_eq!(app.demo().requests().jwks, 3);

    app.demo().set_faults(Faults::default());
    browser.sign_in_as("wren").await;
}
