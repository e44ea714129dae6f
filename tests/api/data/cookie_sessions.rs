//! The store behind the cookie session: what is stored can be read again, under an id that differs from the cookie.

use std::collections::HashMap;

use rolecall_sign_in::session::cookie_session_store;
use serde_json::json;
use time::OffsetDateTime;
use tower_sessions::SessionStore as _;
use tower_sessions::session::{Id, Record};

use crate::support::{TestClock, TestDb, count, on_both_dialects, text};

on_both_dialects! {
    a_session_is_created_loaded_saved_and_deleted,
    the_stored_id_is_not_the_cookies,
    two_sessions_are_two,
}

fn record(id: i128, sign_in: &str) -> Record {
    let end_s = TestClock::starting_now().now_ms() / 1000 + 3600;
    Record {
        id: Id(id),
        data: HashMap::from([("sign_in".to_owned(), json!(sign_in))]),
        expiry_date: OffsetDateTime::from_unix_timestamp(end_s).unwrap(),
    }
}

async fn a_session_is_created_loaded_saved_and_deleted(database: &TestDb) {
    let store = cookie_session_store(&database.db).unwrap();
    let mut created = record(1, "a");
    store.create(&mut created).await.unwrap();
    assert_eq!(created.id, Id(1), "the id is kept");
    // Another store has nothing in memory and must read the database.
    let other = cookie_session_store(&database.db).unwrap();
    assert_eq!(other.load(&Id(1)).await.unwrap().unwrap().data, created.data);

    store.save(&record(1, "b")).await.unwrap();
    for store in [&store, &cookie_session_store(&database.db).unwrap()] {
        let loaded = store.load(&Id(1)).await.unwrap().unwrap();
        assert_eq!((loaded.id, &loaded.data["sign_in"]), (Id(1), &json!("b")));
    }
    store.delete(&Id(1)).await.unwrap();
    for store in [&store, &cookie_session_store(&database.db).unwrap()] {
        assert!(store.load(&Id(1)).await.unwrap().is_none());
    }
    assert_eq!(count(&database.db, "tower_sessions").await, 0);
}

async fn the_stored_id_is_not_the_cookies(database: &TestDb) {
    let store = cookie_session_store(&database.db).unwrap();
    store.create(&mut record(1, "a")).await.unwrap();
    let stored = text(&database.db, &format!("SELECT id FROM {}", "tower_sessions")).await;
    assert_ne!(stored, Id(1).to_string());
    assert!(store.load(&stored.parse().unwrap()).await.unwrap().is_none());
}

async fn two_sessions_are_two(database: &TestDb) {
    let store = cookie_session_store(&database.db).unwrap();
    store.create(&mut record(1, "a")).await.unwrap();
    // A record whose id is already used gets a new one instead of replacing the other.
    let mut taken = record(1, "b");
    store.create(&mut taken).await.unwrap();
    assert_ne!(taken.id, Id(1));
    assert_eq!(store.load(&Id(1)).await.unwrap().unwrap().data["sign_in"], json!("a"));
    assert_eq!(store.load(&taken.id).await.unwrap().unwrap().data["sign_in"], json!("b"));
    assert_eq!(count(&database.db, "tower_sessions").await, 2);
}
