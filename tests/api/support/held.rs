//! A request that is accepted and then held open: the rest of its body is sent only when the test says so.

use std::time::Duration;

use rolecall_routes as routes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Browser, TestApp, until};

const BODY_START: &str = "slug=weather&version=0&body=";
const BODY_END: &str = "late";

/// A note that is being saved.
pub struct HeldRequest(TcpStream);

impl HeldRequest {
    /// Begins to save a note as the person at `browser`, and waits until the request was accepted.
    pub async fn save_note(app: &TestApp, browser: &Browser) -> Self {
        app.clock.advance(Duration::from_secs(61));
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\nAccept: application/json\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            routes::API_SAVE_NOTE,
            app.address(),
            browser.cookie_header(),
            BODY_START.len() + BODY_END.len(),
        );
        let mut stream = TcpStream::connect(app.address()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(BODY_START.as_bytes()).await.unwrap();
        // Activity is written again after a minute, so this shows that the request was accepted.
        let let_in = format!("sign_ins WHERE last_seen_at = {}", app.clock.now_ms());
        until("the request is let in", async || app.count(&let_in).await == 1).await;
        Self(stream)
    }

    /// Sends the rest, and checks that the answer sets no session cookie.
    pub async fn released(mut self) {
        self.0.write_all(BODY_END.as_bytes()).await.unwrap();
        let mut answer = String::new();
        self.0.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
        assert!(!answer.to_ascii_lowercase().contains("set-cookie: rolecall="), "{answer}");
    }
}
