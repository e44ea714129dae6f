//! Bookmarks in the database. All SQL about them is in this file.

use std::collections::HashMap;

use rolecall_sign_in::db::{BeginWriting as _, Db, on_both, reading_on_both};

use super::mark::{Mark, Marks, Thing};

/// How long a visit is remembered, in milliseconds.
const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// How many visits are stored in one transaction, so that other writers do not wait long.
const BATCH: usize = 200;

/// Deletes everyone's bookmarks of the dashboard `$1`, within the transaction that deletes the dashboard itself.
pub const FORGET_DASHBOARD: &str = "DELETE FROM bookmarks WHERE thing = 'dashboard/' || $1";

/// The bookmarks and visits of the person `user`.
pub(super) async fn marks(db: &Db, user: i64) -> Result<Marks, sqlx::Error> {
    const MARKS: &str = "SELECT thing, favourite_since, visited_at FROM bookmarks WHERE user_id = $1";
    let rows: Vec<(String, Option<i64>, Option<i64>)> =
        reading_on_both!(db, |pool| sqlx::query_as(MARKS).bind(user).fetch_all(pool).await)?;
    let mark = |(thing, favourite_since, visited_at_ms): (String, Option<i64>, _)| {
        (Thing::from(thing), Mark { is_favourite: favourite_since.is_some(), visited_at_ms })
    };
    Ok(rows.into_iter().map(mark).collect())
}

/// Makes `thing` a favourite of `user` since a given time, or removes it. An existing favourite keeps its time.
pub(super) async fn set_favourite(db: &Db, user: i64, thing: &Thing, since_ms: Option<i64>) -> Result<(), sqlx::Error> {
    const MARK: &str = "INSERT INTO bookmarks (user_id, thing, favourite_since) VALUES ($1, $2, $3) \
                        ON CONFLICT (user_id, thing) DO UPDATE \
                        SET favourite_since = COALESCE(bookmarks.favourite_since, excluded.favourite_since)";
    const UNMARK: &str = "UPDATE bookmarks SET favourite_since = NULL WHERE user_id = $1 AND thing = $2";
    on_both!(db, |pool| {
        let query = sqlx::query(if since_ms.is_some() { MARK } else { UNMARK }).bind(user).bind(thing.as_str());
        let query = if since_ms.is_some() { query.bind(since_ms) } else { query };
        query.execute(pool).await.map(drop)
    })
}

/// Stores visits. Another instance may have stored a later one already.
pub(super) async fn write_visits(db: &Db, visits: &HashMap<(i64, Thing), i64>) -> Result<(), sqlx::Error> {
    // The person may have been deleted.
    const VISIT: &str = "INSERT INTO bookmarks (user_id, thing, visited_at) SELECT $1, $2, $3 \
                         WHERE EXISTS (SELECT 1 FROM users WHERE id = $1) ON CONFLICT (user_id, thing) DO UPDATE \
                         SET visited_at = excluded.visited_at \
                         WHERE bookmarks.visited_at IS NULL OR bookmarks.visited_at < excluded.visited_at";
    // Every instance uses the same order: two that lock the same rows in different orders would deadlock.
    let mut visits: Vec<_> = visits.iter().collect();
    visits.sort_unstable();
    for batch in visits.chunks(BATCH) {
        on_both!(db, |pool| {
            let mut transaction = pool.begin_writing().await?;
            for ((user, thing), at_ms) in batch {
                sqlx::query(VISIT).bind(user).bind(thing.as_str()).bind(**at_ms).execute(&mut *transaction).await?;
            }
            transaction.commit().await
        })?;
    }
    Ok(())
}

/// Things that nobody has bookmarked or visited since `before_ms`, except stored dashboards, including deleted ones.
pub(super) async fn long_unseen(db: &Db, before_ms: i64) -> Result<Vec<Thing>, sqlx::Error> {
    const UNSEEN: &str = "SELECT thing FROM bookmarks \
                          WHERE NOT EXISTS (SELECT 1 FROM dashboards WHERE 'dashboard/' || slug = thing) GROUP BY thing \
                          HAVING MAX(COALESCE(visited_at, 0)) < $1 AND MAX(COALESCE(favourite_since, 0)) < $1";
    let things: Vec<String> =
        reading_on_both!(db, |pool| sqlx::query_scalar(UNSEEN).bind(before_ms).fetch_all(pool).await)?;
    Ok(things.into_iter().map(Thing::from).collect())
}

/// Deletes everyone's bookmarks of `thing`.
pub(super) async fn forget(db: &Db, thing: &Thing) -> Result<(), sqlx::Error> {
    const FORGET: &str = "DELETE FROM bookmarks WHERE thing = $1";
    on_both!(db, |pool| sqlx::query(FORGET).bind(thing.as_str()).execute(pool).await.map(drop))
}

/// Deletes visits that have expired at `now_ms`.
pub(super) async fn delete_old(db: &Db, now_ms: i64) -> Result<(), sqlx::Error> {
    const DELETE: &str =
        "DELETE FROM bookmarks WHERE favourite_since IS NULL AND (visited_at IS NULL OR visited_at < $1)";
    on_both!(db, |pool| sqlx::query(DELETE).bind(now_ms - KEPT_MS).execute(pool).await.map(drop))
}
