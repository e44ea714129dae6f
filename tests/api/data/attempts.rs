//! Attempts to sign in: each is valid once, for a limited time, and in the browser that began it.

use http::{HeaderMap, header};
use rolecall_sign_in::attempts::{Attempt, AttemptError, Attempts};
use rolecall_sign_in::session::{ATTEMPT_LIFETIME_MS, HeldAttempts};
use rolecall_sign_in::{Further, ReturnTo};
use serde_json::json;

use crate::support::{TestClock, TestDb, count, on_both_dialects};

on_both_dialects! {
    an_attempt_is_taken_once_and_as_it_was_begun,
    an_attempt_ends_after_ten_minutes,
    an_attempt_taken_by_many_at_once_is_taken_by_one,
    beginning_one_and_coming_in_vain_store_nothing,
    what_was_used_is_forgotten_after_it_has_expired,
    an_older_key_still_opens_attempts_and_one_that_is_gone_does_not,
}

const NOW: i64 = 1_700_000_000_000;
const KEYS: [&str; 2] =
    ["AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="];

fn attempts(database: &TestDb) -> Attempts {
    database.auth(&TestClock::starting_now()).attempts().clone()
}

/// A browser that began an attempt at [`NOW`] under each of `states`.
fn browser(attempts: &Attempts, states: &[&str]) -> HeldAttempts {
    let mut headers = HeaderMap::new();
    for state in states {
        let claims = json!({"access_token": {"nbf": {"value": "1"}}}).as_object().unwrap().clone();
        let further = Further { scopes: vec!["Calendars.Read".to_owned()], claims };
        let return_to = ReturnTo::parse("/dashboards?page=2").unwrap();
        let attempt = Attempt::new("demo".to_owned(), return_to, further, NOW);
        for cookie in attempts.begin(state, &attempt, &HeldAttempts::default()).unwrap() {
            headers.append(header::COOKIE, format!("{}={}", cookie.name(), cookie.value()).parse().unwrap());
        }
    }
    attempts.held_in(&headers)
}

fn is_used(taken: &Result<Attempt, AttemptError>) -> bool {
    matches!(taken, Err(AttemptError::Used { return_to }) if return_to.as_str() == "/dashboards?page=2")
}

// Case: several/same-callback-twice
async fn an_attempt_is_taken_once_and_as_it_was_begun(database: &TestDb) {
    let attempts = attempts(database);
    let held = browser(&attempts, &["one", "other"]);
    let taken = attempts.take("one", &held, NOW).await.unwrap();
    assert_eq!((taken.provider.as_str(), taken.return_to.as_str()), ("demo", "/dashboards?page=2"));
    assert_eq!((taken.begun_at_ms, taken.secrets.further.scopes.as_slice()), (NOW, &["Calendars.Read".to_owned()][..]));
    assert!(taken.secrets.further.claims.contains_key("access_token"));
    let other = attempts.take("other", &held, NOW).await.unwrap();
    assert_ne!(taken.secrets.nonce, other.secrets.nonce);
    assert_ne!(taken.secrets.pkce_verifier, other.secrets.pkce_verifier);
    assert!(is_used(&attempts.take("one", &held, NOW).await));
    // Another instance on the same database also knows that it is used.
    assert!(is_used(&database.auth(&TestClock::starting_now()).attempts().take("one", &held, NOW).await));
}

// Case: attempt/expired
async fn an_attempt_ends_after_ten_minutes(database: &TestDb) {
    let attempts = attempts(database);
    let held = browser(&attempts, &["in time", "too late"]);
    assert!(attempts.take("in time", &held, NOW + ATTEMPT_LIFETIME_MS - 1).await.is_ok());
    for late in [NOW + ATTEMPT_LIFETIME_MS, NOW + 100 * ATTEMPT_LIFETIME_MS] {
        let late = attempts.take("too late", &held, late).await;
        assert!(matches!(late, Err(AttemptError::Expired { return_to }) if return_to.as_str() == "/dashboards?page=2"));
    }
}

// Case: several/same-callback-at-once
async fn an_attempt_taken_by_many_at_once_is_taken_by_one(database: &TestDb) {
    let attempts = attempts(database);
    for round in 0..5 {
        let state = format!("state {round}");
        let held = browser(&attempts, &[&state]);
        let at_once = (0..8).map(|_| attempts.take(&state, &held, NOW));
        let taken = futures_util::future::join_all(at_once).await;
        assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 1);
        assert_eq!(taken.iter().filter(|taken| is_used(taken)).count(), 7);
    }
}

// Case: attempt/other-browser, attempt/stores-nothing
async fn beginning_one_and_coming_in_vain_store_nothing(database: &TestDb) {
    let attempts = attempts(database);
    let (held, others) = (browser(&attempts, &["state"]), browser(&attempts, &["another"]));
    for held in [&HeldAttempts::default(), &others] {
        assert!(matches!(attempts.take("state", held, NOW).await, Err(AttemptError::Unknown)));
    }
    assert!(matches!(attempts.take("never begun", &held, NOW).await, Err(AttemptError::Unknown)));
    assert!(attempts.take("state", &held, NOW + ATTEMPT_LIFETIME_MS).await.is_err());
    assert_eq!(count(&database.db, "used_attempts").await, 0);
    assert!(attempts.take("state", &held, NOW).await.is_ok());
    assert_eq!(count(&database.db, "used_attempts WHERE length(state_hash) = 32").await, 1);
}

async fn what_was_used_is_forgotten_after_it_has_expired(database: &TestDb) {
    let attempts = attempts(database);
    for number in 0..500 {
        let state = format!("old {number}");
        attempts.take(&state, &browser(&attempts, &[&state]), NOW).await.unwrap();
    }
    attempts.sweep(NOW + ATTEMPT_LIFETIME_MS).await.unwrap();
    assert_eq!(count(&database.db, "used_attempts").await, 500, "the clock of another instance may be behind");
    attempts.sweep(NOW + 2 * ATTEMPT_LIFETIME_MS).await.unwrap();
    assert_eq!(count(&database.db, "used_attempts").await, 0);
}

async fn an_older_key_still_opens_attempts_and_one_that_is_gone_does_not(database: &TestDb) {
    let with = |keys: &[&str]| database.auth_with_keys(&TestClock::starting_now(), keys).attempts().clone();
    let held = browser(&with(&KEYS[..1]), &["state"]);
    assert!(matches!(with(&KEYS[1..]).take("state", &held, NOW).await, Err(AttemptError::Unreadable(_))));
    assert!(with(&[KEYS[1], KEYS[0]]).take("state", &held, NOW).await.is_ok());
}
