//! What is live ends when the sign-in does: streams, downloads, uploads and WebSockets, within a second or so.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use openidconnect::reqwest::Method;
use rolecall::auth::session::EndReason;
use rolecall::routes;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::sockets::open;
use crate::support::{Browser, Setup, TestApp, Upstream, text, until};

/// How soon everything must have ended.
const SOON: Duration = Duration::from_secs(1);

/// A person with everything open that can be, until `end` ends it.
async fn ends(setup: Setup, person: &str, end: impl AsyncFnOnce(&TestApp, &mut Browser)) {
    let upstream = Upstream::start().await;
    let app = setup.with_app("sales", upstream.address, "write").start().await;
    let mut browser = app.browser();
    browser.sign_in_as(person).await;
    let mut stays = app.browser();
    stays.sign_in_as("ada").await;

    let mut stream = browser.script(Method::GET, "/apps/sales/pieces").send().await.unwrap();
    upstream.give("begun").await;
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "begun");
    let origin = format!("http://{}", app.address());
    let mut socket = open(&app, &browser, &origin).await.unwrap();
    let mut other = open(&app, &stays, &origin).await.unwrap();
    assert!(socket.next().await.unwrap().is_ok() && other.next().await.unwrap().is_ok());
    let _upload = upload(&app, &browser, &upstream).await;
    let silent = tokio::spawn(browser.script(Method::GET, "/apps/sales/silence").send());
    until("all is open", async || upstream.open() == 3 && upstream.seen().len() == 5).await;

    end(&app, &mut browser).await;
    let ended = Instant::now();
    let cut = timeout(Duration::from_secs(10), async {
        assert!(stream.chunk().await.is_err(), "it must not look whole");
        assert!(!matches!(socket.next().await, Some(Ok(_))));
        assert_eq!(upstream.arrived().await, None, "the upload is broken off");
        assert_eq!(silent.await.unwrap().unwrap().status(), 401);
    });
    cut.await.unwrap();
    assert!(ended.elapsed() < SOON, "{:?}", ended.elapsed());
    until("the app is let go of", async || upstream.open() == 1).await;
    browser.fetch("/apps/sales/x").await.assert_status(401);

    other.send("still".into()).await.unwrap();
    assert_eq!(other.next().await.unwrap().unwrap().to_text().unwrap(), "still", "nobody else is cut");
}

/// Begins an upload that does not end by itself.
async fn upload(app: &TestApp, browser: &Browser, upstream: &Upstream) -> TcpStream {
    let head = format!(
        "POST /apps/sales/arrivals HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Length: 1000\r\n\r\nfirst",
        app.address(),
        browser.cookie_header()
    );
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(upstream.arrived().await.unwrap(), "first");
    stream
}

#[tokio::test]
async fn everything_ends_when_the_person_signs_out() {
    ends(TestApp::setup(), "wren", async |_, browser| {
        browser.clone().submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    })
    .await;
}

#[tokio::test]
async fn everything_ends_when_the_sign_in_is_revoked() {
    ends(TestApp::setup(), "wren", async |app, _| {
        const NEWEST: &str = "SELECT s.id FROM sign_ins s JOIN users u ON u.id = s.user_id WHERE u.name LIKE 'Wren%'";
        let id = text(app.db(), NEWEST).await;
        let revoked = app.auth().sign_ins().revoke(&id, EndReason::SignedOutByOperator, app.clock.now_ms());
        revoked.await.unwrap();
    })
    .await;
}
