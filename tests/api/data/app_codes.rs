//! Codes that hand a sign-in over to the host of an app: each is valid once, for a short time, and unchanged.

use rolecall_apps::hosts::{Codes, HandOver, LIFETIME_MS, MAX_PER_SIGN_IN};

use crate::support::{TestDb, count, on_both_dialects};

on_both_dialects! {
    a_code_is_taken_once_and_as_it_was_made,
    a_code_ends_after_a_minute,
    a_code_taken_by_two_at_once_is_taken_by_one,
    a_sign_in_has_so_many_codes_at_most,
    what_has_expired_goes_with_the_next_sweep,
    neither_code_nor_state_is_stored_as_it_is,
}

const NOW: i64 = 1_700_000_000_000;

fn hand_over(sign_in: &str) -> HandOver {
    HandOver { sign_in_id: sign_in.to_owned(), app: "sales".to_owned(), state: "the state".to_owned() }
}

// Case: app/code-once
async fn a_code_is_taken_once_and_as_it_was_made(database: &TestDb) {
    let codes = Codes::new(database.db.clone());
    let code = codes.make(&hand_over("one"), NOW).await.unwrap();
    let taken = codes.take(&code, NOW).await.unwrap().unwrap();
    assert_eq!((taken.app.as_str(), taken.sign_in_id.as_str(), taken.in_time), ("sales", "one", true));
    assert!(taken.is_for("the state") && !taken.is_for("another"));
    assert_eq!(codes.take(&code, NOW).await.unwrap(), None);
    assert_eq!(codes.take("never made", NOW).await.unwrap(), None);
}

// Case: app/code-expires
async fn a_code_ends_after_a_minute(database: &TestDb) {
    let codes = Codes::new(database.db.clone());
    let (in_time, late) =
        (codes.make(&hand_over("one"), NOW).await.unwrap(), codes.make(&hand_over("one"), NOW).await.unwrap());
    assert!(codes.take(&in_time, NOW + LIFETIME_MS - 1).await.unwrap().unwrap().in_time);
    assert!(!codes.take(&late, NOW + LIFETIME_MS).await.unwrap().unwrap().in_time);
    assert_eq!(codes.take(&late, NOW).await.unwrap(), None);
}

async fn a_code_taken_by_two_at_once_is_taken_by_one(database: &TestDb) {
    let codes = Codes::new(database.db.clone());
    for _ in 0..5 {
        let code = codes.make(&hand_over("one"), NOW).await.unwrap();
        let (one, other) = tokio::join!(codes.take(&code, NOW), codes.take(&code, NOW));
        assert_ne!(one.unwrap().is_some(), other.unwrap().is_some());
    }
}

async fn a_sign_in_has_so_many_codes_at_most(database: &TestDb) {
    let codes = Codes::new(database.db.clone());
    let elsewhere = codes.make(&hand_over("another"), NOW).await.unwrap();
    let oldest = codes.make(&hand_over("one"), NOW).await.unwrap();
    for number in 1..=MAX_PER_SIGN_IN {
        codes.make(&hand_over("one"), NOW + number).await.unwrap();
    }
    assert_eq!(count(&database.db, "app_codes").await, MAX_PER_SIGN_IN + 1);
    assert_eq!(codes.take(&oldest, NOW).await.unwrap(), None);
    assert!(codes.take(&elsewhere, NOW).await.unwrap().is_some());
}

async fn what_has_expired_goes_with_the_next_sweep(database: &TestDb) {
    let codes = Codes::new(database.db.clone());
    for number in 0..250 {
        codes.make(&hand_over(&format!("sign-in {number}")), NOW).await.unwrap();
    }
    let new = codes.make(&hand_over("one"), NOW + 1).await.unwrap();
    codes.sweep(NOW + LIFETIME_MS).await.unwrap();
    assert_eq!(count(&database.db, "app_codes").await, 1);
    assert!(codes.take(&new, NOW + LIFETIME_MS).await.unwrap().unwrap().in_time);
}

async fn neither_code_nor_state_is_stored_as_it_is(database: &TestDb) {
    let codes = Codes::new(database.db.clone());
    codes.make(&hand_over("one"), NOW).await.unwrap();
    assert_eq!(count(&database.db, "app_codes WHERE length(code_hash) = 32 AND length(state_hash) = 32").await, 1);
}
