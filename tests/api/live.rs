//! Open pages hear what is new, and of the end of what opened them. Listening keeps nobody signed in.

use std::time::Duration;

use openidconnect::reqwest::{Method, RequestBuilder, Response};
use rolecall::datasets::Target;
use rolecall::routes;
use rolecall_model::Role;
use serde::Deserialize;
use tokio::time::timeout;

use crate::support::{
    Browser, FEW_SALES, SALES_COUNT, SALES_PAGE, Setup, TestApp, TestDb, execute, on_both_dialects, text, until,
};

on_both_dialects! {
    an_open_page_hears_within_two_seconds_of_rows_that_another_process_brought,
    a_stream_ends_with_the_sign_in_and_holds_no_data,
    a_panel_whose_data_set_is_closed_to_a_person_leaves_the_page,
    near_the_end_of_a_session_what_was_done_at_another_instance_counts,
    open_pages_hear_at_once_what_an_administrator_decides,
    open_pages_hear_that_a_request_was_answered_also_where_the_role_stays,
}

const HOUR: Duration = Duration::from_hours(1);
/// The longest time after a change within which an open page is to hear of it.
const AT_ONCE: Duration = Duration::from_secs(2);
/// A panel without data.
const ABOUT: &str = r#"
[[panels]]
id = "about"
title = "About"
kind = "text"
text = "All sales."
"#;
const LIVE: &str = "/live?dashboard=sales";
const NORAS_SIGN_IN: &str =
    "SELECT s.id FROM sign_ins s JOIN users u ON u.id = s.user_id WHERE u.name LIKE 'Nora%' AND s.revoked_at IS NULL";

fn setup() -> Setup {
    TestApp::setup().with_dashboard("sales", format!("{SALES_COUNT}{ABOUT}"))
}

async fn add_rows(app: &TestApp) {
    let sales = app.datasets_elsewhere().current("sales").await.unwrap().unwrap();
    app.import("region,amount\nWest,3\n", &Target::Append(sales.key())).await;
}

/// An application with sales, and `person` signed in.
async fn start(person: &str) -> (TestApp, Browser) {
    started(setup(), person).await
}

/// The same on `database`, which is empty.
async fn start_on(database: &TestDb, person: &str) -> (TestApp, Browser) {
    started(setup().on(database), person).await
}

async fn started(setup: Setup, person: &str) -> (TestApp, Browser) {
    let app = setup.start().await;
    app.make_dataset(("sales", Role::Read), FEW_SALES).await;
    let mut browser = app.browser();
    browser.sign_in_as(person).await;
    until("the data set is there", async || version_in(&stamps(&mut browser).await) == Some("1.0")).await;
    (app, browser)
}

/// The version of the sales in these stamps, where the panel is among them.
fn version_in(stamps: &str) -> Option<&str> {
    let (_, panel) = stamps.split_once(" count:")?;
    panel.split_once('.').map(|(_, version)| version)
}

/// What the page says that it shows.
async fn stamps(browser: &mut Browser) -> String {
    let page = browser.get(SALES_PAGE).await.assert_status(200).body.clone();
    let (_, rest) = page.split_once("data-stamps=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The request of a page that listens at `path`.
fn listening(browser: &Browser, path: &str) -> RequestBuilder {
    let request = browser.request(Method::GET, path);
    request.header("accept", "text/event-stream").header("sec-fetch-site", "same-origin")
}

/// A session, as pages are told of it.
#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Session {
    role: Option<String>,
    ends_in_ms: u64,
    ends_by: String,
    warn_ms: u64,
    answers: u32,
}

/// What a page is told that only asks.
#[derive(Debug, Deserialize)]
struct Now {
    ended: bool,
    session: Option<Session>,
    shows: Option<String>,
    closed: bool,
}

/// How long until the session ends, and what ends it, told to who only asks.
async fn end(browser: &mut Browser) -> (u64, String) {
    let session = browser.fetch(routes::LIVE).await.assert_status(200).json::<Now>().session.unwrap();
    (session.ends_in_ms, session.ends_by)
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}

/// A stream that is open.
struct Stream {
    answer: Response,
    read: String,
}

impl Stream {
    async fn open(browser: &Browser) -> Self {
        Self::open_at(browser, LIVE).await
    }

    async fn open_at(browser: &Browser, path: &str) -> Self {
        let answer = listening(browser, path).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        Self { answer, read: String::new() }
    }

    /// The next event with its data that is not about the session; `None` at the end of the stream.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            let event = self.next_of_all().await?;
            if event.0 != "session" {
                return Some(event);
            }
        }
    }

    /// What is told of the session at the next change of which `is_meant` holds.
    async fn session(&mut self, is_meant: impl Fn(&Session) -> bool) -> Session {
        let told = timeout(AT_ONCE, async {
            loop {
                let (event, data) = self.next_of_all().await.unwrap();
                if event == "session" {
                    let session: Session = serde_json::from_str(&data).unwrap();
                    if is_meant(&session) {
                        return session;
                    }
                }
            }
        });
        told.await.unwrap()
    }

    /// The next event with its data; `None` at the end of the stream.
    async fn next_of_all(&mut self) -> Option<(String, String)> {
        loop {
            while let Some((event, rest)) =
                self.read.split_once("\n\n").map(|(one, rest)| (one.to_owned(), rest.to_owned()))
            {
                self.read = rest;
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
                };
                if let Some(name) = field("event:") {
                    return Some((name, field("data:").unwrap_or_default()));
                }
            }
            let more = self.answer.chunk().await.unwrap()?;
            self.read.push_str(std::str::from_utf8(&more).unwrap());
        }
    }

    async fn expect(&mut self, event: &str, data: &str) {
        let told = timeout(AT_ONCE, self.next()).await;
        assert_eq!(told, Ok(Some((event.to_owned(), data.to_owned()))));
    }

    async fn expect_version(&mut self, version: Option<&str>) {
        let told = timeout(AT_ONCE, self.next()).await;
        let Ok(Some((event, stamps))) = told else { panic!("{told:?}") };
        assert_eq!((event.as_str(), version_in(&stamps)), ("shows", version));
    }

    async fn expect_end(&mut self) {
        assert_eq!(timeout(AT_ONCE, self.next()).await, Ok(None), "the stream goes on");
    }
}

// Case: live/new-rows, live/other-process
async fn an_open_page_hears_within_two_seconds_of_rows_that_another_process_brought(database: &TestDb) {
    let (app, mut reed) = start_on(database, "reed").await;
    let mut stream = Stream::open(&reed).await;
    stream.expect_version(Some("1.0")).await;
    add_rows(&app).await;
    stream.expect_version(Some("2.0")).await;
    assert_eq!(version_in(&stamps(&mut reed).await), Some("2.0"));
    // What is told at the beginning is what stands by then, so that nothing is missed between page and stream.
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
    // What does not exist looks like what is closed.
    Stream::open_at(&reed, "/live?dashboard=none").await.expect("closed", "").await;
    assert!(reed.clone().fetch("/live?dashboard=none").await.assert_status(200).json::<Now>().closed);
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
    // What the button of the warning asks for.
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

// Case: live/decisions
async fn open_pages_hear_at_once_what_an_administrator_decides(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let (mut ada, mut nora) = (app.browser(), app.browser());
    ada.sign_in_as("ada").await;
    nora.sign_in_as("nora").await;
    let mut stream = Stream::open_at(&nora, routes::LIVE).await;
    assert_eq!(stream.session(|_| true).await.role, None);
    let number = text(app.db(), "SELECT CAST(id AS TEXT) FROM users WHERE name LIKE 'Nora%'").await;
    let grant = [("user_id", number.as_str()), ("role", "write"), ("reason", "Helps"), ("until", "")];
    ada.submit(routes::API_GRANT_ROLE, &grant).await.assert_status(303);
    stream.session(|session| session.role.as_deref() == Some("write")).await;
    // A role that is given here ends by time, of which nobody is told by the database.
    let end_ms = app.clock.now_ms() + 300;
    execute(app.db(), &format!("UPDATE grants SET ends_at = {end_ms}")).await;
    app.auth().sign_ins().forget(&text(app.db(), NORAS_SIGN_IN).await);
    stream.session(|session| session.role.is_some()).await;
    app.clock.advance(Duration::from_secs(1));
    stream.session(|session| session.role.is_none()).await;
    ada.submit(routes::API_DISABLE_PERSON, &[("user_id", &number), ("reason", "Left")]).await.assert_status(303);
    stream.expect("ended", "").await;
    stream.expect_end().await;
}

/// Nora asks for the role Read, and Ada declines.
async fn decline(ada: &mut Browser, nora: &mut Browser, app: &TestApp) {
    let asked = [("role", "read"), ("reason", "I am new")];
    nora.submit(routes::API_REQUEST_ACCESS, &asked).await.assert_status(303);
    let id = text(app.db(), "SELECT id FROM access_requests WHERE decided_at IS NULL").await;
    ada.submit(routes::API_DECLINE_REQUEST, &[("id", &id), ("answer", "Ask HR")]).await.assert_status(303);
}

// Case: live/answers
async fn open_pages_hear_that_a_request_was_answered_also_where_the_role_stays(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let (mut ada, mut nora) = (app.browser(), app.browser());
    ada.sign_in_as("ada").await;
    nora.sign_in_as("nora").await;
    let mut stream = Stream::open_at(&nora, routes::LIVE).await;
    assert_eq!(stream.session(|_| true).await.answers, 0);
    for answers in 1..=2 {
        decline(&mut ada, &mut nora, &app).await;
        assert_eq!(stream.session(|session| session.answers > 0).await.answers, answers);
    }
    // What is open later knows of both, and so of nothing new; Ada asked for nothing.
    assert_eq!(Stream::open_at(&nora, routes::LIVE).await.session(|_| true).await.answers, 2);
    assert_eq!(nora.fetch(routes::LIVE).await.json::<Now>().session.unwrap().answers, 2);
    assert_eq!(Stream::open_at(&ada, routes::LIVE).await.session(|_| true).await.answers, 0);
}

// Case: live/instances
#[tokio::test]
async fn an_open_page_hears_at_once_what_is_decided_at_another_instance_on_postgres() {
    let database = TestDb::postgres().await;
    let setup = || {
        let key = "BwcH".repeat(10) + "Bwc=";
        TestApp::setup().on(&database).set("ROLECALL_SECRET_KEYS", &key)
    };
    let (one, other) = (setup().start().await, setup().start().await);
    let (mut ada, mut nora) = (one.browser(), one.browser());
    ada.sign_in_as("ada").await;
    nora.sign_in_as("nora").await;
    let mut elsewhere = other.browser();
    elsewhere.plant_session_cookie(nora.session_cookie());
    let mut stream = Stream::open_at(&elsewhere, routes::LIVE).await;
    stream.session(|session| session.role.is_none() && session.answers == 0).await;

    decline(&mut ada, &mut nora, &one).await;
    stream.session(|session| session.answers == 1).await;
    let number = text(one.db(), "SELECT CAST(id AS TEXT) FROM users WHERE name LIKE 'Nora%'").await;
    let grant = [("user_id", number.as_str()), ("role", "write"), ("reason", "Helps"), ("until", "")];
    ada.submit(routes::API_GRANT_ROLE, &grant).await.assert_status(303);
    stream.session(|session| session.role.as_deref() == Some("write")).await;
    ada.submit(routes::API_DISABLE_PERSON, &[("user_id", &number), ("reason", "Left")]).await.assert_status(303);
    stream.expect("ended", "").await;
    stream.expect_end().await;
}
