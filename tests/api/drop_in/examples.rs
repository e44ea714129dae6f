//! The examples, as a new user would start them.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

use crate::support::{Browser, OwnProvider, Process, TestClock, until};

/// An example, running.
struct Example {
    provider: OwnProvider,
    browser: Browser,
    _process: Process,
    _folder: TempDir,
}

impl Example {
    /// Starts the program at `path` below the build folder.
    async fn start(path: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let provider = OwnProvider::start(&TestClock::starting_now()).await;
        // The port is released at once, because the program has to listen on it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let program = built().join(path);
        assert!(program.exists(), "{} is missing: `make rust-tests` builds it first", program.display());
        let mut command = Command::new(program);
        let data = folder.path().join("data").display().to_string();
        command.env_clear().args([address.as_str(), provider.demo.issuer().as_str(), &data]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Process(command.spawn().unwrap());
        let browser = Browser::new(&format!("http://{address}"));
        until("the example answers", async || browser.clone().try_get("/signed-out").await == Some(200)).await;
        Self { provider, browser, _process: process, _folder: folder }
    }

    /// A browser in which `person` has signed in to open `path`.
    async fn browser_of(&self, person: &str, path: &str) -> Browser {
        let mut browser = self.browser.clone();
        browser.arrive_as(person, path, &self.provider).await.assert_redirect(path);
        browser
    }
}

/// The build folder, which contains this test.
fn built() -> PathBuf {
    let deps = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    deps.parent().unwrap().to_owned()
}

#[tokio::test]
async fn the_axum_example_lets_in_whom_it_should() {
    let example = Example::start("examples/drop_in_axum").await;
    example.browser.clone().get("/").await.assert_status(200).assert_shows("Reports");
    let mut reed = example.browser_of("reed", "/reports").await;
    reed.get("/reports").await.assert_status(200).assert_shows("Reports for Reed");
    reed.get("/settings").await.assert_status(403);
    reed.get("/").await.assert_shows("Sign out");
    reed.submit("/sign-out", &[]).await.assert_status(303);
    reed.get("/reports").await.assert_status(401).assert_shows("You signed out");
    let mut ada = example.browser_of("ada", "/settings").await;
    ada.get("/settings").await.assert_status(200).assert_shows("Settings");
}

#[tokio::test]
async fn the_leptos_example_lets_in_whom_it_should() {
    let example = Example::start("drop_in_leptos").await;
    let publish = |html: &str| {
        let (_, action) = html.split_once("action=\"/api/").unwrap();
        format!("/api/{}", action.split_once('"').unwrap().0)
    };
    let mut nora = example.browser_of("nora", "/").await;
    nora.get("/").await.assert_status(403);
    let mut reed = example.browser_of("reed", "/").await;
    let page = reed.get("/").await;
    page.assert_status(200).assert_shows("Reports for Reed");
    assert!(!page.body.contains("Publish"), "{page:#?}");
    let mut wren = example.browser_of("wren", "/").await;
    let path = publish(&wren.get("/").await.body);
    reed.call(&path, &[]).await.assert_status(403);
    wren.call(&path, &[]).await.assert_status(200).assert_shows("Published by Wren");
    example.browser.clone().call(&path, &[]).await.assert_status(401);
    reed.submit("/sign-out", &[]).await.assert_status(303);
    reed.get("/").await.assert_status(401).assert_shows("You signed out");
}
