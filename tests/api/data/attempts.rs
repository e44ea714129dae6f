//! Attempts: once, in time, in the browser that began them.

use rolecall::auth::ReturnTo;
use rolecall::auth::attempts::{Attempt, AttemptError, AttemptSecrets, Attempts, LIFETIME_MS, MAX_PER_BROWSER};

use crate::support::{TestClock, TestDb, count, on_both_dialects};

on_both_dialects! {
    an_attempt_is_taken_once_and_as_it_was_begun,
    an_attempt_ends_after_ten_minutes,
    an_attempt_of_another_browser_is_refused_and_gone,
    a_browser_has_eight_attempts_at_most,
    an_attempt_taken_by_two_at_once_is_taken_by_one,
    what_has_expired_goes_with_the_next_sweep,
}

const NOW: i64 = 1_700_000_000_000;

fn attempts(database: &TestDb) -> Attempts {
    database.auth(&TestClock::starting_now()).attempts().clone()
}

fn attempt() -> Attempt {
    Attempt {
        provider: "demo".to_owned(),
        return_to: ReturnTo::parse("/dashboards?page=2").unwrap(),
        secrets: AttemptSecrets {
            nonce: "the nonce".to_owned(),
            pkce_verifier: "the verifier".to_owned(),
            ..AttemptSecrets::default()
        },
    }
}

fn is_unknown(taken: &Result<Attempt, AttemptError>) -> bool {
    matches!(taken, Err(AttemptError::Unknown))
}

// Case: several/same-callback-twice
async fn an_attempt_is_taken_once_and_as_it_was_begun(database: &TestDb) {
    let attempts = attempts(database);
    attempts.begin("state", "browser", &attempt(), NOW).await.unwrap();
    let taken = attempts.take("state", "browser", NOW).await.unwrap();
    assert_eq!((taken.provider.as_str(), taken.return_to.as_str()), ("demo", "/dashboards?page=2"));
    assert_eq!((taken.secrets.nonce.as_str(), taken.secrets.pkce_verifier.as_str()), ("the nonce", "the verifier"));
    assert!(is_unknown(&attempts.take("state", "browser", NOW).await));
    assert!(is_unknown(&attempts.take("never begun", "browser", NOW).await));
}

// Case: attempt/expired
async fn an_attempt_ends_after_ten_minutes(database: &TestDb) {
    let attempts = attempts(database);
    for state in ["in time", "too late"] {
        attempts.begin(state, "browser", &attempt(), NOW).await.unwrap();
    }
    assert!(attempts.take("in time", "browser", NOW + LIFETIME_MS - 1).await.is_ok());
    let late = attempts.take("too late", "browser", NOW + LIFETIME_MS).await;
    let wanted = ReturnTo::parse("/dashboards?page=2").unwrap();
    assert!(matches!(late, Err(AttemptError::Expired { return_to }) if return_to == wanted));
    assert!(is_unknown(&attempts.take("too late", "browser", NOW + LIFETIME_MS).await));
}

// Case: attempt/other-browser
async fn an_attempt_of_another_browser_is_refused_and_gone(database: &TestDb) {
    let attempts = attempts(database);
    attempts.begin("state", "browser", &attempt(), NOW).await.unwrap();
    assert!(matches!(attempts.take("state", "another", NOW).await, Err(AttemptError::OtherBrowser)));
    assert!(is_unknown(&attempts.take("state", "browser", NOW).await));
}

async fn a_browser_has_eight_attempts_at_most(database: &TestDb) {
    let attempts = attempts(database);
    attempts.begin("elsewhere", "another", &attempt(), NOW).await.unwrap();
    for number in 0..=MAX_PER_BROWSER {
        attempts.begin(&format!("state {number}"), "browser", &attempt(), NOW + number).await.unwrap();
    }
    assert_eq!(count(&database.db, "attempts").await, MAX_PER_BROWSER + 1);
    assert!(is_unknown(&attempts.take("state 0", "browser", NOW + 10).await));
    for state in ["state 1".to_owned(), format!("state {MAX_PER_BROWSER}")] {
        assert!(attempts.take(&state, "browser", NOW + 10).await.is_ok(), "{state}");
    }
    assert!(attempts.take("elsewhere", "another", NOW + 10).await.is_ok());
}

// Case: several/same-callback-at-once
async fn an_attempt_taken_by_two_at_once_is_taken_by_one(database: &TestDb) {
    let attempts = attempts(database);
    for round in 0..5 {
        let state = format!("state {round}");
        attempts.begin(&state, "browser", &attempt(), NOW).await.unwrap();
        let (one, other) = tokio::join!(attempts.take(&state, "browser", NOW), attempts.take(&state, "browser", NOW));
        assert_ne!(one.is_ok(), other.is_ok());
    }
}

async fn what_has_expired_goes_with_the_next_sweep(database: &TestDb) {
    let attempts = attempts(database);
    for number in 0..500 {
        attempts.begin(&format!("old {number}"), &format!("browser {number}"), &attempt(), NOW).await.unwrap();
    }
    attempts.begin("new", "another", &attempt(), NOW + 1).await.unwrap();
    attempts.sweep(NOW + LIFETIME_MS).await.unwrap();
    assert_eq!(count(&database.db, "attempts").await, 1);
    assert!(attempts.take("new", "another", NOW + LIFETIME_MS).await.is_ok());
}
