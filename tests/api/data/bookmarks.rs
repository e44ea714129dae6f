//! What people marked as favourites and looked at: in memory, stored, and deleted.

use std::time::Duration;

use rolecall_core::bookmarks::{Bookmarks, Thing};

use super::sign_ins::{person, tokens};
use crate::support::{TestClock, TestDb, count, execute, on_both_dialects};

on_both_dialects! {
    a_star_is_from_memory_and_never_older_than_what_was_marked_here,
    two_instances_store_the_visits_of_the_same_people_at_once,
    what_is_gone_is_forgotten_and_what_was_missed_for_a_day_is_not,
}

/// Somebody who signs in, by their id.
async fn somebody(database: &TestDb, clock: &TestClock, name: &str) -> i64 {
    let tokens = tokens();
    let new = person(name, None, &tokens);
    database.auth(clock).sign_ins().create(&new, clock.now_ms()).await.unwrap().user_id
}

// Case: front/memory
async fn a_star_is_from_memory_and_never_older_than_what_was_marked_here(database: &TestDb) {
    let clock = TestClock::starting_now();
    let user = somebody(database, &clock, "wren").await;
    let instance = || Bookmarks::new(database.db.clone(), clock.clock());
    let (here, there, sales) = (instance(), instance(), Thing::dashboard("sales"));
    let star = async |of: &Bookmarks| of.stars_of(user).await.unwrap().of(&sales).is_favourite;
    let listed = async |of: &Bookmarks| of.of(user).await.unwrap().of(&sales).is_favourite;
    for is_favourite in [true, false, true] {
        here.set_favourite(user, &sales, is_favourite).await.unwrap();
        assert_eq!((star(&here).await, listed(&here).await), (is_favourite, is_favourite));
    }
    // A change at another instance appears within seconds on the page that lists favourites. The star on a page may
    // take longer.
    there.set_favourite(user, &sales, false).await.unwrap();
    assert_eq!((star(&here).await, listed(&here).await), (true, true));
    clock.advance(Duration::from_secs(6));
    assert!(star(&here).await);
    assert!(!listed(&here).await);
    assert!(!star(&here).await, "the star uses what was read for the list");
    // If the database fails, pages whose data is in memory still work.
    execute(&database.db, "ALTER TABLE bookmarks RENAME TO elsewhere").await;
    assert!(!star(&here).await && here.of(user).await.is_ok());
    assert!(instance().stars_of(user).await.is_err());
}

// Case: front/deadlock
async fn two_instances_store_the_visits_of_the_same_people_at_once(database: &TestDb) {
    let clock = TestClock::starting_now();
    let users = [somebody(database, &clock, "wren").await, somebody(database, &clock, "kim").await];
    let instance = || Bookmarks::new(database.db.clone(), clock.clock());
    let (here, there) = (instance(), instance());
    for number in 0..250 {
        for (user, of) in users.into_iter().flat_map(|user| [(user, &here), (user, &there)]) {
            of.visited(user, Thing::dashboard(&format!("board-{number}"))).await;
        }
    }
    let (one, other) = tokio::join!(here.store(), there.store());
    one.unwrap();
    other.unwrap();
    assert_eq!(count(&database.db, "bookmarks WHERE visited_at IS NOT NULL").await, 500);
}

// Case: front/gone
async fn what_is_gone_is_forgotten_and_what_was_missed_for_a_day_is_not(database: &TestDb) {
    let clock = TestClock::starting_now();
    let user = somebody(database, &clock, "wren").await;
    let bookmarks = Bookmarks::new(database.db.clone(), clock.clock());
    let (file, gone, stored) = (Thing::dashboard("weekly"), Thing::app("gone"), Thing::dashboard("stored"));
    let dashboard = "INSERT INTO dashboards (slug, owner, version, created_at, deleted_at) \
                     SELECT 'stored', id, 1, 0, 1 FROM users";
    execute(&database.db, dashboard).await;
    for thing in [&file, &gone, &stored] {
        bookmarks.set_favourite(user, thing, true).await.unwrap();
    }
    let forget = async || bookmarks.forget_gone(|thing| *thing == file).await.unwrap();
    clock.advance(Duration::from_hours(29 * 24));
    forget().await;
    assert_eq!(count(&database.db, "bookmarks").await, 3);
    clock.advance(Duration::from_hours(2 * 24));
    forget().await;
    let marks = bookmarks.of(user).await.unwrap();
    assert_eq!([&file, &gone, &stored].map(|thing| marks.of(thing).is_favourite), [true, false, true]);
}
