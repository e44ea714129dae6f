//! A provider that is slow, cannot be reached, or whose TLS fails.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rolecall_config::tls::certificate;
use rolecall_routes as routes;
use rolecall_sign_in::Clock;
use rolecall_sign_in::provider::{HttpError, ProviderHttp};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::support::faulty_provider::{Answer, Endpoint, Faults};
use crate::support::{Program, TestApp, Traces, settings_of, until};

// Case: fault/provider-slow, http/whole-timeout
#[tokio::test]
async fn a_provider_that_does_not_answer_signs_nobody_in_and_holds_nobody_else_up() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let before = (Traces::of(&app).await, app.demo().requests().token);
    app.demo().set_faults(Faults::answer(Endpoint::Token, Answer::Hangs));
    let mut wren = app.browser();
    let asked = Instant::now();
    let waiting = tokio::spawn(async move {
        let answer = wren.attempt_as("wren").await;
        (wren, answer)
    });
    until("the provider is asked", async || app.demo().requests().token > before.1).await;
    ada.get("/dashboards/weather").await.assert_status(200);
    assert!(!waiting.is_finished(), "the request no longer waits for the provider");

    let (mut wren, answer) = waiting.await.unwrap();
    answer.assert_status(503).assert_shows("does not answer right now");
    let taken = asked.elapsed();
    assert!((9..15).contains(&taken.as_secs()), "given up after {taken:?}");
    assert_eq!(wren.user().await, None);
    assert_eq!(Traces::of(&app).await, before.0);
    app.demo().set_faults(Faults::default());
    wren.sign_in_as("wren").await;
    assert_eq!(ada.user().await.unwrap().name, "Ada Vale");
}

// Case: http/connect-timeout
#[tokio::test]
async fn a_connection_that_is_not_made_within_five_seconds_is_given_up() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(1).unwrap();
    let address = full.local_addr().unwrap();
    // Nothing accepts connections: once the queue is full, another connection gets no answer at all.
    let mut queue = Vec::new();
    while let Ok(Ok(waiting)) = tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
        queue.push(waiting);
    }
    let asked = Instant::now();
    let url = format!("http://{address}/");
    let refused = ProviderHttp::new(&url.parse().unwrap(), None).unwrap().fetch_json::<Value>(&url).await;
    assert!(matches!(refused, Err(HttpError::Unreachable(_))), "{refused:?}");
    let taken = asked.elapsed();
    assert!((4..8).contains(&taken.as_secs()), "given up after {taken:?}");
}

/// Checks that nobody can begin to sign in at `issuer`, and that the program otherwise works.
async fn cannot_begin_at(issuer: &str) {
    let program = Program::start(settings_of(issuer)).await;
    let mut browser = program.browser();
    browser.get("/login/own").await.assert_status(503).assert_shows("does not answer right now");
    assert!(browser.cookies.is_empty());
    browser.get(routes::HOME).await.assert_status(200);
}

// Case: fault/provider-tls
#[tokio::test]
async fn a_provider_that_speaks_no_tls_is_asked_for_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; 16];
        stream.read_exact(&mut bytes).await.unwrap();
        bytes
    });
    cannot_begin_at(&format!("https://localhost:{port}")).await;
    // The request begins with a TLS handshake (RFC 8446, section 5.1) rather than with clear text.
    assert_eq!(heard.await.unwrap()[0], 22);
}

// Case: fault/provider-tls
#[tokio::test]
async fn a_provider_whose_certificate_nobody_vouches_for_is_asked_for_nothing() {
    let folder = TempDir::new().unwrap();
    let url = "https://localhost".parse().unwrap();
    let files = certificate::load_or_create(folder.path(), &url, &[], Clock::system().now_ms()).unwrap();
    let config = RustlsConfig::from_config(files.load().unwrap());
    let handle = Handle::new();
    let server = axum_server::bind_rustls(SocketAddr::from(([127, 0, 0, 1], 0)), config).handle(handle.clone());
    let asked = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&asked);
    let router = Router::new().fallback(async move || noted.store(true, Ordering::SeqCst));
    tokio::spawn(server.serve(router.into_make_service()));
    let address = handle.listening().await.unwrap();
    cannot_begin_at(&format!("https://localhost:{}", address.port())).await;
    assert!(!asked.load(Ordering::SeqCst), "a request got through");
}
