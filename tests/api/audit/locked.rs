//! The audit while another transaction holds its lock: nobody who signs in waits for it, and nothing is lost.

use rolecall_sign_in::db::Db;

use crate::support::{CapturedLog, TestApp, TestDb, signed_in, until};

// Case: audit/locked
#[tokio::test]
async fn what_happens_while_the_audit_is_locked_on_postgres_is_written_as_soon_as_it_can_be() {
    let database = TestDb::postgres().await;
    let app = TestApp::setup().on(&database).start().await;
    let Db::Postgres(pools) = &database.db else { panic!("not PostgreSQL") };
    let mut other = pools.writing.begin().await.unwrap();
    sqlx::query("SELECT id FROM audit_chain FOR UPDATE").execute(&mut *other).await.unwrap();
    let log = CapturedLog::begin();
    signed_in(&app, "ada").await;
    until("the writer has given up once", async || log.text().contains("audit_not_written")).await;
    signed_in(&app, "reed").await;
    let signed_in = async || app.count("audit WHERE kind = 'signed_in'").await;
    assert_eq!(signed_in().await, 0);

    other.rollback().await.unwrap();
    until("both sign-ins are in the audit", async || signed_in().await == 2).await;
    assert_eq!(app.count("audit WHERE kind = 'events_lost'").await, 0);
    assert!(app.audit().verify().await.unwrap().is_ok());
}
