//! Ready means that people can sign in: a database that cannot be written is not ready.

use std::time::Duration;

use rolecall_routes as routes;
use rolecall_sign_in::db::{Db, DbError};
use tempfile::TempDir;

use super::small_disk::SmallDisk;
use crate::support::{CapturedLog, TestApp, count, on_both_dialects};

/// Longer than the result of a check is cached.
const LATER: Duration = Duration::from_secs(3);

async fn readiness(app: &TestApp) -> u16 {
    app.clock.advance(LATER);
    app.browser().get(routes::HEALTH_READY).await.status
}

async fn writes(app: &TestApp) -> i64 {
    let Db::Sqlite(pools) = app.db() else { panic!("not SQLite") };
    sqlx::query_scalar("SELECT writes FROM readiness").fetch_one(&pools.reading).await.unwrap()
}

// Case: fault/ready-means-writable
#[tokio::test]
async fn a_row_is_written_every_few_seconds_however_often_somebody_asks() {
    let app = TestApp::start().await;
    let before = writes(&app).await;
    app.clock.advance(LATER);
    for _ in 0..20 {
        app.browser().get(routes::HEALTH_READY).await.assert_status(200);
    }
    assert_eq!(writes(&app).await, before + 1);
    app.clock.advance(LATER);
    app.browser().get(routes::HEALTH_READY).await.assert_status(200);
    assert_eq!(writes(&app).await, before + 2);
}

// Case: fault/ready-means-writable
#[tokio::test]
async fn a_full_disk_is_not_ready_until_there_is_room_again() {
    let disk = SmallDisk::mount();
    let setup = TestApp::setup().set("ROLECALL_DATA_DIR", &disk.path().display().to_string());
    let app = setup.start().await;
    assert_eq!(readiness(&app).await, 200);
    let Db::Sqlite(pools) = app.db() else { panic!("not SQLite") };
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pools.writing).await.unwrap();
    disk.fill();
    let log = CapturedLog::begin();
    assert_eq!(readiness(&app).await, 503);
    assert!(log.event("not_ready").text("error").contains("full"), "{}", log.text());
    app.browser().get(routes::HEALTH_LIVE).await.assert_status(200);
    disk.make_room();
    assert_eq!(readiness(&app).await, 200);
}

// Case: fault/ready-means-writable
#[tokio::test]
async fn a_database_that_can_only_be_read_is_not_ready() {
    let app = TestApp::start().await;
    let Db::Sqlite(pools) = app.db() else { panic!("not SQLite") };
    sqlx::query("PRAGMA query_only = ON").execute(&pools.writing).await.unwrap();
    let refused = app.browser().get(routes::HEALTH_READY).await;
    assert!(!refused.assert_status(503).header("retry-after").is_empty());
    sqlx::query("PRAGMA query_only = OFF").execute(&pools.writing).await.unwrap();
    assert_eq!(readiness(&app).await, 200);
}

// Case: fault/ready-means-writable
#[tokio::test]
async fn a_database_file_that_is_gone_or_another_one_is_not_ready() {
    let app = TestApp::start().await;
    assert_eq!(readiness(&app).await, 200);
    let file = app.data_dir().join("rolecall.sqlite3");
    let aside = app.data_dir().join("aside");
    std::fs::rename(&file, &aside).unwrap();
    assert_eq!(readiness(&app).await, 503);
    std::fs::copy(&aside, &file).unwrap();
    assert_eq!(readiness(&app).await, 503, "another file of the same name");
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(readiness(&app).await, 200);
}

// Case: fault/ready-means-writable
#[tokio::test]
async fn a_database_that_can_only_be_read_does_not_start() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("db").display());
    Db::open(&url, &rolecall_core::schema::migrations()).await.unwrap().close().await;
    let error = Db::open(&format!("{url}?mode=ro"), &rolecall_core::schema::migrations()).await.unwrap_err();
    assert!(matches!(error, DbError::NotWritable(_)), "{error:?}");
}

async fn a_row_can_be_written_again_and_again(database: &crate::support::TestDb) {
    for _ in 0..3 {
        database.db.write_a_row().await.unwrap();
    }
    assert_eq!(count(&database.db, "readiness").await, 1);
}

on_both_dialects! { a_row_can_be_written_again_and_again }
