//! Finding people among many, on both dialects, and looking at Rolecall with a lower role.

use std::time::Duration;

use rolecall_core::audit::{Audit, Entry, EntryKind, Filter};
use rolecall_model::Role;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::people::{PeopleNamed, few_statement, people_named};
use rolecall_sign_in::session::{LiveFilter, NewSignIn};

use super::sign_ins::{person, tokens};
use crate::support::{TestClock, TestDb, execute, on_both_dialects, until};

on_both_dialects! {
    people_are_found_by_any_part_in_whatever_letters,
    few_people_among_many_are_found_by_an_index,
    no_entry_of_the_audit_is_left_out_however_many_people_a_name_fits,
    people_are_found_by_an_address_only_where_it_was_verified,
    who_looks_with_a_lower_role_has_no_other_until_it_ends,
}

async fn add(database: &TestDb, id: i64, name: &str, email: &str) {
    let insert = format!(
        "INSERT INTO users (id, issuer, subject, name, email, created_at, last_sign_in_at) \
         VALUES ({id}, 'i', 'subject {id}', '{name}', '{email}', 0, {id})"
    );
    execute(&database.db, &insert).await;
}

/// The ids of the few people whose data contain `text`, the newest first.
async fn found_few(database: &TestDb, text: &str) -> Vec<i64> {
    let found = people_named(&database.db, text).await.unwrap();
    let PeopleNamed::Few(mut ids) = found else { panic!("{text:?}: {found:?}") };
    ids.sort_unstable_by(|one, other| other.cmp(one));
    ids
}

// Case: admin/people-search
async fn people_are_found_by_any_part_in_whatever_letters(database: &TestDb) {
    add(database, 1, "Ada Lovelace", "ada@example.com").await;
    add(database, 2, "Élodie \"Quote\" AND", "elodie@example.com").await;
    add(database, 3, "100% O''Brien_x!", "ob@example.org").await;
    add(database, 4, "日本語の名前", "ja@example.net").await;
    let found = async |text: &str| found_few(database, text).await;
    for (text, wanted) in [
        ("LOVE", vec![1]),
        ("ada lovelace", vec![1]),
        ("lace", vec![1]),
        ("\"quote\" and", vec![2]),
        ("quote\" OR name", vec![]),
        ("example.", vec![4, 3, 2, 1]),
        ("0% o'b", vec![3]),
        ("n_x!", vec![3]),
        ("n%x", vec![]),
        ("本語の", vec![4]),
        ("語", vec![4]),
        ("subject 2", vec![2]),
        ("AD", vec![1]),
        ("nobody", vec![]),
        (" \0 ", vec![4, 3, 2, 1]),
    ] {
        assert_eq!(found(text).await, wanted, "{text:?}");
    }
    // The search finds changed names.
    execute(&database.db, "UPDATE users SET name = 'Ada King' WHERE id = 1").await;
    assert_eq!((found("lovelace").await, found("king").await), (vec![], vec![1]));
    execute(&database.db, "DELETE FROM users WHERE id = 1").await;
    assert_eq!(found("king").await, [] as [i64; 0]);
    let auth = database.auth(&TestClock::starting_now());
    let page = auth.sign_ins().people("BRIEN", None, 0).await.unwrap();
    assert_eq!(page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [3]);
    let filter = LiveFilter { person: "brien".to_owned(), ..LiveFilter::default() };
    assert!(auth.sign_ins().live_page(&filter, None, 0).await.unwrap().rows.is_empty());
}

async fn add_many(database: &TestDb) {
    let many = match &database.db {
        Db::Sqlite(_) => "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)",
        Db::Postgres(_) => "WITH n(i) AS (SELECT generate_series(1, 3000))",
    };
    let insert = format!(
        "{many} INSERT INTO users (id, issuer, subject, name, email, created_at, last_sign_in_at) \
         SELECT i, 'i', CAST(i AS TEXT), 'Person ' || i, 'p' || i || '@example.com', 0, i FROM n"
    );
    // Both dialects accept WITH before INSERT.
    execute(&database.db, &insert).await;
}

// Case: audit/filter
async fn no_entry_of_the_audit_is_left_out_however_many_people_a_name_fits(database: &TestDb) {
    add_many(database).await;
    execute(&database.db, "UPDATE users SET name = 'Ada' WHERE id = 7").await;
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let audit = Audit::new(database.db.clone(), &auth.config().secret_keys, clock.clock());
    let writing = audit.keep_writing();
    let entry = |id: i64| Entry::new(EntryKind::SignedIn, clock.now_ms()).by(id);
    let entries: Vec<Entry> = (1..=60).map(|id| entry(id).about(3000)).chain([entry(7).about(7)]).collect();
    audit.write(&entries).await.unwrap();
    // A text can be found in thousands of people, most of whom signed in later, in some, in one or in nobody.
    for (text, wanted) in
        [("person", 60), ("p", 61), ("erson 3000", 60), ("ON 5", 11), ("ada", 2), ("zz", 0), ("zzz", 0)]
    {
        let filter = Filter { people: Some(audit.people_named(text).await.unwrap()), ..Filter::default() };
        let (mut after, mut seen) = (None, 0);
        loop {
            let page = audit.page(&filter, after).await.unwrap();
            seen += page.rows.len();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, wanted, "{text}");
    }
    writing.abort();
}

async fn few_people_among_many_are_found_by_an_index(database: &TestDb) {
    add_many(database).await;
    let auth = database.auth(&TestClock::starting_now());
    // Many people match: those who signed in last come first, page by page.
    let page = auth.sign_ins().people("person", None, 0).await.unwrap();
    assert_eq!((page.rows[0].id, page.rows.len()), (3000, 50));
    let next = auth.sign_ins().people("person", page.next, 0).await.unwrap();
    assert_eq!(next.rows[0].id, 2950);
    // Few people match.
    assert_eq!(found_few(database, "person 299").await[..2], [2999, 2998]);
    let (find, value) = few_statement(&database.db, "person 299");
    let (plan, index) = match &database.db {
        Db::Sqlite(pools) => {
            let explain = format!("EXPLAIN QUERY PLAN {find}");
            let steps: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(&explain).bind(&value).fetch_all(&pools.reading).await.unwrap();
            (steps.into_iter().map(|step| step.3).collect::<Vec<_>>().join("\n"), "VIRTUAL TABLE INDEX")
        }
        Db::Postgres(pools) => {
            let mut transaction = pools.writing.begin().await.unwrap();
            // With so few people, a scan is as fast, so scans are disabled: the test asks whether the index can serve
            // the statement.
            sqlx::query("SET LOCAL enable_seqscan = off").execute(&mut *transaction).await.unwrap();
            let explain = format!("EXPLAIN {find}");
            let steps: Vec<String> =
                sqlx::query_scalar(&explain).bind(&value).fetch_all(&mut *transaction).await.unwrap();
            (steps.join("\n"), "Index Scan on users_search")
        }
    };
    assert!(plan.contains(index), "{plan}");
}

// Case: operator/verified-email
async fn people_are_found_by_an_address_only_where_it_was_verified(database: &TestDb) {
    let auth = database.auth(&TestClock::starting_now());
    let (sign_ins, tokens, now_ms) = (auth.sign_ins(), tokens(), auth.clock().now_ms());
    let verified =
        |subject, email: &str| NewSignIn { verified_email: Some(email.to_owned()), ..person(subject, None, &tokens) };
    sign_ins.create(&person("claims it", None, &tokens), now_ms).await.unwrap();
    let ada = sign_ins.create(&verified("has it", "ADA@Example.com"), now_ms).await.unwrap();
    let found = async || {
        let found = sign_ins.people_with_email("demo", " ada@EXAMPLE.com ", now_ms).await.unwrap();
        found.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(found().await, [ada.user_id]);
    assert!(sign_ins.people_with_email("other", "ada@example.com", now_ms).await.unwrap().is_empty());
    assert!(sign_ins.people_with_email("demo", "", now_ms).await.unwrap().is_empty());
    // The address counts only as the provider last gave it.
    sign_ins.create(&person("has it", None, &tokens), now_ms).await.unwrap();
    assert_eq!(found().await, [] as [i64; 0]);
}

// Case: admin/view-as
async fn who_looks_with_a_lower_role_has_no_other_until_it_ends(database: &TestDb) {
    let clock = TestClock::starting_now();
    let (here, there) = (database.auth(&clock), database.auth(&clock));
    let ada = here.sign_ins().create(&person("ada", Some(Role::Admin), &tokens()), clock.now_ms()).await.unwrap();
    let other = here.sign_ins().create(&person("ada", Some(Role::Admin), &tokens()), clock.now_ms()).await.unwrap();
    let role = async |auth: &rolecall_sign_in::Auth, id: &str| {
        auth.sign_ins().live(id, clock.now_ms()).await.unwrap().unwrap().user.role
    };
    let change = async |role_until| {
        let mut transaction = here.db().begin().await.unwrap();
        let is_changed = here.sign_ins().view_as_in(&mut transaction, &ada.id, role_until).await.unwrap();
        transaction.commit().await.unwrap();
        here.sign_ins().forget(&ada.id);
        is_changed
    };
    assert_eq!(role(&here, &ada.id).await, Some(Role::Admin));
    assert!(!change(None).await, "there is nothing to end");
    let until_ms = clock.now_ms() + 60_000;
    assert!(change(Some((Role::Read, until_ms))).await);
    for auth in [&here, &there] {
        assert_eq!(role(auth, &ada.id).await, Some(Role::Read));
        assert_eq!(role(auth, &other.id).await, Some(Role::Admin), "the other session is as it was");
    }
    let live = here.sign_ins().live(&ada.id, clock.now_ms()).await.unwrap().unwrap();
    assert_eq!((live.own_role(), live.view_as.map(|it| it.until_ms)), (Some(Role::Admin), Some(until_ms)));
    clock.advance(Duration::from_mins(1));
    for auth in [&here, &there] {
        assert_eq!(role(auth, &ada.id).await, Some(Role::Admin), "it ends by itself");
    }
    assert!(change(Some((Role::Write, clock.now_ms() + 60_000))).await);
    assert_eq!(role(&here, &ada.id).await, Some(Role::Write));
    assert!(change(None).await);
    assert_eq!(role(&here, &ada.id).await, Some(Role::Admin));
}

// Case: admin/view-as
#[tokio::test]
async fn a_lower_role_is_in_force_at_an_instance_that_holds_the_session_in_memory_on_postgres() {
    let database = TestDb::postgres().await;
    let clock = TestClock::starting_now();
    let (here, there) = (database.auth(&clock), database.auth(&clock));
    let followed = there.clone();
    let following = tokio::spawn(async move { followed.sign_ins().follow_other_instances().await });
    let ada = here.sign_ins().create(&person("ada", Some(Role::Admin), &tokens()), clock.now_ms()).await.unwrap();
    let role = async || there.sign_ins().live(&ada.id, clock.now_ms()).await.unwrap().unwrap().user.role;
    assert_eq!(role().await, Some(Role::Admin));
    let mut transaction = here.db().begin().await.unwrap();
    let role_until = Some((Role::Read, clock.now_ms() + 60_000));
    assert!(here.sign_ins().view_as_in(&mut transaction, &ada.id, role_until).await.unwrap());
    transaction.commit().await.unwrap();
    until("the other instance knows", async || role().await == Some(Role::Read)).await;
    following.abort();
}
