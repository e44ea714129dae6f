//! Which databases the sign-in can open on its own.

use rolecall_sign_in::db::{Db, DbError, Migrations};
use sqlx::migrate::MigrateError;

use crate::support::{TestDb, execute, on_both_dialects};

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
