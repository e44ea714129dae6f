//! WebSockets, to and from an app.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use openidconnect::reqwest::Method;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::support::{Browser, TestApp, Upstream, until};

/// Opens a WebSocket to the app, from a page of `origin`.
///
/// # Errors
/// The status of an answer that opens none.
pub async fn open(app: &TestApp, browser: &Browser, origin: &str) -> Result<WebSocketStream<TcpStream>, u16> {
    let mut request = format!("ws://{}/apps/sales/socket?room=1", app.address()).into_client_request().unwrap();
    request.headers_mut().insert("cookie", browser.cookie_header().parse().unwrap());
    if !origin.is_empty() {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    let stream = TcpStream::connect(app.address()).await.unwrap();
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

async fn start(upstream: &Upstream, idle: &str) -> (TestApp, Browser, String) {
    let setup = TestApp::setup().with_app("sales", upstream.address, "read").set("ROLECALL_SESSION__IDLE", idle);
    let app = setup.start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    let origin = format!("http://{}", app.address());
    (app, browser, origin)
}

#[tokio::test]
async fn messages_go_to_and_fro() {
    let upstream = Upstream::start().await;
    let (app, browser, origin) = start(&upstream, "8h").await;
    let mut socket = open(&app, &browser, &origin).await.unwrap();
    let hello = socket.next().await.unwrap().unwrap();
    assert!(hello.to_text().unwrap().starts_with("Reed"), "the app must know who is signed in: {hello}");
    for message in [Message::text("one"), Message::binary(vec![7; 300_000]), Message::text("")] {
        socket.send(message.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), message);
    }
    assert_eq!(upstream.last().target, "/socket?room=1");
    socket.close(None).await.unwrap();
    until("the app notices", async || upstream.open() == 0).await;
}

#[tokio::test]
async fn only_pages_of_the_app_open_one() {
    let upstream = Upstream::start().await;
    let (app, browser, origin) = start(&upstream, "8h").await;
    for other in ["https://evil.test", "null", "", &origin.replace("http:", "https:"), &format!("{origin}.evil.test")] {
        assert_eq!(open(&app, &browser, other).await.unwrap_err(), 403, "{other}");
    }
    assert_eq!(open(&app, &app.browser(), &origin).await.unwrap_err(), 401, "nobody is signed in");
    assert!(upstream.seen().is_empty());
    assert!(open(&app, &browser, &origin).await.is_ok());
}

#[tokio::test]
async fn no_other_protocol_is_changed_to() {
    let upstream = Upstream::start().await;
    let (_app, browser, _) = start(&upstream, "8h").await;
    let request = browser.script(Method::GET, "/apps/sales/x").header("connection", "upgrade").header("upgrade", "h2c");
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(upstream.last().header("upgrade"), "");
    assert_eq!(upstream.last().header("connection"), "");
}

#[tokio::test]
async fn what_a_person_sends_keeps_them_signed_in_and_what_they_receive_does_not() {
    const MINUTE: Duration = Duration::from_mins(1);
    let upstream = Upstream::start().await;
    let (app, browser, origin) = start(&upstream, "3m").await;
    let seen_now = |app: &TestApp| format!("sign_ins WHERE last_seen_at = {}", app.clock.now_ms());
    let mut socket = open(&app, &browser, &origin).await.unwrap();
    for _ in 0..4 {
        app.clock.advance(2 * MINUTE);
        socket.send("typed".into()).await.unwrap();
        until("it counts as activity", async || app.count(&seen_now(&app)).await == 1).await;
    }
    app.clock.advance(2 * MINUTE);
    socket.send(Message::Ping("x".into())).await.unwrap();
    app.clock.advance(MINUTE);
    until("the socket is cut", async || upstream.open() == 0).await;
}
