//! Sign-in records: created, live, ended, counted; and the tokens in them.

use std::time::Duration;

use rolecall_model::Role;
use rolecall_sign_in::session::{EndReason, NewSignIn};
use rolecall_sign_in::tokens::TokenSet;

use crate::support::{ISSUER, TestClock, TestDb, count, on_both_dialects};

on_both_dialects! {
    a_new_sign_in_is_live_until_it_is_revoked,
    a_sign_in_ends_idle_or_old_to_the_millisecond,
    being_seen_counts_for_the_next_instance_too,
    a_person_is_known_by_issuer_and_subject,
    the_figures_count_what_is_live,
    tokens_are_sealed_and_open_with_any_key_of_the_list,
    a_sign_in_by_a_provider_that_is_not_configured_any_more_is_over,
    a_name_with_odd_characters_can_be_stored,
}

const HOUR: Duration = Duration::from_hours(1);
const MILLISECOND: Duration = Duration::from_millis(1);

pub fn tokens() -> TokenSet {
    TokenSet {
        id_token: "the id token".to_owned(),
        access_token: "the access token".to_owned(),
        refresh_token: None,
        expires_at_ms: Some(1),
        ..TokenSet::default()
    }
}

pub fn person<'a>(subject: &'a str, role: Option<Role>, tokens: &'a TokenSet) -> NewSignIn<'a> {
    NewSignIn {
        provider: "demo",
        provider_name: "the demonstration provider",
        issuer: ISSUER,
        subject,
        token_subject: subject,
        token_issued_at_s: 0,
        authenticated_at_ms: None,
        provider_sid: Some("sid".to_owned()),
        name: "Ada Vale".to_owned(),
        email: Some("ada@example.com".to_owned()),
        verified_email: None,
        role,
        ip: Some("192.0.2.1".parse().unwrap()),
        user_agent: Some("a browser"),
        tokens,
    }
}

async fn a_new_sign_in_is_live_until_it_is_revoked(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (auth, other_instance) = (database.auth(&clock), database.auth(&clock));
    let (sign_ins, now_ms) = (auth.sign_ins(), clock.now_ms());
    let created = sign_ins.create(&person("ada", Some(Role::Admin), &tokens()), now_ms).await.unwrap();
    let live = sign_ins.live(&created.id, now_ms).await.unwrap().unwrap();
    assert_eq!((live.user_id, live.created_at_ms, live.user.role), (created.user_id, now_ms, Some(Role::Admin)));
    assert_eq!((live.user.name.as_str(), live.user.email.as_deref()), ("Ada Vale", Some("ada@example.com")));
    assert!(sign_ins.live("another", now_ms).await.unwrap().is_none());

    sign_ins.revoke(&created.id, EndReason::SignedOut, now_ms).await.unwrap();
    assert!(sign_ins.live(&created.id, now_ms).await.unwrap().is_none());
    assert!(other_instance.sign_ins().live(&created.id, now_ms).await.unwrap().is_none());
    assert!(sign_ins.tokens(&created.id).await.unwrap().is_none());
    sign_ins.revoke(&created.id, EndReason::NotCompleted, now_ms + 1).await.unwrap();
    assert_eq!(count(&database.db, "sign_ins WHERE revoked_reason = 'signed_out' AND version = 2").await, 1);
}

// Case: session/idle-end, session/absolute-end
async fn a_sign_in_ends_idle_or_old_to_the_millisecond(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (auth, begun_ms) = (database.auth(&clock), clock.now_ms());
    let id = auth.sign_ins().create(&person("ada", None, &tokens()), begun_ms).await.unwrap().id;
    let is_live = async || auth.sign_ins().live(&id, clock.now_ms()).await.unwrap().is_some();
    clock.advance(8 * HOUR - MILLISECOND);
    assert!(is_live().await);
    clock.advance(8 * HOUR);
    assert!(!is_live().await, "idle");

    let auth = database.auth(&clock);
    let id = auth.sign_ins().create(&person("ada", None, &tokens()), clock.now_ms()).await.unwrap().id;
    let is_live = async || auth.sign_ins().live(&id, clock.now_ms()).await.unwrap().is_some();
    for _ in 0..3 {
        clock.advance(7 * HOUR);
        assert!(is_live().await);
    }
    clock.advance(3 * HOUR - MILLISECOND);
    assert!(is_live().await);
    clock.advance(MILLISECOND);
    assert!(!is_live().await, "old");
}

async fn being_seen_counts_for_the_next_instance_too(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let id = auth.sign_ins().create(&person("ada", None, &tokens()), clock.now_ms()).await.unwrap().id;
    clock.advance(7 * HOUR);
    assert!(auth.sign_ins().live(&id, clock.now_ms()).await.unwrap().is_some());
    clock.advance(7 * HOUR);
    assert!(database.auth(&clock).sign_ins().live(&id, clock.now_ms()).await.unwrap().is_some());
}

async fn a_person_is_known_by_issuer_and_subject(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let (sign_ins, now_ms, tokens) = (auth.sign_ins(), clock.now_ms(), tokens());
    let first = sign_ins.create(&person("1", None, &tokens), now_ms).await.unwrap();
    let renamed = NewSignIn { name: "Ada Hill".to_owned(), email: None, ..person("1", None, &tokens) };
    let again = sign_ins.create(&renamed, now_ms + 1).await.unwrap();
    let other_subject = sign_ins.create(&person("2", None, &tokens), now_ms).await.unwrap();
    let elsewhere = NewSignIn { issuer: "https://another.test", ..person("1", None, &tokens) };
    let other_issuer = sign_ins.create(&elsewhere, now_ms).await.unwrap();
    assert_eq!(first.user_id, again.user_id);
    assert_ne!(first.id, again.id);
    assert_ne!(first.user_id, other_subject.user_id);
    assert_ne!(first.user_id, other_issuer.user_id);
    assert_eq!(count(&database.db, "users WHERE name = 'Ada Hill' AND email IS NULL").await, 1);
}

async fn the_figures_count_what_is_live(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let (sign_ins, tokens) = (auth.sign_ins(), tokens());
    for (subject, role) in [("old", Some(Role::Admin)), ("older", None)] {
        sign_ins.create(&person(subject, role, &tokens), clock.now_ms()).await.unwrap();
    }
    clock.advance(23 * HOUR);
    for (subject, role) in
        [("ada", Some(Role::Admin)), ("ada", Some(Role::Admin)), ("reed", Some(Role::Read)), ("nora", None)]
    {
        sign_ins.create(&person(subject, role, &tokens), clock.now_ms()).await.unwrap();
    }
    let ended = sign_ins.create(&person("wren", Some(Role::Write), &tokens), clock.now_ms()).await.unwrap();
    sign_ins.revoke(&ended.id, EndReason::SignedOut, clock.now_ms()).await.unwrap();

    let figures = sign_ins.counts(clock.now_ms()).await.unwrap();
    assert_eq!((figures.live, figures.people, figures.last_day), (4, 3, 7));
    let expected = vec![(None, 1), (Some(Role::Read), 1), (Some(Role::Write), 0), (Some(Role::Admin), 2)];
    assert_eq!(figures.by_role, expected);
    clock.advance(HOUR);
    assert_eq!(sign_ins.counts(clock.now_ms()).await.unwrap().last_day, 5);
}

async fn tokens_are_sealed_and_open_with_any_key_of_the_list(database: &TestDb) {
    let (older, newer) = ("AAAA".repeat(10) + "AAA=", "BwcH".repeat(10) + "Bwc=");
    let clock = TestClock::starting_now();
    let auth = database.auth_with_keys(&clock, &[&older]);
    let id = auth.sign_ins().create(&person("ada", None, &tokens()), clock.now_ms()).await.unwrap().id;
    for keys in [vec![older.as_str()], vec![newer.as_str(), older.as_str()]] {
        let opened = database.auth_with_keys(&clock, &keys).sign_ins().tokens(&id).await.unwrap().unwrap();
        assert_eq!((opened.id_token.as_str(), opened.expires_at_ms), ("the id token", Some(1)));
    }
    assert!(database.auth_with_keys(&clock, &[&newer]).sign_ins().tokens(&id).await.is_err());
    assert!(auth.sign_ins().tokens("another").await.unwrap().is_none());
}

async fn a_sign_in_by_a_provider_that_is_not_configured_any_more_is_over(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (auth, tokens) = (database.auth(&clock), tokens());
    let here = auth.sign_ins().create(&person("1", None, &tokens), clock.now_ms()).await.unwrap();
    let gone = NewSignIn { provider: "gone", ..person("2", Some(Role::Admin), &tokens) };
    let gone = auth.sign_ins().create(&gone, clock.now_ms()).await.unwrap();
    assert!(auth.sign_ins().live(&here.id, clock.now_ms()).await.unwrap().is_some());
    assert!(auth.sign_ins().live(&gone.id, clock.now_ms()).await.unwrap().is_none());
}

async fn a_name_with_odd_characters_can_be_stored(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let tokens = tokens();
    for name in ["\u{202e}adA", "\u{1f984}", "Ada\r\n", "'; DROP TABLE users; --"] {
        let new = NewSignIn { name: name.to_owned(), ..person(name, None, &tokens) };
        let created = auth.sign_ins().create(&new, clock.now_ms()).await;
        assert!(created.is_ok(), "{name:?} was not stored");
    }
}
