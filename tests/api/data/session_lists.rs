//! Lists of sign-ins, and ending some of them.

use std::time::Duration;

use rolecall_sign_in::Auth;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::{EndReason, EndedSignIn, Ending, SignIn};

use super::sign_ins::{person, tokens};
use crate::support::{TestClock, TestDb, count, on_both_dialects};

on_both_dialects! {
    a_page_of_sign_ins_leads_to_the_next_without_gap_or_repeat,
    only_what_was_chosen_is_ended,
    what_is_not_committed_has_not_ended,
    only_what_is_live_is_listed_as_live,
    a_person_has_their_sign_ins_at_hand_by_an_index,
}

async fn sign_in(auth: &Auth, subject: &str) -> SignIn {
    auth.sign_ins().create(&person(subject, None, &tokens()), auth.clock().now_ms()).await.unwrap()
}

async fn end(auth: &Auth, ending: Ending) -> Vec<EndedSignIn> {
    let mut transaction = auth.db().begin().await.unwrap();
    let now_ms = auth.clock().now_ms();
    let ended = auth.sign_ins().end_in(&mut transaction, &ending, EndReason::EndedByAdministrator, now_ms).await;
    transaction.commit().await.unwrap();
    let ended = ended.unwrap();
    auth.sign_ins().let_go(&ended, now_ms);
    ended
}

async fn is_live(auth: &Auth, sign_in: &SignIn) -> bool {
    auth.sign_ins().live(&sign_in.id, auth.clock().now_ms()).await.unwrap().is_some()
}

async fn a_page_of_sign_ins_leads_to_the_next_without_gap_or_repeat(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let mut expected = Vec::new();
    for number in 0..121 {
        // Some begin in the same millisecond.
        if number % 3 == 0 {
            clock.advance(Duration::from_millis(1));
        }
        let sign_in = sign_in(&auth, "ada").await;
        expected.push((sign_in.created_at_ms, sign_in.id));
    }
    sign_in(&auth, "reed").await;
    expected.sort();
    expected.reverse();
    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    let user_id = auth.sign_ins().live(&expected[0].1, clock.now_ms()).await.unwrap().unwrap().user_id;
    loop {
        let page = auth.sign_ins().history_of(user_id, after.as_ref()).await.unwrap();
        pages += 1;
        found.extend(page.rows.into_iter().map(|row| (row.created_at_ms, row.id)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(pages, 3);
    assert_eq!(found, expected);
}

// Case: account/end-session
async fn only_what_was_chosen_is_ended(database: &TestDb) {
    let auth = database.auth(&TestClock::starting_now());
    let (one, two, three) = (sign_in(&auth, "ada").await, sign_in(&auth, "ada").await, sign_in(&auth, "ada").await);
    let (reed, wren) = (sign_in(&auth, "reed").await, sign_in(&auth, "wren").await);
    for sign_in in [&one, &two, &three, &reed, &wren] {
        assert!(is_live(&auth, sign_in).await);
    }
    assert_eq!(end(&auth, Ending::OneOf(reed.user_id, one.id.clone())).await, []);
    assert_eq!(end(&auth, Ending::One("another".to_owned())).await, []);
    let ended = end(&auth, Ending::OneOf(one.user_id, one.id.clone())).await;
    assert_eq!(ended, [EndedSignIn { id: one.id.clone(), user_id: one.user_id }]);
    assert!(!is_live(&auth, &one).await && is_live(&auth, &two).await);
    assert_eq!(end(&auth, Ending::OthersOf(two.user_id, two.id.clone())).await.len(), 1);
    assert!(is_live(&auth, &two).await && !is_live(&auth, &three).await && is_live(&auth, &reed).await);
    assert_eq!(end(&auth, Ending::AllOf(two.user_id)).await.len(), 1);
    assert_eq!(end(&auth, Ending::EveryOther(wren.id.clone())).await.len(), 1);
    assert!(!is_live(&auth, &reed).await && is_live(&auth, &wren).await);
    assert_eq!(count(&database.db, "sign_ins WHERE LENGTH(sealed_tokens) > 0").await, 1);
}

async fn what_is_not_committed_has_not_ended(database: &TestDb) {
    let auth = database.auth(&TestClock::starting_now());
    let one = sign_in(&auth, "ada").await;
    let mut transaction = auth.db().begin().await.unwrap();
    let ending = Ending::One(one.id.clone());
    let ended = auth.sign_ins().end_in(&mut transaction, &ending, EndReason::EndedElsewhere, 0).await.unwrap();
    assert_eq!(ended.len(), 1);
    drop(transaction);
    assert!(is_live(&auth, &one).await);
}

async fn only_what_is_live_is_listed_as_live(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let idle = sign_in(&auth, "ada").await;
    clock.advance(Duration::from_hours(8));
    let (ended, live) = (sign_in(&auth, "ada").await, sign_in(&auth, "ada").await);
    end(&auth, Ending::One(ended.id.clone())).await;
    let page = auth.sign_ins().live_of(live.user_id, clock.now_ms()).await.unwrap();
    assert_eq!(page.rows.iter().map(|row| &row.id).collect::<Vec<_>>(), [&live.id]);
    assert_eq!(page.next, None);
    let history = auth.sign_ins().history_of(live.user_id, None).await.unwrap().rows;
    let known: Vec<_> = history.iter().map(|row| (&row.id, auth.sign_ins().is_live(row, clock.now_ms()))).collect();
    assert!(known.contains(&(&live.id, true)) && known.contains(&(&idle.id, false)), "{known:?}");
    assert!(known.contains(&(&ended.id, false)) && known.len() == 3, "{known:?}");
    let of_ended = history.iter().find(|row| row.id == ended.id).unwrap();
    assert_eq!(of_ended.ended, Some((clock.now_ms(), Some(EndReason::EndedByAdministrator))));
}

async fn a_person_has_their_sign_ins_at_hand_by_an_index(database: &TestDb) {
    const HISTORY: &str = "SELECT id FROM sign_ins WHERE user_id = 7 AND (created_at, id) < (9, 'a') \
                           ORDER BY created_at DESC, id DESC LIMIT 51";
    let plan = match &database.db {
        Db::Sqlite(pools) => {
            let steps: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(&format!("EXPLAIN QUERY PLAN {HISTORY}")).fetch_all(&pools.reading).await.unwrap();
            steps.into_iter().map(|(_, _, _, step)| step).collect::<Vec<_>>().join("\n")
        }
        Db::Postgres(pools) => {
            let mut connection = pools.reading.acquire().await.unwrap();
            // The table is empty, so without this Postgres would not use an index.
            sqlx::query("SET enable_seqscan = off").execute(&mut *connection).await.unwrap();
            let steps: Vec<String> =
                sqlx::query_scalar(&format!("EXPLAIN {HISTORY}")).fetch_all(&mut *connection).await.unwrap();
            steps.join("\n")
        }
    };
    assert!(plan.contains("sign_ins_of_person"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{plan}");
}
