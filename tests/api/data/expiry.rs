//! What is over goes, a few rows at a time, and nothing else does.

use std::collections::HashMap;
use std::time::Duration;

use rolecall::auth::session::{EndReason, NewSignIn, ProviderSession, ProviderSignOut, cookie_session_store};
use time::OffsetDateTime;
use tower_sessions::SessionStore as _;
use tower_sessions::session::{Id, Record};

use super::sign_ins::{person, tokens};
use crate::support::{TestClock, TestDb, count, on_both_dialects};

on_both_dialects! {
    sign_ins_that_are_idle_or_old_end_and_their_tokens_go,
    sign_ins_that_are_over_are_kept_for_three_months,
    cookie_sessions_go_when_they_have_expired,
    sign_outs_of_a_provider_are_remembered_for_a_quarter_of_an_hour,
}

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const MINUTE: Duration = Duration::from_secs(60);

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
    assert_eq!(count(&database.db, "users").await, 1, "people stay");
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
        issuer: Some("https://issuer.test".to_owned()),
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
