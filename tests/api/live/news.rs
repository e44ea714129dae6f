//! New data reach open pages.

use std::time::Duration;

use openidconnect::reqwest::Method;

use super::{LIVE, Now, Stream, add_rows, listening, stamps, start, start_on, version_in};
use crate::support::{Browser, SALES_PAGE, TestDb, execute, on_both_dialects, until};

on_both_dialects! {
    an_open_page_hears_within_two_seconds_of_rows_that_another_process_brought,
    a_panel_whose_data_set_is_closed_to_a_person_leaves_the_page,
}

// Case: live/new-rows, live/other-process
async fn an_open_page_hears_within_two_seconds_of_rows_that_another_process_brought(database: &TestDb) {
    let (app, mut reed) = start_on(database, "reed").await;
    let mut stream = Stream::open(&reed).await;
    stream.expect_version(Some("1.0")).await;
    add_rows(&app).await;
    stream.expect_version(Some("2.0")).await;
    assert_eq!(version_in(&stamps(&mut reed).await), Some("2.0"));
    // The stream begins with the current versions, so nothing is missed between the page and the stream.
    Stream::open(&reed).await.expect_version(Some("2.0")).await;
}

// Case: dashboards/as-of
#[tokio::test]
async fn new_rows_bring_the_time_of_their_version() {
    let (app, mut reed) = start("reed").await;
    let before = reed.get(SALES_PAGE).await.texts_of("muted as-of");
    app.clock.advance(Duration::from_mins(2));
    add_rows(&app).await;
    until("the new rows are shown", async || version_in(&stamps(&mut reed).await) == Some("2.0")).await;
    let after = reed.get(SALES_PAGE).await.texts_of("muted as-of");
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_ne!(before, after);
}

// Case: live/who
#[tokio::test]
async fn only_pages_of_our_own_of_people_whose_role_opens_the_dashboard_get_a_stream() {
    let (app, reed) = start("reed").await;
    let status = async |browser: &Browser, path: &str, site: &str| {
        let request = browser.request(Method::GET, path).header("sec-fetch-site", site);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(&reed, LIVE, "same-origin").await, 200);
    for site in ["cross-site", "same-site"] {
        assert_eq!(status(&reed, LIVE, site).await, 403, "{site}");
    }
    Stream::open(&app.browser()).await.expect("ended", "").await;
    let now: Now = app.browser().fetch(LIVE).await.assert_status(200).json();
    assert!(now.ended && now.session.is_none() && now.shows.is_none());
    let mut nora = app.browser();
    nora.sign_in_as("nora").await;
    Stream::open(&nora).await.expect("closed", "").await;
    // A dashboard that does not exist gets the same answer as a closed one.
    Stream::open_at(&reed, "/live?dashboard=none").await.expect("closed", "").await;
    assert!(reed.clone().fetch("/live?dashboard=none").await.assert_status(200).json::<Now>().closed);
}

// Case: live/closed
async fn a_panel_whose_data_set_is_closed_to_a_person_leaves_the_page(database: &TestDb) {
    let (app, reed) = start_on(database, "reed").await;
    let mut stream = Stream::open(&reed).await;
    stream.expect_version(Some("1.0")).await;
    execute(app.db(), "UPDATE datasets SET role = 'admin', revision = revision + 1 WHERE name = 'sales'").await;
    stream.expect_version(None).await;
}

// Case: live/too-many
#[tokio::test]
async fn one_sign_in_cannot_hold_any_number_of_streams() {
    let (_app, reed) = start("reed").await;
    let mut streams = Vec::new();
    for _ in 0..16 {
        streams.push(Stream::open(&reed).await);
    }
    let more = async || listening(&reed, LIVE).send().await.unwrap().status().as_u16();
    assert_eq!(more().await, 429);
    streams.pop();
    until("the place is free again", async || more().await == 200).await;
}

// Case: live/stop
#[tokio::test]
async fn a_stream_holds_no_stop_up() {
    let (mut app, reed) = start("reed").await;
    let mut stream = Stream::open(&reed).await;
    stream.expect_version(Some("1.0")).await;
    app.restart().await;
    stream.expect_end().await;
    Stream::open(&reed).await.expect_version(Some("1.0")).await;
}
