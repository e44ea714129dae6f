//! Restoring a backup: who signed out after it was made stays signed out.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rolecall_routes as routes;
use rolecall_sign_in::db::Db;

use crate::support::{Browser, TestApp, until};

const BACKUP: &str = "backup.sqlite3";
/// Where the time of the latest revocation is kept.
const MARK: &str = "latest-revocation";
/// The audit entries about sessions that a restored backup brought back.
const OF_RESTORING: &str = "audit WHERE kind = 'sessions_ended' AND details LIKE '%\"by\":\"restored backup\"%'";

/// An application in which Ada and Wren signed in before a backup was made.
async fn with_backup() -> (TestApp, Browser, Browser) {
    let app = TestApp::start().await;
    let (mut ada, mut wren) = (app.browser(), app.browser());
    ada.sign_in_as("ada").await;
    wren.sign_in_as("wren").await;
    // The audit in the backup has entries, so it has a seal that only the server's keys can make.
    assert!(app.audit().flush(Duration::from_secs(30)).await);
    let Db::Sqlite(pools) = app.db() else { panic!("not SQLite") };
    let backup = app.data_dir().join(BACKUP);
    sqlx::query("VACUUM INTO $1").bind(backup.to_str().unwrap()).execute(&pools.writing).await.unwrap();
    app.clock.advance(Duration::from_secs(1));
    (app, ada, wren)
}

/// Signs Wren out. Returns the browser with the old cookie, which somebody may have stolen.
async fn sign_out(wren: &mut Browser) -> Browser {
    let stolen = wren.clone();
    wren.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    stolen
}

/// Puts the backup in the place of the database, after the last connection to it is closed.
async fn restore(data_dir: &Path) {
    let log = data_dir.join("rolecall.sqlite3-wal");
    until("the database is closed", async || !log.exists()).await;
    std::fs::copy(data_dir.join(BACKUP), data_dir.join("rolecall.sqlite3")).unwrap();
}

/// The command that signs everybody out, for the folder of a stopped application.
fn sign_everybody_out(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command.env_clear().env("ROLECALL_DATA_DIR", data_dir).current_dir(data_dir);
    command.env("ROLECALL_BIND", "127.0.0.1:0").env("ROLECALL_PUBLIC_URL", "http://127.0.0.1:3000");
    command.arg("sign-everybody-out");
    command
}

// Case: fault/restored-backup
#[tokio::test]
async fn a_restored_backup_revives_no_session_that_was_revoked_since() {
    let (mut app, mut ada, mut wren) = with_backup().await;
    let mut stolen = sign_out(&mut wren).await;
    app.restart_after(restore).await;
    assert_eq!(stolen.user().await, None);
    assert!(app.audit().flush(Duration::from_secs(30)).await);
    assert_eq!(app.count(OF_RESTORING).await, 1);
    // It is unknown which sessions had ended, so everybody signs in again, once.
    assert_eq!(ada.user().await, None);
    ada.sign_in_as("ada").await;
    app.restart().await;
    assert_eq!(ada.user().await.unwrap().name, "Ada Vale");
}

// Case: fault/restored-backup
#[tokio::test]
async fn a_restored_backup_that_lacks_no_revocation_signs_nobody_out() {
    let (mut app, mut ada, mut wren) = with_backup().await;
    app.restart_after(restore).await;
    assert_eq!(ada.user().await.unwrap().name, "Ada Vale");
    assert_eq!(wren.user().await.unwrap().name, "Wren Hollis");
    sign_out(&mut wren).await;
    app.restart().await;
    assert_eq!(ada.user().await.unwrap().name, "Ada Vale", "a restart is no restored backup");
}

#[tokio::test]
async fn a_mark_that_is_older_than_any_session_says_nothing() {
    let (mut app, _, mut wren) = with_backup().await;
    sign_out(&mut wren).await;
    app.clock.advance(Duration::from_hours(24));
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    app.restart_after(async |data_dir| {
        let db = Db::open(
            &format!("sqlite:{}", data_dir.join("rolecall.sqlite3").display()),
            &rolecall_core::schema::migrations(),
        )
        .await
        .unwrap();
        let Db::Sqlite(pools) = &db else { panic!("not SQLite") };
        // The state after old sign-ins have been deleted.
        sqlx::query("DELETE FROM sign_ins WHERE revoked_at IS NOT NULL").execute(&pools.writing).await.unwrap();
        db.close().await;
    })
    .await;
    assert_eq!(reed.user().await.unwrap().name, "Reed Marlow");
}

// Case: fault/restored-backup
#[tokio::test]
async fn after_everything_was_restored_one_command_signs_everybody_out() {
    let (mut app, _, mut wren) = with_backup().await;
    let mut stolen = sign_out(&mut wren).await;
    let restore_everything = async |data_dir: &Path| {
        restore(data_dir).await;
        std::fs::remove_file(data_dir.join(MARK)).unwrap();
    };
    // Without the mark, the backup cannot be told apart from the latest database.
    app.restart_after(restore_everything).await;
    assert!(stolen.user().await.is_some(), "the backup must have revived the session");

    app.restart_after(async |data_dir| {
        let output = sign_everybody_out(data_dir).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "2 sign-ins were ended\n");
    })
    .await;
    assert_eq!(stolen.user().await, None);
}

// Case: fault/restored-backup
#[tokio::test]
async fn a_command_before_the_next_start_ends_what_a_backup_revived_and_the_audit_says_so() {
    let (mut app, _, mut wren) = with_backup().await;
    let mut stolen = sign_out(&mut wren).await;
    app.restart_after(async |data_dir| {
        restore(data_dir).await;
        let mark = std::fs::read(data_dir.join(MARK)).unwrap();
        let other_keys =
            sign_everybody_out(data_dir).env("ROLECALL_SECRET_KEYS", "BwcH".repeat(10) + "Bwc=").output().unwrap();
        assert!(String::from_utf8_lossy(&other_keys.stderr).contains("Nothing was done"), "{other_keys:?}");
        assert_eq!(std::fs::read(data_dir.join(MARK)).unwrap(), mark, "the refused command must change nothing");
        let output = sign_everybody_out(data_dir).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "0 sign-ins were ended\n", "they had ended before");
    })
    .await;
    assert_eq!(stolen.user().await, None);
    assert_eq!(app.count(OF_RESTORING).await, 1);
}

/// A running server would keep trusting its memory, so the command would report something untrue.
#[tokio::test]
async fn nobody_is_signed_out_beside_a_program_that_serves() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command.env_clear().env("ROLECALL_DATA_DIR", app.data_dir()).current_dir(app.data_dir());
    let output = command.env("ROLECALL_BIND", app.address().to_string()).arg("sign-everybody-out").output().unwrap();
    assert!(!output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("stop Rolecall first"), "{output:?}");
    assert!(browser.user().await.is_some());
    assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 1);
}
