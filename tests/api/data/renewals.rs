//! The right to refresh the tokens of a sign-in: only one request has it at a time, however many instances there are.

use rolecall_model::Role;
use rolecall_sign_in::session::{CHECK_AGAIN_MS, EndReason, Renewed, RolesAsked};
use rolecall_sign_in::tokens::TokenSet;

use super::sign_ins::person;
use crate::support::{TestClock, TestDb, on_both_dialects};

on_both_dialects! {
    one_instance_has_the_right_until_it_is_done_or_dead,
    what_ended_meanwhile_is_not_renewed,
    a_renewal_is_seen_at_once,
    of_all_who_want_a_role_read_now_one_asks_for_it,
}

const HOUR_MS: i64 = 3_600_000;

/// Tokens that were received at `now_ms` and last an hour.
fn tokens(refresh_token: &str, now_ms: i64) -> TokenSet {
    TokenSet {
        id_token: "the id token".to_owned(),
        access_token: "the access token".to_owned(),
        refresh_token: Some(refresh_token.to_owned()),
        expires_at_ms: Some(now_ms + HOUR_MS),
        ..TokenSet::default()
    }
}

async fn one_instance_has_the_right_until_it_is_done_or_dead(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (here, there) = (database.auth(&clock), database.auth(&clock));
    let now_ms = clock.now_ms();
    let id = here.sign_ins().create(&person("ada", None, &tokens("first", now_ms)), now_ms).await.unwrap().id;
    assert!(here.sign_ins().claim_refresh(&id, now_ms).await.unwrap().is_none(), "nothing is due yet");

    let due_ms = now_ms + HOUR_MS / 5 * 4;
    let (one, other) =
        tokio::join!(here.sign_ins().claim_refresh(&id, due_ms), there.sign_ins().claim_refresh(&id, due_ms));
    let claims = [one.unwrap(), other.unwrap()].into_iter().flatten().collect::<Vec<_>>();
    let [claim] = claims.as_slice() else { panic!("{} instances claimed the refresh", claims.len()) };
    assert_eq!(claim.tokens.refresh_token.as_deref(), Some("first"));
    assert!(there.sign_ins().is_refresh_claimed(&id, due_ms).await.unwrap());

    here.sign_ins().postpone_refresh(claim, None, due_ms).await.unwrap();
    assert!(there.sign_ins().claim_refresh(&id, due_ms + 29_999).await.unwrap().is_none());
    let dead = there.sign_ins().claim_refresh(&id, due_ms + 30_000).await.unwrap();
    assert!(dead.is_some());
    assert!(here.sign_ins().claim_refresh(&id, due_ms + 89_999).await.unwrap().is_none());
    assert!(here.sign_ins().claim_refresh(&id, due_ms + 90_000).await.unwrap().is_some());
}

async fn what_ended_meanwhile_is_not_renewed(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (auth, now_ms) = (database.auth(&clock), clock.now_ms());
    let id = auth.sign_ins().create(&person("ada", None, &tokens("first", now_ms)), now_ms).await.unwrap().id;
    let due_ms = now_ms + HOUR_MS;
    let claim = auth.sign_ins().claim_refresh(&id, due_ms).await.unwrap().unwrap();
    auth.sign_ins().revoke(&id, EndReason::SignedOut, due_ms).await.unwrap();
    let new = tokens("second", due_ms);
    let renewed = Renewed { tokens: &new, role: Some(Role::Admin), roles_read_at_ms: due_ms };
    assert!(!auth.sign_ins().renew(&claim, &renewed, due_ms).await.unwrap());
    assert!(auth.sign_ins().tokens(&id).await.unwrap().is_none());
}

async fn a_renewal_is_seen_at_once(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (auth, now_ms) = (database.auth(&clock), clock.now_ms());
    let old = tokens("first", now_ms);
    let id = auth.sign_ins().create(&person("ada", Some(Role::Admin), &old), now_ms).await.unwrap().id;
    let due_ms = now_ms + HOUR_MS;
    assert_eq!(auth.sign_ins().live(&id, due_ms).await.unwrap().unwrap().user.role, Some(Role::Admin));
    let claim = auth.sign_ins().claim_refresh(&id, due_ms).await.unwrap().unwrap();
    let new = tokens("second", due_ms);
    let renewed = Renewed { tokens: &new, role: Some(Role::Read), roles_read_at_ms: due_ms };
    assert!(auth.sign_ins().renew(&claim, &renewed, due_ms).await.unwrap());
    let live = auth.sign_ins().live(&id, due_ms).await.unwrap().unwrap();
    assert_eq!((live.user.role, live.roles_read_at_ms), (Some(Role::Read), due_ms));
    assert_eq!(live.refresh_at_ms, Some(due_ms + HOUR_MS / 5 * 4));
    assert_eq!(auth.sign_ins().tokens(&id).await.unwrap().unwrap().refresh_token.as_deref(), Some("second"));
    assert!(!auth.sign_ins().renew(&claim, &renewed, due_ms).await.unwrap(), "a claim can be used once only");
}

// Case: account/check-roles-limit
async fn of_all_who_want_a_role_read_now_one_asks_for_it(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (here, there) = (database.auth(&clock), database.auth(&clock));
    let now_ms = clock.now_ms();
    let id = here.sign_ins().create(&person("ada", None, &tokens("first", now_ms)), now_ms).await.unwrap().id;
    let at = async |at_ms| here.sign_ins().ask_for_roles(&id, at_ms).await.unwrap();
    let due = RolesAsked::Due { roles_read_at_ms: now_ms };
    assert_eq!(at(now_ms + CHECK_AGAIN_MS - 1).await, RolesAsked::TooSoon, "the sign-in has just read it");
    let later_ms = now_ms + CHECK_AGAIN_MS;
    let (one, other) =
        tokio::join!(here.sign_ins().ask_for_roles(&id, later_ms), there.sign_ins().ask_for_roles(&id, later_ms));
    let mut asked = [one.unwrap(), other.unwrap()];
    asked.sort_by_key(|asked| *asked != due);
    assert_eq!(asked, [due, RolesAsked::TooSoon]);
    assert!(there.sign_ins().claim_refresh(&id, later_ms).await.unwrap().is_some(), "its tokens are due");
    assert_eq!(at(later_ms + CHECK_AGAIN_MS - 1).await, RolesAsked::TooSoon);
    assert_eq!(at(later_ms + CHECK_AGAIN_MS).await, due);
    // A clock that was set back since then blocks nobody.
    assert_eq!(at(later_ms).await, due);
    let without = here.sign_ins().create(&person("reed", None, &TokenSet::default()), now_ms).await.unwrap().id;
    let asked = here.sign_ins().ask_for_roles(&without, later_ms).await.unwrap();
    assert_eq!(asked, RolesAsked::CannotBe);
    here.sign_ins().revoke(&id, EndReason::SignedOut, later_ms).await.unwrap();
    assert_eq!(at(later_ms + 2 * CHECK_AGAIN_MS).await, RolesAsked::Ended);
}
