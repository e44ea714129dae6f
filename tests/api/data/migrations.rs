//! Which databases the sign-in can open on its own, and that a start waits for the migrations of another instance.

use rolecall_sign_in::db::{Db, DbError, Migrations, is_busy};
use sqlx::migrate::{Migrate as _, MigrateError};

use crate::support::{TestDb, count, execute, on_both_dialects, until};

on_both_dialects! { the_tables_of_rolecall_are_no_obstacle_and_those_of_a_newer_sign_in_are }

async fn the_tables_of_rolecall_are_no_obstacle_and_those_of_a_newer_sign_in_are(database: &TestDb) {
    let alone = Migrations::of_sign_in();
    // The state in which an application left the database before the sign-in had migrations of its own.
    let own = alone.versions().0.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let others = format!("DELETE FROM _sqlx_migrations WHERE version > 8 AND version NOT IN ({own})");
    execute(&database.db, &others).await;
    Db::open(&database.url, &alone).await.unwrap().close().await;
    let newer = "UPDATE _sqlx_migrations SET version = 9000 WHERE version = 4";
    execute(&database.db, newer).await;
    let error = Db::open(&database.url, &alone).await.unwrap_err();
    assert!(matches!(error, DbError::Migrate(MigrateError::VersionMissing(9000))), "{error:?}");
}

// Case: fault/migrations-elsewhere
#[tokio::test]
async fn a_start_waits_for_the_migrations_of_another_instance_longer_than_writers_on_postgres() {
    let database = TestDb::postgres().await;
    let Db::Postgres(pools) = &database.db else { panic!("not PostgreSQL") };
    let mut other = pools.reading.acquire().await.unwrap();
    other.lock().await.unwrap();
    let meanwhile = async {
        until("the start waits", async || count(&database.db, "pg_locks WHERE NOT granted").await > 0).await;
        // This writer begins to wait after the start, and is refused before it.
        let mut locked = pools.writing.begin().await.unwrap();
        sqlx::query("LOCK TABLE readiness IN EXCLUSIVE MODE").execute(&mut *locked).await.unwrap();
        let refused = sqlx::query("UPDATE readiness SET writes = writes").execute(&pools.writing).await.unwrap_err();
        assert!(is_busy(&refused), "{refused:?}");
        locked.rollback().await.unwrap();
        other.unlock().await.unwrap();
    };
    let migrations = rolecall_core::schema::migrations();
    let (opened, ()) = tokio::join!(Db::open(&database.url, &migrations), meanwhile);
    opened.unwrap().close().await;
}
