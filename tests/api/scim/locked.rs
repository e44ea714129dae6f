//! Requests of a directory while another transaction holds a lock: each takes effect completely or not at all, and the
//! directory is told to send it again.

use rolecall_sign_in::db::Db;
use serde_json::{Value, json};

use super::{Directory, start, user};
use crate::support::{TestApp, TestDb};

/// Counts what a directory has stored: users, those who may not come in, and entries of the audit.
async fn stored(app: &TestApp) -> [i64; 3] {
    let entries = "audit WHERE kind IN ('directory_changed', 'person_enabled', 'person_disabled')";
    [app.count("scim_users").await, app.count("users WHERE inactive_since IS NOT NULL").await, app.count(entries).await]
}

// Case: scim/locked
#[tokio::test]
async fn a_change_that_finds_a_table_locked_on_postgres_is_refused_and_works_when_it_is_sent_again() {
    let database = TestDb::postgres().await;
    let app = start(&database).await;
    let directory = Directory::of(&app).await;
    let (stays, goes) = (directory.create("One", "s-1", true).await, directory.create("Two", "s-2", true).await);
    let before = stored(&app).await;
    let users = "/scim/v2/Users";
    let (new, off) = (user("Three", "s-3", true), json!([{ "op": "Replace", "path": "active", "value": false }]));
    let Db::Postgres(pools) = &database.db else { panic!("not PostgreSQL") };
    // Readers are not blocked by this lock; writers wait for it.
    let mut other = pools.writing.begin().await.unwrap();
    sqlx::query("LOCK TABLE scim_users IN EXCLUSIVE MODE").execute(&mut *other).await.unwrap();
    let (created, changed, deleted) =
        tokio::join!(directory.post(users, new.clone()), directory.patch(&stays, off.clone()), directory.delete(&goes));
    for refused in [&created, &changed, &deleted] {
        refused.assert_scim_error(503, "").assert_shows("Send it again.");
        assert_eq!(refused.header("retry-after"), "5", "{refused:#?}");
    }
    let shown: Value = directory.get(&stays).await.assert_scim(200).json();
    assert_eq!(shown["active"], true, "{shown}");
    assert_eq!(stored(&app).await, before);

    other.rollback().await.unwrap();
    assert_eq!(stored(&app).await, before, "nothing is done later, either");
    directory.post(users, new).await.assert_scim(201);
    directory.patch(&stays, off).await.assert_scim(200);
    directory.delete(&goes).await.assert_scim(204);
    let [users, kept_out, entries] = before;
    assert_eq!(stored(&app).await, [users, kept_out + 2, entries + 3]);
    assert!(app.audit().verify().await.unwrap().is_ok());
}
