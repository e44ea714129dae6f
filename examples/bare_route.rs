//! The measure of `make bench`: what the least that axum can do costs. `/` answers with 3,000 bytes of text,
//! `/bytes/{count}` with as many as it says; no layer, no session, no log.
//!
//! Run as `bare_route 127.0.0.1:3999`.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

// The allocator of Rolecall, so that the comparison is about what Rolecall does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is answered, or the first part of it.
static TEXT: [u8; 1_000_000] = [b'.'; 1_000_000];

#[tokio::main]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind(address()?).await?.tap_io(|stream| {
        // A connection that stays slow spoils the measure, but nothing else.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, Router::new().route("/", get(text)).route("/bytes/{count}", get(bytes))).await
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

/// The bare route.
async fn text() -> impl IntoResponse {
    plain(&TEXT[..3_000])
}

/// The same with `count` bytes.
async fn bytes(Path(count): Path<usize>) -> Result<impl IntoResponse, StatusCode> {
    TEXT.get(..count).map(plain).ok_or(StatusCode::NOT_FOUND)
}

/// An answer of plain text.
fn plain(text: &'static [u8]) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text)
}
