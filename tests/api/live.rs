//! Open pages hear what is new, and of the end of what opened them. Listening keeps nobody signed in.

use std::time::Duration;

use openidconnect::reqwest::{Method, Response};
use rolecall::datasets::{Datasets, Target};
use rolecall::routes;
use rolecall_data::import::Given;
use rolecall_model::Role;
use tokio::time::timeout;

use crate::support::{Browser, Setup, TestApp, execute, importer, until};

const HOUR: Duration = Duration::from_hours(1);
/// The longest time after a change within which an open page is to hear of it.
const AT_ONCE: Duration = Duration::from_secs(2);
const ROWS: &str = "region,amount\nNorth,1\nSouth,2\n";
const SALES: &str = r#"
format = 1
title = "Sales"
[[panels]]
id = "count"
title = "Sales in all"
kind = "figure"
dataset = "sales"
measures = [{ compute = "count" }]
[[panels]]
id = "about"
title = "About"
kind = "text"
text = "All sales."
"#;
const LIVE: &str = "/live?dashboard=sales";

fn setup() -> Setup {
    TestApp::setup().with_dashboard("sales", SALES)
}

/// The data sets as a process of its own has them, such as the command `rolecall import`.
fn elsewhere(app: &TestApp) -> Datasets {
    Datasets::open(app.db().clone(), app.clock.clock(), &app.data_dir()).unwrap().importing_with(importer())
}

async fn import(app: &TestApp, rows: &str, target: &Target) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), rows).unwrap();
    elsewhere(app).import_file(file.path(), Given::default(), target, None).await.unwrap();
}

async fn add_rows(app: &TestApp) {
    let sales = elsewhere(app).current("sales").await.unwrap().unwrap();
    import(app, "region,amount\nWest,3\n", &Target::Append(sales.key())).await;
}

/// An application with sales, and `person` signed in.
async fn start(person: &str) -> (TestApp, Browser) {
    let app = setup().start().await;
    let new = Target::New { name: "sales".to_owned(), title: "Sales".to_owned(), role: Role::Read };
    import(&app, ROWS, &new).await;
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
    let page = browser.get("/dashboards/sales").await.assert_status(200).body.clone();
    let (_, rest) = page.split_once("data-stamps=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// A stream that is open.
struct Stream {
    answer: Response,
    read: String,
}

impl Stream {
    async fn open(browser: &Browser) -> Self {
        let answer = browser.script(Method::GET, LIVE).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        Self { answer, read: String::new() }
    }

    /// The next event with its data; `None` at the end of the stream.
    async fn next(&mut self) -> Option<(String, String)> {
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
#[tokio::test]
async fn an_open_page_hears_within_two_seconds_of_rows_that_another_process_brought() {
    let (app, mut reed) = start("reed").await;
    let mut stream = Stream::open(&reed).await;
    stream.expect_version(Some("1.0")).await;
    add_rows(&app).await;
    stream.expect_version(Some("2.0")).await;
    assert_eq!(version_in(&stamps(&mut reed).await), Some("2.0"));
    // What is told at the beginning is what stands by then, so that nothing is missed between page and stream.
    Stream::open(&reed).await.expect_version(Some("2.0")).await;
}

// Case: live/ended, live/no-data
#[tokio::test]
async fn a_stream_ends_with_the_sign_in_and_holds_no_data() {
    let (_app, mut reed) = start("reed").await;
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
    let refetch = reed.script(Method::GET, "/dashboards/sales").header("rolecall-unasked", "1");
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
    reed.get("/dashboards/sales").await.assert_status(200);
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
    assert_eq!(status(&reed, "/live", "same-origin").await, 400);
    assert_eq!(status(&app.browser(), LIVE, "same-origin").await, 401);
    let mut nora = app.browser();
    nora.sign_in_as("nora").await;
    Stream::open(&nora).await.expect("closed", "").await;
    // What does not exist looks like what is closed.
    let missing = reed.script(Method::GET, "/live?dashboard=none").send().await.unwrap();
    Stream { answer: missing, read: String::new() }.expect("closed", "").await;
}

// Case: live/renewed
#[tokio::test]
async fn an_open_page_looks_again_when_the_sign_in_was_renewed() {
    let app = setup().with_offline_access().start().await;
    let new = Target::New { name: "sales".to_owned(), title: "Sales".to_owned(), role: Role::Read };
    import(&app, ROWS, &new).await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    until("the data set is there", async || version_in(&stamps(&mut reed).await) == Some("1.0")).await;
    let mut stream = Stream::open(&reed).await;
    stream.expect_version(Some("1.0")).await;
    app.clock.advance(Duration::from_mins(48));
    reed.get("/account").await.assert_status(200);
    stream.expect("again", "").await;
}

// Case: live/closed
#[tokio::test]
async fn a_panel_whose_data_set_is_closed_to_a_person_leaves_the_page() {
    let (app, reed) = start("reed").await;
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
    let more = async || reed.script(Method::GET, LIVE).send().await.unwrap().status().as_u16();
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
