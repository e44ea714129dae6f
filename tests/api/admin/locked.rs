//! Decisions while other transactions write: each takes effect completely or not at all, and the administrator is told
//! which.

use openidconnect::reqwest::Method;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_sign_in::db::Db;
use serde_json::{Value, json};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::{number_of, setup};
use crate::support::{TestApp, TestDb, answered_without_reading, signed_in, text, until};

/// The only connection that writes.
fn writing(app: &TestApp) -> &SqlitePool {
    let Db::Sqlite(pools) = app.db() else { panic!("not SQLite") };
    &pools.writing
}

/// Begins a write transaction on the database of `app`, as another program would, and never ends it. Writers that wait
/// for it fail at once instead of after some seconds.
async fn lock(app: &TestApp) -> SqliteConnection {
    sqlx::query("PRAGMA busy_timeout = 0").execute(writing(app)).await.unwrap();
    let file = app.data_dir().join("rolecall.sqlite3");
    let mut other = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    other
}

/// Counts what decisions have stored: answers, grants, disabled people, ended sessions, and entries of the audit.
async fn decided(app: &TestApp) -> [i64; 5] {
    let entries =
        "audit WHERE kind IN ('access_request_approved', 'role_granted', 'sessions_ended', 'person_disabled')";
    [
        app.count("access_requests WHERE decided_at IS NOT NULL").await,
        app.count("grants").await,
        app.count("users WHERE disabled_at IS NOT NULL").await,
        app.count("sign_ins WHERE revoked_at IS NOT NULL").await,
        app.count(entries).await,
    ]
}

// Case: admin/locked
#[tokio::test]
async fn a_decision_that_finds_the_database_locked_is_refused_and_nothing_of_it_is_done() {
    let app = TestApp::start().await;
    let (mut ada, mut nora) = (signed_in(&app, "ada").await, signed_in(&app, "nora").await);
    let asked = [("role", "read"), ("reason", "I am new")];
    nora.submit(routes::API_REQUEST_ACCESS, &asked).await.assert_status(303);
    let number = number_of(&app, "Nora").await;
    let request = text(app.db(), "SELECT id FROM access_requests").await;
    let session = text(app.db(), &format!("SELECT id FROM sign_ins WHERE user_id = {number}")).await;
    let (number, request, session) = (number.as_str(), request.as_str(), session.as_str());
    let decisions: [(&str, &[(&str, &str)]); 4] = [
        (routes::API_APPROVE_REQUEST, &[("id", request), ("answer", "Welcome"), ("until", "")]),
        (routes::API_GRANT_ROLE, &[("user_id", number), ("role", "write"), ("reason", "Helps"), ("until", "")]),
        (routes::API_END_SESSION, &[("id", session)]),
        (routes::API_DISABLE_PERSON, &[("user_id", number), ("reason", "Left")]),
    ];
    let token = app.person_token("ada").await;

    let mut other = lock(&app).await;
    for (function, fields) in decisions {
        let refused = ada.submit(function, fields).await;
        refused.assert_status(503).assert_shows("Nothing was changed.").assert_shows("Try again in a moment.");
        assert_eq!(refused.header("retry-after"), "5", "{refused:#?}");
        ada.call(function, fields).await.assert_status(503).assert_shows("Nothing was changed.");
    }
    let path = routes::API_V1_USER_DISABLE.replace("{id}", number);
    let (as_json, reason) = ([("content-type", "application/json")], json!({ "reason": "Left" }).to_string());
    let refused = app.send_with(Method::POST, &path, &token, &as_json, reason).await;
    refused.assert_problem(503).assert_shows("Nothing was changed.");
    assert_eq!(decided(&app).await, [0; 5]);
    assert_eq!(nora.user().await.unwrap().role, None);

    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(decided(&app).await, [0; 5], "nothing happens later either");
    for (function, fields) in decisions {
        ada.submit(function, fields).await.assert_status(303);
    }
    // The approval is one entry, and the role that it gives is another.
    assert_eq!(decided(&app).await, [1, 2, 1, 1, 5]);
    assert_eq!(nora.user().await, None);
    assert!(app.audit().verify().await.unwrap().is_ok());
}

// Case: admin/locked
#[tokio::test]
async fn a_decision_that_finds_a_table_locked_on_postgres_is_refused_and_nothing_of_it_is_done() {
    let database = TestDb::postgres().await;
    let app = setup(&database).start().await;
    let (mut ada, mut nora) = (signed_in(&app, "ada").await, signed_in(&app, "nora").await);
    let number = number_of(&app, "Nora").await;
    let grant = [("user_id", number.as_str()), ("role", "write"), ("reason", "Helps"), ("until", "")];
    let Db::Postgres(pools) = &database.db else { panic!("not PostgreSQL") };
    // Readers are not blocked by this lock; writers wait for it.
    let mut other = pools.writing.begin().await.unwrap();
    sqlx::query("LOCK TABLE grants IN EXCLUSIVE MODE").execute(&mut *other).await.unwrap();
    let refused = ada.submit(routes::API_GRANT_ROLE, &grant).await;
    refused.assert_status(503).assert_shows("Nothing was changed.").assert_shows("Try again in a moment.");
    assert_eq!(decided(&app).await, [0; 5]);
    assert_eq!(nora.user().await.unwrap().role, None);

    other.rollback().await.unwrap();
    assert_eq!(decided(&app).await, [0; 5], "nothing happens later either");
    ada.submit(routes::API_GRANT_ROLE, &grant).await.assert_status(303);
    assert_eq!(nora.user().await.unwrap().role, Some(Role::Write));
    assert_eq!(decided(&app).await, [0, 1, 0, 0, 1]);
}

// Case: admin/in-force
#[tokio::test]
async fn a_decision_that_is_in_force_is_no_failure_where_others_keep_the_database_busy_right_after_it() {
    let app = TestApp::start().await;
    let (mut ada, mut nora) = (signed_in(&app, "ada").await, signed_in(&app, "nora").await);
    let number = number_of(&app, "Nora").await;
    let grant = [("user_id", number.as_str()), ("role", "write"), ("reason", "Helps"), ("until", "")];
    // The connection is given out in order of request: this task gets it right after the decision, and keeps it.
    let next = async {
        let mut held = None;
        until("the decision is in force", async || {
            drop(held.take());
            held = Some(writing(&app).acquire().await.unwrap());
            app.count("grants").await == 1
        })
        .await;
        held
    };
    let (decided, held) = tokio::join!(ada.submit(routes::API_GRANT_ROLE, &grant), next);
    decided.assert_status(303);
    drop(held);
    assert_eq!(nora.user().await.unwrap().role, Some(Role::Write));
    assert_eq!(app.count("audit WHERE kind = 'role_granted'").await, 1);
}

// Case: admin/in-force
#[tokio::test]
async fn a_program_reads_what_it_decided_where_nothing_else_can_be_read_after_it_on_postgres() {
    let database = TestDb::postgres().await;
    let app = setup(&database).start().await;
    let (_ada, mut nora) = (signed_in(&app, "ada").await, signed_in(&app, "nora").await);
    let path = routes::API_V1_USER_GRANTS.replace("{id}", &number_of(&app, "Nora").await);
    let token = app.person_token("ada").await;
    let (as_json, wish) = ([("content-type", "application/json")], json!({ "role": "write", "reason": "Helps" }));
    let grant = app.send_with(Method::POST, &path, &token, &as_json, wish.to_string());
    // Readers are not blocked by this lock; writers wait for it.
    let decided = answered_without_reading(&app, &database, "LOCK TABLE grants IN EXCLUSIVE MODE", grant).await;
    let person: Value = decided.assert_status(200).assert_for_programs().json();
    assert_eq!((&person["name"], &person["role"]), (&json!("Nora Finch"), &json!("write")), "{person}");
    assert_eq!((&person["grants"][0]["reason"], &person["grants"][1]), (&json!("Helps"), &Value::Null), "{person}");
    assert!(!decided.headers.contains_key("retry-after"), "{decided:#?}");
    assert_eq!(nora.user().await.unwrap().role, Some(Role::Write));
    assert_eq!(app.count("grants").await, 1);
}
