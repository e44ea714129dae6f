//! An app that does not answer, or whose answer cannot be passed on.

use rolecall_config::tls::certificate;
use rolecall_model::AppError;
use rolecall_sign_in::Clock;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::{Browser, TestApp, Upstream};

async fn start(upstream: std::net::SocketAddr) -> (TestApp, Browser) {
    let app = TestApp::setup()
        .with_app("sales", upstream, "read")
        .set("ROLECALL_APPS__SALES__TITLE", "Sales figures")
        .set("ROLECALL_APPS__SALES__TIMEOUT", "1s")
        .start()
        .await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    (app, browser)
}

/// An app that answers every request with `answer`, byte for byte.
async fn that_says(answer: &'static str) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    address
}

#[tokio::test]
async fn an_app_that_is_down_gives_a_page_that_says_so() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (_app, mut browser) = start(nobody).await;
    let page = browser.get("/apps/sales/x?y=1").await;
    page.assert_status(502).assert_shows("Sales figures does not answer right now");
    page.assert_shows("Try again").assert_shows("/apps/sales/x?y=1");
    assert!(!page.body.contains(&nobody.port().to_string()), "the page shows the address of the app: {page:#?}");
    let answer = browser.fetch("/apps/sales/x").await;
    let told: AppError = answer.assert_status(502).json();
    assert_eq!(told, AppError::AppDown { app: "Sales figures".to_owned() });
}

#[tokio::test]
async fn an_app_that_is_silent_is_given_up_in_time() {
    let upstream = Upstream::start().await;
    let (_app, mut browser) = start(upstream.address).await;
    browser.get("/apps/sales/silence").await.assert_status(504).assert_shows("took too long");
    browser.fetch("/apps/sales/silence").await.assert_status(504);
    browser.get("/apps/sales/x").await.assert_status(200);
}

#[tokio::test]
async fn what_is_no_answer_is_not_passed_on() {
    for answer in [
        "",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-A: \0\r\n\r\n",
    ] {
        let (_app, mut browser) = start(that_says(answer).await).await;
        browser.get("/apps/sales/x").await.assert_status(502).assert_shows("does not answer right now");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_taken_for_a_whole_one() {
    let half = that_says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf").await;
    let (_app, browser) = start(half).await;
    let answer = browser.script(openidconnect::reqwest::Method::GET, "/apps/sales/x").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.is_err());
}

#[tokio::test]
async fn the_certificate_of_an_app_must_be_one_that_is_trusted() {
    let folder = TempDir::new().unwrap();
    let address = "https://127.0.0.1".parse().unwrap();
    let files = certificate::load_or_create(folder.path(), &address, &[], Clock::system().now_ms()).unwrap();
    let upstream = Upstream::start_over_tls(&files.cert, &files.key).await;
    let setup = || {
        let setup = TestApp::setup().with_app("sales", upstream.address, "read");
        setup.set("ROLECALL_APPS__SALES__UPSTREAM", &format!("https://{}", upstream.address))
    };
    for (ca, status) in [("", 502), (files.cert.to_str().unwrap(), 200)] {
        let app = setup().set("ROLECALL_APPS__SALES__UPSTREAM_CA", ca).start().await;
        let mut browser = app.browser();
        browser.sign_in_as("reed").await;
        browser.get("/apps/sales/x").await.assert_status(status);
    }
    assert_eq!(upstream.seen().len(), 1, "an app without a trusted certificate gets no request");
}
