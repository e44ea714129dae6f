//! What has expired is deleted, a few rows at a time, and nothing else is.

use std::collections::HashMap;
use std::time::Duration;

use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::{EndReason, NewSignIn, ProviderSession, ProviderSignOut, cookie_session_store};
use time::OffsetDateTime;
use tower_sessions::SessionStore as _;
use tower_sessions::session::{Id, Record};

use super::sign_ins::{person, tokens};
use crate::support::{ISSUER, TestClock, TestDb, count, on_both_dialects, until};

on_both_dialects! {
    sign_ins_that_are_idle_or_old_end_and_their_tokens_go,
    sign_ins_that_are_over_are_kept_for_three_months,
    cookie_sessions_go_when_they_have_expired,
    sign_outs_of_a_provider_are_remembered_for_a_quarter_of_an_hour,
}

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const MINUTE: Duration = Duration::from_mins(1);

async fn sign_ins_that_are_idle_or_old_end_and_their_tokens_go(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (auth, tokens) = (database.auth(&clock), tokens());
    for number in 0..450 {
        let subject = format!("idle {number}");
        auth.sign_ins().create(&person(&subject, None, &tokens), clock.now_ms()).await.unwrap();
    }
    clock.advance(7 * HOUR);
    let active = auth.sign_ins().create(&person("active", None, &tokens), clock.now_ms()).await.unwrap();
    clock.advance(HOUR + 3 * MINUTE);
    auth.sweep().await.unwrap();
    let expired = "sign_ins WHERE revoked_reason = 'expired' AND LENGTH(sealed_tokens) = 0";
    assert_eq!(count(&database.db, expired).await, 450);
    assert_eq!(count(&database.db, "sign_ins WHERE revoked_at IS NULL AND LENGTH(sealed_tokens) > 0").await, 1);
    for _ in 0..3 {
        assert!(auth.sign_ins().live(&active.id, clock.now_ms()).await.unwrap().is_some());
        clock.advance(6 * HOUR);
        auth.sweep().await.unwrap();
    }
    assert!(auth.sign_ins().live(&active.id, clock.now_ms()).await.unwrap().is_some());
    clock.advance(6 * HOUR);
    auth.sweep().await.unwrap();
    assert_eq!(count(&database.db, expired).await, 451, "old");
}

async fn sign_ins_that_are_over_are_kept_for_three_months(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (auth, tokens) = (database.auth(&clock), tokens());
    let ended = auth.sign_ins().create(&person("ada", None, &tokens), clock.now_ms()).await.unwrap();
    auth.sign_ins().revoke(&ended.id, EndReason::SignedOut, clock.now_ms()).await.unwrap();
    clock.advance(89 * DAY);
    let live = auth.sign_ins().create(&person("ada", None, &tokens), clock.now_ms()).await.unwrap();
    auth.sweep().await.unwrap();
    assert_eq!(count(&database.db, "sign_ins").await, 2);
    clock.advance(DAY - HOUR);
    assert!(auth.sign_ins().live(&live.id, clock.now_ms()).await.unwrap().is_none(), "idle");
    clock.advance(HOUR);
    auth.sweep().await.unwrap();
    assert_eq!(count(&database.db, "sign_ins").await, 1);
    assert_eq!(count(&database.db, "users").await, 1, "people must not be deleted");
}

async fn cookie_sessions_go_when_they_have_expired(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let store = cookie_session_store(&database.db).unwrap();
    let ends_after = |number: i64| OffsetDateTime::from_unix_timestamp(clock.now_ms() / 1000 + number).unwrap();
    for number in 1..=300 {
        let expiry_date = ends_after(number);
        store.create(&mut Record { id: Id(number.into()), data: HashMap::new(), expiry_date }).await.unwrap();
    }
    auth.sweep().await.unwrap();
    assert_eq!(count(&database.db, "tower_sessions").await, 300);
    clock.advance(Duration::from_secs(295));
    auth.sweep().await.unwrap();
    assert_eq!(count(&database.db, "tower_sessions").await, 5);
}

async fn sign_outs_of_a_provider_are_remembered_for_a_quarter_of_an_hour(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (auth, tokens) = (database.auth(&clock), tokens());
    let issued_at_s = clock.now_ms() / 1000;
    let sign_out = ProviderSignOut {
        provider: "demo".to_owned(),
        issuer: Some(ISSUER.to_owned()),
        session: ProviderSession::Subject("ada".to_owned()),
        issued_at_s,
        jti: Some("jti".to_owned()),
    };
    auth.sign_ins().sign_out_from_provider(sign_out.clone(), clock.now_ms()).await.unwrap();
    let on_its_way = || NewSignIn { token_issued_at_s: issued_at_s, ..person("ada", None, &tokens) };
    clock.advance(10 * MINUTE);
    auth.sweep().await.unwrap();
    assert!(auth.sign_ins().create(&on_its_way(), clock.now_ms()).await.is_err());
    assert!(auth.sign_ins().sign_out_from_provider(sign_out, clock.now_ms()).await.is_err(), "its token was used");
    let later = NewSignIn { token_issued_at_s: issued_at_s + 1, ..on_its_way() };
    let elsewhere = NewSignIn { issuer: "https://another.test", ..on_its_way() };
    for new in [later, elsewhere, NewSignIn { token_subject: "wren", ..on_its_way() }] {
        assert!(auth.sign_ins().create(&new, clock.now_ms()).await.is_ok());
    }
    clock.advance(5 * MINUTE);
    auth.sweep().await.unwrap();
    assert_eq!(count(&database.db, "provider_sign_outs").await + count(&database.db, "logout_tokens").await, 0);
}

// Case: fault/sweep-gives-way
#[tokio::test]
async fn the_sqlite_file_becomes_smaller_when_much_was_deleted() {
    let (database, clock) = (TestDb::sqlite().await, TestClock::starting_now());
    let auth = database.auth(&clock);
    fill(&database.db, 20_000, clock.now_ms()).await;
    let before = file_bytes(&database).await;
    assert!(before > 20_000_000, "{before}");
    for _ in 0..2 {
        clock.advance(100 * DAY);
        auth.sweep().await.unwrap();
    }
    assert_eq!(count(&database.db, "sign_ins").await, 0);
    let after = file_bytes(&database).await;
    assert!(after < 6_000_000, "{before} {after}");
}

// Case: fault/sweep-gives-way
#[tokio::test]
async fn a_database_of_an_earlier_version_can_become_smaller_from_the_next_start_on() {
    let database = TestDb::sqlite().await;
    let Db::Sqlite(pools) = &database.db else { panic!("not SQLite") };
    let form = async |pool: &sqlx::SqlitePool| {
        sqlx::query_scalar::<_, i64>("PRAGMA auto_vacuum").fetch_one(pool).await.unwrap()
    };
    for statement in ["PRAGMA auto_vacuum = NONE", "VACUUM"] {
        sqlx::query(statement).execute(&pools.writing).await.unwrap();
    }
    assert_eq!(form(&pools.writing).await, 0);
    fill(&database.db, 100, 0).await;
    database.db.close().await;
    let opened = Db::open(&database.url, &rolecall_core::schema::migrations()).await.unwrap();
    let Db::Sqlite(pools) = &opened else { panic!("not SQLite") };
    assert_eq!(form(&pools.writing).await, 2);
    assert_eq!(count(&opened, "sign_ins").await, 100);
}

// Case: fault/sweep-gives-way
#[tokio::test]
async fn people_sign_in_while_much_is_cleaned_up() {
    let (database, clock) = (TestDb::sqlite().await, TestClock::starting_now());
    let (auth, tokens) = (database.auth(&clock), tokens());
    fill(&database.db, 20_000, clock.now_ms()).await;
    clock.advance(100 * DAY);
    let sweeping = tokio::spawn({
        let auth = auth.clone();
        async move { auth.sweep().await.unwrap() }
    });
    until("it has begun", async || count(&database.db, "sign_ins WHERE revoked_at IS NULL").await < 20_000).await;
    let mut longest = Duration::ZERO;
    for number in 0..20 {
        let begun = tokio::time::Instant::now();
        let subject = format!("new {number}");
        auth.sign_ins().create(&person(&subject, None, &tokens), clock.now_ms()).await.unwrap();
        longest = longest.max(begun.elapsed());
    }
    assert!(!sweeping.is_finished(), "the sweep ended too soon for this test");
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    sweeping.await.unwrap();
    assert_eq!(count(&database.db, "sign_ins WHERE revoked_at IS NULL").await, 20);
}

/// Adds `number` sign-ins of one person, each with a kilobyte of tokens.
async fn fill(db: &Db, number: u32, at_ms: i64) {
    let Db::Sqlite(pools) = db else { panic!("not SQLite") };
    let mut transaction = pools.writing.begin().await.unwrap();
    let person =
        "INSERT INTO users (id, issuer, subject, name, created_at, last_sign_in_at) VALUES (1, 'i', 's', 'n', 0, 0)";
    sqlx::query(person).execute(&mut *transaction).await.unwrap();
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) \
                INSERT INTO sign_ins (id, user_id, provider, roles_read_at, created_at, last_seen_at, sealed_tokens) \
                SELECT 'id ' || i, 1, 'demo', $2, $2, $2, zeroblob(1024) FROM n";
    sqlx::query(many).bind(number).bind(at_ms).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
}

/// How large the database file is, with everything in it.
async fn file_bytes(database: &TestDb) -> u64 {
    let Db::Sqlite(pools) = &database.db else { panic!("not SQLite") };
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pools.writing).await.unwrap();
    std::fs::metadata(database.url.strip_prefix("sqlite:").unwrap()).unwrap().len()
}
