//! Open pages are told about new data, and about the end of what opened them. Listening does not keep anybody signed
//! in.

mod decisions;
mod news;
mod sessions;

use std::time::Duration;

use openidconnect::reqwest::{Method, RequestBuilder, Response};
use rolecall_core::datasets::Target;
use rolecall_model::Role;
use serde::Deserialize;
use tokio::time::timeout;

use crate::support::{Browser, FEW_SALES, SALES_COUNT, SALES_PAGE, Setup, TestApp, TestDb, until};

/// How soon after a change an open page must be told of it.
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

/// The version of the sales in these stamps, if the panel is among them.
fn version_in(stamps: &str) -> Option<&str> {
    let (_, panel) = stamps.split_once(" count:")?;
    panel.split_once('.').map(|(_, version)| version)
}

/// The versions of the data that the page shows, as it states them.
async fn stamps(browser: &mut Browser) -> String {
    let page = browser.get(SALES_PAGE).await.assert_status(200).body.clone();
    let (_, rest) = page.split_once("data-stamps=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The request with which a page listens at `path`.
fn listening(browser: &Browser, path: &str) -> RequestBuilder {
    let request = browser.request(Method::GET, path);
    request.header("accept", "text/event-stream").header("sec-fetch-site", "same-origin")
}

/// The state of a session, as sent to pages.
#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Session {
    role: Option<String>,
    ends_in_ms: u64,
    ends_by: String,
    warn_ms: u64,
    answers: u32,
}

/// The answer to a page that asks once instead of listening.
#[derive(Debug, Deserialize)]
struct Now {
    ended: bool,
    session: Option<Session>,
    shows: Option<String>,
    closed: bool,
}

/// An open stream of events.
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

    /// The next event that is not about the session, with its data; `None` at the end of the stream.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            let event = self.next_of_all().await?;
            if event.0 != "session" {
                return Some(event);
            }
        }
    }

    /// The next state of the session for which `is_meant` holds.
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

    /// The next event of any kind, with its data; `None` at the end of the stream.
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
