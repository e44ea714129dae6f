//! Many people at once: reading the database blocks no writes, and nobody waits for long.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use rolecall_routes as routes;
use rolecall_sign_in::db::Db;

use crate::support::{Browser, TestApp, TestDb, on_both_dialects, until};

/// Lets many administrators look at the figures at the same moment. Returns when their figures were counted, from the
/// stamps of their pages. Each request has another time, so that two counts would differ.
async fn counted_at(app: &TestApp, ada: &Browser) -> BTreeSet<String> {
    let looking = (0..30).map(|_| {
        let mut ada = ada.clone();
        async move {
            app.clock.advance(Duration::from_millis(1));
            let page = ada.get("/dashboards/weather").await;
            let (_, stamp) = page.assert_status(200).body.split_once(" sign-ins:").unwrap();
            stamp.split([' ', '"']).next().unwrap().to_owned()
        }
    });
    join_all(looking).await.into_iter().collect()
}

// Case: limit/counts
#[tokio::test]
async fn thirty_administrators_who_look_at_the_figures_make_one_count_every_few_seconds() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let first = counted_at(&app, &ada).await;
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(counted_at(&app, &ada).await, first);

    app.clock.advance(Duration::from_secs(5));
    until("it is counted again", async || counted_at(&app, &ada).await.is_disjoint(&first)).await;
    let second = counted_at(&app, &ada).await;
    assert!(second.len() == 1 && second > first, "{second:?}");
}

/// Takes every connection that only reads.
async fn all_readers(app: &TestApp) -> Vec<sqlx::pool::PoolConnection<sqlx::Sqlite>> {
    let Db::Sqlite(pools) = app.db() else { panic!("not SQLite") };
    let readers = pools.reading.options().get_max_connections();
    join_all((0..readers).map(|_| pools.reading.acquire())).await.into_iter().map(Result::unwrap).collect()
}

// Case: limit/counts
#[tokio::test]
async fn while_all_who_read_wait_people_sign_in_and_the_service_is_ready() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    let authorization = ada.begin("/").await;
    let callback = ada.choose(&authorization, "ada").await;
    let held = all_readers(&app).await;
    app.browser().get("/login/demo").await.assert_status(303);
    ada.follow(&callback).await.assert_status(303);
    app.clock.advance(Duration::from_secs(5));
    app.browser().get(routes::HEALTH_READY).await.assert_status(200);
    drop(held);
    assert_eq!(ada.user().await.unwrap().name, "Ada Vale");
}

// Case: limit/counts
#[tokio::test]
async fn who_does_not_get_a_connection_in_time_is_told_when_to_come_again() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    ada.get("/dashboards/weather").await.assert_status(200);
    app.clock.advance(Duration::from_mins(2));
    let held = all_readers(&app).await;
    for answer in [ada.get("/dashboards/weather").await, ada.fetch(routes::ADMIN_SESSIONS).await] {
        assert_eq!(answer.assert_status(503).header("retry-after"), "5", "{answer:#?}");
    }
    drop(held);
    ada.get("/dashboards/weather").await.assert_status(200);
}

// Case: limit/counts
#[tokio::test]
async fn while_somebody_writes_for_long_people_read_on() {
    let app = TestApp::start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    let Db::Sqlite(pools) = app.db() else { panic!("not SQLite") };
    let held = pools.writing.acquire().await.unwrap();
    reed.get("/dashboards/weather").await.assert_status(200);
    let answer = app.browser().get("/login/demo").await;
    drop(held);
    assert!(matches!(answer.status, 303 | 503), "{answer:#?}");
}

async fn readers_and_writers_have_connections_of_their_own(database: &TestDb) {
    let (reading, writing) = match &database.db {
        Db::Sqlite(pools) => {
            (pools.reading.options().get_max_connections(), pools.writing.options().get_max_connections())
        }
        Db::Postgres(pools) => {
            (pools.reading.options().get_max_connections(), pools.writing.options().get_max_connections())
        }
    };
    assert!(reading >= 4 && writing >= 1);
    database.db.ping().await.unwrap();
    database.db.write_a_row().await.unwrap();
}

on_both_dialects! { readers_and_writers_have_connections_of_their_own }
