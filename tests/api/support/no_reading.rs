//! What happens if a change takes effect, but nothing can be read afterwards.

use rolecall_sign_in::db::Db;

use super::{Answer, TestApp, TestDb, count, until};

/// The answer to `change`, which has to wait for the lock of the statement `lock`. While it waits, all connections of
/// `app` that only read are taken, until the answer is there. Only Postgres shows which statements wait.
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
        // The connections that listen for changes are always in use.
        while reading.size() < reading.options().get_max_connections() || reading.num_idle() > 0 {
            taken.push(reading.acquire().await.unwrap());
        }
        locked.rollback().await.unwrap();
        taken
    };
    let (answer, _taken) = tokio::join!(change, taken);
    answer
}
