//! Requests byte for byte, for what no HTTP client would send.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::TestApp;

/// Sends `request` as it is, and reads until the server closes the connection, as the request should ask it to.
pub async fn raw(app: &TestApp, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    // A server may answer and close before it has read everything.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// Goes to `target`, letter for letter. `headers` are whole lines.
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
