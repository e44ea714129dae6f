//! What happens where a change is in force, and nothing can be read any more.

use rolecall_sign_in::db::Db;

use super::{Answer, TestApp, TestDb, count, until};

/// What is answered to `change`, which waits for what the statement `lock` holds: once it does, every connection of
/// `app` that only reads is taken until the answer is there. Of Postgres alone is it known what waits.
pub async fn answered_without_reading(
    app: &TestApp,
    database: &TestDb,
    lock: &str,
    change: impl Future<Output = Answer>,
) -> Answer {
    let (Db::Postgres(ours), Db::Postgres(of_app)) = (&database.db, app.db()) else { panic!("not Postgres") };
    let mut locked = ours.writing.begin().await.unwrap();
    sqlx::query(lock).execute(&mut *locked).await.unwrap();
    let taken = async {
        until("the change waits", async || count(&database.db, "pg_locks WHERE NOT granted").await > 0).await;
        let (reading, mut taken) = (&of_app.reading, Vec::new());
        // Those that hear of changes are taken anyway.
        while reading.size() < reading.options().get_max_connections() || reading.num_idle() > 0 {
            taken.push(reading.acquire().await.unwrap());
        }
        locked.rollback().await.unwrap();
        taken
    };
    let (answer, _taken) = tokio::join!(change, taken);
    answer
}
