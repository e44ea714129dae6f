//! HTTP closer to the wire than a client: requests byte for byte, for those that no client would send; and the client
//! side of HTTP/2, for clients that read slowly or not at all.

use axum::body::Bytes;
use axum::http::{Request, Response};
use h2::RecvStream;
use h2::client::{Builder, SendRequest};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Browser, TestApp};

/// Sends `request` as it is, and reads until the server closes the connection, as the request should ask it to.
pub async fn raw(app: &TestApp, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    // A server may answer and close before it has read everything.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// Requests exactly `target`. `headers` are whole lines.
pub async fn raw_get(app: &TestApp, target: &str, headers: &str) -> String {
    let host = app.address();
    let request =
        format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nConnection: close\r\n{headers}\r\n");
    raw(app, request.as_bytes()).await
}

/// The status of a raw answer.
#[track_caller]
pub fn raw_status(answer: &str) -> u16 {
    let status = answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("no status in {answer:?}"))
}

/// A connection, which answers pings but otherwise does only what a test says.
pub struct Http2(SendRequest<Bytes>);

impl Http2 {
    /// Connects to `app` without TLS (RFC 9113, section 3.3). Each answer may send `window` bytes of its body before it
    /// has to be allowed more.
    pub async fn connect(app: &TestApp, window: u32) -> Self {
        let stream = TcpStream::connect(app.address()).await.unwrap();
        let handshake = Builder::new().initial_window_size(window).handshake(stream);
        let (requests, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        Self(requests)
    }

    /// Requests `path` from `app` with the cookies of `browser`, once the connection has room, and reads nothing of the
    /// body.
    pub async fn get(&mut self, app: &TestApp, browser: &Browser, path: &str) -> Response<RecvStream> {
        let request = Request::get(format!("http://{}{path}", app.address()));
        let request = request.header("cookie", browser.cookie_header()).body(()).unwrap();
        let mut requests = self.0.clone().ready().await.unwrap();
        let (answer, _) = requests.send_request(request, true).unwrap();
        answer.await.unwrap()
    }

    /// How many answers may be open at once.
    pub fn max_streams(&self) -> usize {
        self.0.current_max_send_streams()
    }
}
