//! The measure of `make bench`: what the least that axum can do costs. One route that answers with 3,000 bytes of text;
//! no layer, no session, no log.
//!
//! Run as `bare_route 127.0.0.1:3999`.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

// The allocator of Rolecall, so that the comparison is about what Rolecall does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is answered.
static TEXT: [u8; 3_000] = [b'.'; 3_000];

#[tokio::main]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind(address()?).await?.tap_io(|stream| {
        // A connection that stays slow spoils the measure, but nothing else.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, Router::new().route("/", get(text))).await
}

/// The address to listen on: the only argument.
///
/// # Errors
/// When it is missing, is no address, or is open to other machines.
fn address() -> io::Result<SocketAddr> {
    let given = std::env::args().nth(1).and_then(|argument| argument.parse::<SocketAddr>().ok());
    given.filter(|address| address.ip().is_loopback()).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "give a loopback address to listen on: bare_route 127.0.0.1:3999")
    })
}

/// The only route.
async fn text() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], TEXT.as_slice())
}
