//! What open pages are told about a sign-in, and which sign-ins come from new browsers.

use std::time::Duration;

use rolecall_sign_in::Auth;
use rolecall_sign_in::people::KnownBrowser;
use rolecall_sign_in::session::{EndReason, NewSignIn, SignIn, SignInEnds};

use super::sign_ins::{person, tokens};
use crate::support::{TestClock, TestDb, on_both_dialects};

on_both_dialects! {
    an_end_by_idleness_is_put_off_by_what_another_instance_has_seen,
    a_new_browser_is_told_once_and_only_its_person_knows_it,
    what_never_came_through_makes_no_browser_known,
}

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

// Case: live/session
async fn an_end_by_idleness_is_put_off_by_what_another_instance_has_seen(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (here, there) = (database.auth(&clock), database.auth(&clock));
    let begun_ms = clock.now_ms();
    let id = here.sign_ins().create(&person("ada", None, &tokens()), begun_ms).await.unwrap().id;
    let ends = async |auth: &Auth, at_ms: i64| {
        let found = auth.sign_ins().live_with_ends(&id, at_ms).await.unwrap();
        found.map(|(_, ends)| (ends.idle_ms - begun_ms, ends.absolute_ms - begun_ms))
    };
    let unseen = Some((8 * HOUR_MS, 24 * HOUR_MS));
    assert_eq!(ends(&here, begun_ms).await, unseen);
    let active_ms = begun_ms + 7 * HOUR_MS;
    assert!(there.sign_ins().live(&id, active_ms).await.unwrap().is_some());
    assert_eq!(ends(&here, active_ms).await, unseen, "far from the end, the database is not asked");
    let near_ms = begun_ms + 8 * HOUR_MS - 2 * MINUTE_MS;
    assert_eq!(ends(&here, near_ms).await, Some((15 * HOUR_MS, 24 * HOUR_MS)));
    assert_eq!(ends(&here, begun_ms + 15 * HOUR_MS).await, None, "asking must not count as activity");
    here.sign_ins().revoke(&id, EndReason::SignedOut, near_ms).await.unwrap();
    assert_eq!(ends(&here, near_ms).await, None);
    assert_eq!(SignInEnds { idle_ms: 2, absolute_ms: 1 }.first_ms(), 1);
}

async fn sign_in(auth: &Auth, subject: &str, user_agent: &str) -> SignIn {
    let tokens = tokens();
    let new = NewSignIn { user_agent: Some(user_agent), ..person(subject, None, &tokens) };
    auth.sign_ins().create(&new, auth.clock().now_ms()).await.unwrap()
}

async fn new_browsers(auth: &Auth, of: &SignIn) -> Vec<String> {
    let rows = auth.sign_ins().new_browsers_of(of.user_id, &of.id).await.unwrap().rows;
    assert!(rows.iter().all(|row| row.is_from_new_browser && row.user_id == of.user_id));
    rows.into_iter().map(|row| row.id).collect()
}

// Case: account/new-browser
async fn a_new_browser_is_told_once_and_only_its_person_knows_it(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let sign_in = async |subject: &str, user_agent: &str| {
        clock.advance(Duration::from_secs(1));
        sign_in(&auth, subject, user_agent).await
    };
    let first = sign_in("ada", "Firefox/1").await;
    sign_in("ada", "Firefox/2.0").await;
    assert_eq!(new_browsers(&auth, &first).await, [""; 0]);
    let new = sign_in("ada", "Edge/1").await;
    let again = sign_in("ada", "Edge/2").await;
    let other = sign_in("ada", "curl/8").await;
    let reed = sign_in("reed", "Edge/1").await;
    assert_eq!(new_browsers(&auth, &first).await, [other.id.clone(), again.id.clone()], "each browser once");
    assert_eq!(new_browsers(&auth, &again).await, [other.id.clone(), again.id.clone()]);
    assert_eq!(
        new_browsers(&auth, &new).await,
        [other.id.clone(), new.id.clone()],
        "a new browser is listed as new in its own session too"
    );
    assert_eq!(new_browsers(&auth, &reed).await, [""; 0], "browsers of other people must not be listed");
    let known = async |by: &SignIn, id: &str| auth.sign_ins().know_browser(by.user_id, id, &by.id).await.unwrap();
    assert_eq!(known(&reed, &new.id).await, KnownBrowser::Nothing);
    assert_eq!(known(&first, &first.id).await, KnownBrowser::Nothing);
    for (by, of) in [(&new, &new), (&new, &again), (&other, &new), (&again, &other)] {
        assert_eq!(known(by, &of.id).await, KnownBrowser::SaidByNew, "a new browser must not confirm a browser");
    }
    assert_eq!(auth.sign_ins().know_browser(first.user_id, &new.id, &reed.id).await.unwrap(), KnownBrowser::SaidByNew);
    assert_eq!(known(&first, &new.id).await, KnownBrowser::Known);
    assert_eq!(known(&first, &again.id).await, KnownBrowser::Nothing, "it is the same browser");
    assert_eq!(new_browsers(&auth, &first).await, std::slice::from_ref(&other.id));
    assert_eq!(known(&again, &other.id).await, KnownBrowser::Known);
    assert_eq!(new_browsers(&auth, &first).await, [""; 0]);
    sign_in("ada", "Edge/3").await;
    assert_eq!(new_browsers(&auth, &first).await, [""; 0]);
    let history = auth.sign_ins().history_of(first.user_id, None).await.unwrap();
    assert_eq!(history.rows.iter().filter(|row| row.is_from_new_browser).count(), 3, "the history keeps the marks");
}

// Case: account/new-browser
async fn what_never_came_through_makes_no_browser_known(database: &TestDb) {
    let auth = database.auth(&TestClock::starting_now());
    let first = sign_in(&auth, "ada", "Firefox/1").await;
    let failed = sign_in(&auth, "ada", "Edge/1").await;
    auth.sign_ins().revoke(&failed.id, EndReason::NotCompleted, auth.clock().now_ms()).await.unwrap();
    let new = sign_in(&auth, "ada", "Edge/1").await;
    assert_eq!(new_browsers(&auth, &first).await, [new.id]);
}
