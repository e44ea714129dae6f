//! The end of a session: pages are told of it, and listening does not put it off.

use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall_routes as routes;

use super::{LIVE, Now, Session, Stream, add_rows, setup, start, start_on, started, version_in};
use crate::support::{Browser, SALES_PAGE, TestDb, execute, on_both_dialects};

on_both_dialects! {
    a_stream_ends_with_the_sign_in_and_holds_no_data,
    near_the_end_of_a_session_what_was_done_at_another_instance_counts,
}

const HOUR: Duration = Duration::from_hours(1);

/// How long until the session ends, and what ends it, as answered to a page that asks once.
async fn end(browser: &mut Browser) -> (u64, String) {
    let session = browser.fetch(routes::LIVE).await.assert_status(200).json::<Now>().session.unwrap();
    (session.ends_in_ms, session.ends_by)
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}

// Case: live/ended, live/no-data
async fn a_stream_ends_with_the_sign_in_and_holds_no_data(database: &TestDb) {
    let (_app, mut reed) = start_on(database, "reed").await;
    let mut stream = Stream::open(&reed).await;
    stream.expect_version(Some("1.0")).await;
    reed.submit(routes::API_SIGN_OUT, &[]).await;
    stream.expect("ended", "").await;
    stream.expect_end().await;
}

// Case: live/keeps-nobody
#[tokio::test]
async fn neither_a_stream_nor_what_it_leads_to_keeps_anybody_signed_in() {
    let (app, mut reed) = start("reed").await;
    app.clock.advance(7 * HOUR);
    let mut stream = Stream::open(&reed).await;
    stream.expect_version(Some("1.0")).await;
    let refetch = reed.script(Method::GET, SALES_PAGE).header("rolecall-unasked", "1");
    reed.send(refetch).await.assert_status(200);
    app.clock.advance(HOUR);
    add_rows(&app).await;
    stream.expect("ended", "").await;
    assert_eq!(reed.user().await, None);
}

// Case: live/keeps-nobody
#[tokio::test]
async fn what_a_person_asks_for_keeps_them_signed_in_beside_a_stream() {
    let (app, mut reed) = start("reed").await;
    let mut stream = Stream::open(&reed).await;
    stream.expect_version(Some("1.0")).await;
    app.clock.advance(7 * HOUR);
    reed.get(SALES_PAGE).await.assert_status(200);
    app.clock.advance(HOUR);
    add_rows(&app).await;
    stream.expect_version(Some("2.0")).await;
    assert!(reed.user().await.is_some());
}

// Case: live/renewed
#[tokio::test]
async fn an_open_page_looks_again_when_the_sign_in_was_renewed() {
    let (app, mut reed) = started(setup().with_offline_access(), "reed").await;
    let mut stream = Stream::open(&reed).await;
    stream.expect_version(Some("1.0")).await;
    app.clock.advance(Duration::from_mins(48));
    reed.get("/account").await.assert_status(200);
    stream.expect("again", "").await;
}

// Case: live/session, live/keeps-nobody
#[tokio::test]
async fn every_page_hears_when_the_session_ends_and_asking_puts_nothing_off() {
    let (app, mut reed) = start("reed").await;
    let (eight, day) = (8 * HOUR, 24 * HOUR);
    let told = Stream::open_at(&reed, routes::LIVE).await.session(|_| true).await;
    let warn_ms = 120_000;
    let expected = Session {
        role: Some("read".to_owned()),
        ends_in_ms: ms(eight),
        ends_by: "idle".to_owned(),
        warn_ms,
        answers: 0,
    };
    assert_eq!(told, expected);
    app.clock.advance(7 * HOUR);
    assert_eq!(end(&mut reed).await, (ms(HOUR), "idle".to_owned()));
    assert_eq!(end(&mut reed).await.0, ms(HOUR), "asking is no activity");
    // The request of the button in the warning.
    reed.fetch(routes::API_SESSION).await.assert_status(200);
    assert_eq!(end(&mut reed).await.0, ms(eight));
    for _ in 0..2 {
        app.clock.advance(7 * HOUR);
        reed.fetch(routes::API_SESSION).await.assert_status(200);
    }
    assert_eq!(end(&mut reed).await, (ms(day - 21 * HOUR), "age".to_owned()));
    let shown: Now = reed.fetch(LIVE).await.assert_status(200).json();
    assert_eq!(version_in(&shown.shows.unwrap()), Some("1.0"));
}

// Case: live/session
async fn near_the_end_of_a_session_what_was_done_at_another_instance_counts(database: &TestDb) {
    let (app, mut reed) = start_on(database, "reed").await;
    app.clock.advance(8 * HOUR - Duration::from_secs(90));
    assert_eq!(end(&mut reed).await.0, 90_000);
    let seen_ms = app.clock.now_ms() - 60_000;
    execute(app.db(), &format!("UPDATE sign_ins SET last_seen_at = {seen_ms}")).await;
    assert_eq!(end(&mut reed).await.0, ms(8 * HOUR) - 60_000);
}

// Case: live/session
#[tokio::test]
async fn where_sessions_are_short_not_all_of_one_is_a_warning() {
    let app = setup().set("ROLECALL_SESSION__IDLE", "2m").start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    let now: Now = reed.fetch(routes::LIVE).await.json();
    assert_eq!(now.session.unwrap().warn_ms, 60_000);
}
