//! The client that asks apps: one pool of connections, nothing followed, nothing unpacked.

use std::time::Duration;

use axum::body::Body;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept. Some servers close theirs after two seconds, and a request may not meet that.
const KEEP_IDLE: Duration = Duration::from_secs(1);
/// How often a silent connection is tested: a stream may be silent for long, and must notice that nobody is there.
const ALIVE: Duration = Duration::from_secs(30);

/// The client. Clones share its connections.
pub(super) type Client = HyperClient<HttpsConnector<HttpConnector>, Body>;

/// The client, speaking HTTP/1.1, over TLS with the usual authorities where an app is at an https address.
///
/// # Errors
/// When TLS cannot be set up.
pub(super) fn client() -> Result<Client, rustls::Error> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    tcp.set_keepalive(Some(ALIVE));
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(ring::default_provider())?
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    Ok(HyperClient::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(KEEP_IDLE)
        .set_host(false)
        .build(connector))
}
