//! A browser's side of HTTP/2, frame by frame: for those that take what they are sent slowly, or not at all.

use axum::body::Bytes;
use axum::http::{Request, Response};
use h2::RecvStream;
use h2::client::{Builder, SendRequest};
use tokio::net::TcpStream;

use super::{Browser, TestApp};

/// A connection. It answers pings, whatever else it does not do.
pub struct Http2(SendRequest<Bytes>);

impl Http2 {
    /// Connects to `app` without TLS (RFC 9113, section 3.3). Each answer may send `window` bytes of its body before it has
    /// to be allowed more.
    pub async fn connect(app: &TestApp, window: u32) -> Self {
        let stream = TcpStream::connect(app.address()).await.unwrap();
        let handshake = Builder::new().initial_window_size(window).handshake(stream);
        let (requests, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        Self(requests)
    }

    /// Asks `app` for `path` with the cookies of `browser`, once the connection has room, and takes nothing of the body.
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
