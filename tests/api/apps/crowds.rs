//! How many connections to apps one person, and all people together, may have open, so that there is always room for
//! others.

use axum::http::Response;
use h2::RecvStream;
use openidconnect::reqwest::Method;
use rolecall_model::AppError;
use rolecall_routes as routes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::sockets::open;
use crate::support::{Browser, CapturedLog, Http2, TestApp, Upstream, until};

/// How many connections to apps one sign-in may have open.
const OF_A_SIGN_IN: usize = 100;
/// How many connections may be open in total in these tests, including those from browsers.
const CONNECTIONS: usize = 40;

async fn start(upstream: &Upstream) -> (TestApp, Browser, Browser) {
    let setup = TestApp::setup().with_app("sales", upstream.address, "read");
    let connections = CONNECTIONS.to_string();
    let setup = setup.set("ROLECALL_LIMITS__CONNECTIONS_PER_CLIENT", &connections);
    let app = setup.set("ROLECALL_LIMITS__CONNECTIONS", &connections).start().await;
    let (reed, wren) = people(&app).await;
    (app, reed, wren)
}

async fn people(app: &TestApp) -> (Browser, Browser) {
    let (mut reed, mut wren) = (app.browser(), app.browser());
    reed.sign_in_as("reed").await;
    wren.sign_in_as("wren").await;
    (reed, wren)
}

/// Opens `count` streams of the app, filling each connection before the next is made. What they send is never read.
async fn streams(app: &TestApp, browser: &Browser, count: usize) -> (Vec<Response<RecvStream>>, Vec<Http2>) {
    let (mut streams, mut connections) = (Vec::new(), vec![Http2::connect(app, 0).await]);
    while streams.len() < count {
        let connection = connections.last_mut().unwrap();
        let answer = connection.get(app, browser, "/apps/sales/pieces").await;
        assert_eq!(answer.status(), 200);
        streams.push(answer);
        if streams.len() % connection.max_streams() == 0 {
            connections.push(Http2::connect(app, 0).await);
        }
    }
    (streams, connections)
}

async fn status(browser: &Browser) -> u16 {
    browser.script(Method::GET, "/apps/sales/x").send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn who_has_a_hundred_things_open_with_apps_must_close_one_first() {
    let log = CapturedLog::begin();
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let (mut reed, wren) = people(&app).await;
    let (mut open, connections) = streams(&app, &reed, OF_A_SIGN_IN).await;
    assert!(connections[0].max_streams() < OF_A_SIGN_IN, "a browser waits before it is refused");
    assert_eq!(upstream.open(), OF_A_SIGN_IN);

    let page = reed.get("/apps/sales/x?y=1").await;
    page.assert_status(503)
        .assert_shows("too many pages of apps open")
        .assert_shows("Try again")
        .assert_shows("/apps/sales/x?y=1");
    assert!(page.header("retry-after").parse::<u64>().unwrap() > 0);
    let event = log.event("app_crowded");
    assert_eq!((&*event.text("app"), &*event.text("what")), ("sales", "SignIn"));
    let answer = reed.fetch("/apps/sales/x").await;
    assert!(matches!(answer.assert_status(503).json(), AppError::Unavailable { .. }));
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(upstream.seen().len(), OF_A_SIGN_IN, "the app is not asked");
    assert_eq!(status(&wren).await, 200, "nobody else is refused");
    reed.get("/").await.assert_status(200);

    open.pop();
    until("there is room again", async || status(&reed).await == 200).await;
}

#[tokio::test]
async fn all_together_leave_half_of_the_connections_to_others() {
    let log = CapturedLog::begin();
    let upstream = Upstream::start().await;
    let (app, reed, mut wren) = start(&upstream).await;
    let origin = format!("http://{}", app.address());
    let socket = open(&app, &reed, &origin).await.unwrap();
    let (_streams, _connections) = streams(&app, &reed, CONNECTIONS / 2 - 1).await;
    until("all is open", async || upstream.open() == CONNECTIONS / 2).await;

    wren.fetch("/apps/sales/x").await.assert_status(503);
    assert_eq!(log.event("app_crowded").text("what"), "All");
    assert_eq!(open(&app, &wren, &origin).await.unwrap_err(), 503);
    wren.get("/").await.assert_status(200);
    // Idle connections beyond the limit are closed to make room for others; connections in use stay.
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(answered_connection(&app).await);
    }
    assert_eq!(upstream.open(), CONNECTIONS / 2);
    drop(connections);

    drop(socket);
    until("a socket is let go of", async || status(&wren).await == 200).await;
}

#[tokio::test]
async fn what_is_cut_makes_room_though_its_browser_takes_nothing() {
    let upstream = Upstream::start().await;
    let (app, mut reed, wren) = start(&upstream).await;
    let (_streams, _connections) = streams(&app, &reed, CONNECTIONS / 2).await;
    assert_eq!(status(&wren).await, 503);
    reed.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    until("there is room again", async || status(&wren).await == 200).await;
}

/// A connection on which a request has been answered.
async fn answered_connection(app: &TestApp) -> TcpStream {
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    stream
}

// Case: log/abandoned-tab
#[tokio::test]
async fn a_tab_that_is_left_open_after_the_session_has_ended_does_not_fill_the_log() {
    let upstream = Upstream::start().await;
    let setup = TestApp::setup().with_app("sales", upstream.address, "read");
    let (log, app) = (CapturedLog::begin(), setup.start().await);
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    browser.get("/apps/sales/").await.assert_status(200);
    browser.clone().submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    let origin = format!("http://{}", app.address());
    // Streamlit's page asks whether its server is running, and tries to open its WebSocket, again and again.
    for _ in 0..36 {
        browser.fetch("/apps/sales/_stcore/health").await.assert_status(401);
        assert_eq!(open(&app, &browser, &origin).await.unwrap_err(), 401);
    }
    let warnings: Vec<_> = log.entries().into_iter().filter(|entry| entry.text("level") == "WARN").collect();
    let denied = warnings.iter().filter(|entry| entry.text("event") == "access_denied").count();
    assert_eq!(denied, 1, "{}", log.text());
    assert!(warnings.len() <= 3, "{}", log.text());
}
