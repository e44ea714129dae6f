//! The database locked by another program; the SQLite file read-only, and on a full disk.

use std::time::Duration;

use rolecall_routes as routes;
use rolecall_sign_in::db::{BeginWriting as _, Db};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool};

use super::small_disk::SmallDisk;
use crate::support::{Answer, Browser, TestApp, TestDb, Traces, text};

/// Ada, who is signed in, and Wren, whose next step is the callback.
struct Scene {
    app: TestApp,
    ada: Browser,
    wren: Browser,
    callback: openidconnect::reqwest::Url,
}

impl Scene {
    async fn on(app: TestApp) -> Self {
        let (mut ada, mut wren) = (app.browser(), app.browser());
        ada.sign_in_as("ada").await;
        let authorization = wren.begin("/dashboards").await;
        let callback = wren.choose(&authorization, "wren").await;
        Self { app, ada, wren, callback }
    }

    fn pool(&self) -> &SqlitePool {
        let Db::Sqlite(pools) = self.app.db() else { panic!("not SQLite") };
        &pools.writing
    }

    /// While nothing can be written, a signed-in person can still read, nobody can sign in, and nobody is told that
    /// they are signed out.
    async fn nothing_can_be_written(&mut self) {
        let before = Traces::of(&self.app).await;
        self.ada.get("/dashboards/weather").await.assert_status(200).assert_shows("Ada Vale");
        let (mut leaving, mut visitor) = (self.ada.clone(), self.app.browser());
        let (ended, begun, sign_out) = tokio::join!(
            self.wren.follow(&self.callback),
            visitor.get("/login/demo"),
            leaving.submit(routes::API_SIGN_OUT, &[]),
        );
        for answer in [&ended, &sign_out] {
            is_our_problem_page(answer);
        }
        sign_out.assert_status(503).assert_shows("You are still signed in");
        assert!(!leaving.cookies.contains_key("rolecall-signed-out"), "{sign_out:#?}");
        assert_eq!(self.wren.user().await, None);
        // Beginning a sign-in writes nothing; the callback does.
        let callback = visitor.choose(&begun.assert_status(303).location().parse().unwrap(), "reed").await;
        is_our_problem_page(&visitor.follow(&callback).await);
        assert_eq!(visitor.user().await, None);
        assert_eq!(leaving.user().await.unwrap().name, "Ada Vale", "a failed sign-out must leave the person signed in");
        assert_eq!(Traces::of(&self.app).await, before);
    }

    /// As soon as writing works again, everything is as before, and what was refused succeeds.
    async fn everything_is_well_again(&mut self) {
        if let Db::Sqlite(_) = self.app.db() {
            assert_eq!(text(self.app.db(), "PRAGMA integrity_check").await, "ok");
        }
        self.wren.follow(&self.callback).await.assert_redirect("/dashboards");
        assert_eq!(self.wren.user().await.unwrap().name, "Wren Hollis");
        assert_eq!(self.ada.user().await.unwrap().name, "Ada Vale");
        let mut old = self.ada.clone();
        self.ada.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
        assert_eq!(old.user().await, None);
    }
}

#[track_caller]
fn is_our_problem_page(answer: &Answer) {
    assert!(matches!(answer.status, 500 | 503), "{answer:#?}");
    answer.assert_shows("<main").assert_shows(answer.header("x-request-id"));
}

// Case: fault/database-locked
#[tokio::test]
async fn a_database_that_somebody_else_locks_lets_nobody_in_and_nobody_out() {
    let mut scene = Scene::on(TestApp::start().await).await;
    let file = scene.app.data_dir().join("rolecall.sqlite3");
    let other = SqlitePool::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let mut lock = other.acquire().await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut *lock).await.unwrap();
    // Every writer waits for the lock until its timeout.
    scene.nothing_can_be_written().await;
    sqlx::query("ROLLBACK").execute(&mut *lock).await.unwrap();
    scene.everything_is_well_again().await;
}

// Case: fault/database-locked
#[tokio::test]
async fn tables_of_postgres_that_somebody_else_locks_let_nobody_in_and_nobody_out() {
    let database = TestDb::postgres().await;
    let mut scene = Scene::on(TestApp::setup().on(&database).start().await).await;
    let Db::Postgres(pools) = &database.db else { panic!("not PostgreSQL") };
    let mut lock = pools.writing.begin().await.unwrap();
    // Readers are not blocked by this lock; every writer waits for it until its timeout.
    let tables = "LOCK TABLE used_attempts, sign_ins, tower_sessions IN EXCLUSIVE MODE";
    sqlx::query(tables).execute(&mut *lock).await.unwrap();
    scene.nothing_can_be_written().await;
    lock.rollback().await.unwrap();
    scene.everything_is_well_again().await;
}

#[tokio::test]
async fn a_transaction_that_reads_before_it_writes_lets_nobody_write_in_between() {
    const WRITE: &str = "UPDATE sign_ins SET version = version + 1";
    let scene = Scene::on(TestApp::start().await).await;
    let mut transaction = scene.pool().begin_writing().await.unwrap();
    let version = "SELECT version FROM sign_ins ORDER BY version DESC LIMIT 1";
    let before: i64 = sqlx::query_scalar(version).fetch_one(&mut *transaction).await.unwrap();
    let other = SqliteConnectOptions::new()
        .filename(scene.app.data_dir().join("rolecall.sqlite3"))
        .busy_timeout(Duration::ZERO);
    let mut other = SqliteConnection::connect_with(&other).await.unwrap();
    let refused = sqlx::query(WRITE).execute(&mut other).await.unwrap_err();
    assert!(refused.to_string().contains("locked"), "{refused}");
    sqlx::query(WRITE).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
    sqlx::query(WRITE).execute(&mut other).await.unwrap();
    assert_eq!(sqlx::query_scalar::<_, i64>(version).fetch_one(&mut other).await.unwrap(), before + 2);
}

// Case: fault/database-read-only
#[tokio::test]
async fn a_database_that_cannot_be_written_keeps_readers_in() {
    let mut scene = Scene::on(TestApp::start().await).await;
    // The same error as on a file system that became read-only: each write fails with SQLITE_READONLY.
    for_every_connection(scene.pool(), "PRAGMA query_only = ON").await;
    let refused = sqlx::query("DELETE FROM used_attempts").execute(scene.pool()).await.unwrap_err();
    assert!(refused.to_string().contains("readonly"), "{refused}");
    scene.nothing_can_be_written().await;
    for_every_connection(scene.pool(), "PRAGMA query_only = OFF").await;
    scene.everything_is_well_again().await;
}

async fn for_every_connection(pool: &SqlitePool, statement: &str) {
    let mut held = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        let mut connection = pool.acquire().await.unwrap();
        sqlx::query(statement).execute(&mut *connection).await.unwrap();
        held.push(connection);
    }
}

// Case: fault/disk-full
#[tokio::test]
async fn a_full_disk_lets_nobody_in_and_loses_nothing() {
    let disk = SmallDisk::mount();
    let setup = TestApp::setup().set("ROLECALL_DATA_DIR", &disk.path().display().to_string());
    let mut scene = Scene::on(setup.start().await).await;
    // Without this, writes would go on for a while in the space that the log already has.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(scene.pool()).await.unwrap();
    disk.fill();
    let refused = sqlx::query("DELETE FROM used_attempts").execute(scene.pool()).await.unwrap_err();
    assert!(refused.to_string().contains("full"), "{refused}");
    scene.nothing_can_be_written().await;
    disk.make_room();
    scene.everything_is_well_again().await;
}
