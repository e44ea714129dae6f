//! The HTTP clients for apps: connection pools that neither follow redirects nor decompress answers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::UpstreamApp;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept. Some servers close theirs after two seconds, and no request should run into
/// that.
const KEEP_IDLE: Duration = Duration::from_secs(1);
/// How many idle connections to one app are kept. They do not count as connections in use.
const MAX_IDLE: usize = 16;
/// After how much silence a connection is tested: a stream may be silent for long, and must notice that the peer is
/// gone.
const ALIVE: Duration = Duration::from_secs(30);

/// How many headers an answer may have: more than hyper's 100, which some apps exceed with cookies and policies.
const MAX_HEADERS: usize = 1000;

/// A client. Clones share its connections.
pub(super) type Client = HyperClient<HttpsConnector<HttpConnector>, Body>;

/// The clients of several apps. Apps with the usual certificate authorities share one.
pub(super) struct Clients {
    with_public_roots: Client,
    with_own_roots: HashMap<String, Client>,
}

impl Clients {
    /// The clients for `apps`.
    ///
    /// # Errors
    /// When TLS cannot be set up, or an authority's certificate cannot be used.
    pub(super) fn new(apps: &[UpstreamApp]) -> Result<Self, rustls::Error> {
        let with_authorities = apps.iter().filter(|app| !app.authorities.is_empty());
        let with_own_roots = with_authorities.map(|app| Ok((app.name.clone(), client(trusting(app)?))));
        let with_own_roots = with_own_roots.collect::<Result<_, rustls::Error>>()?;
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Ok(Self { with_public_roots: client(tls(roots)?), with_own_roots })
    }

    /// The client for `app`.
    pub(super) fn of(&self, app: &UpstreamApp) -> &Client {
        self.with_own_roots.get(&app.name).unwrap_or(&self.with_public_roots)
    }
}

fn trusting(app: &UpstreamApp) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    for authority in &app.authorities {
        roots.add(authority.clone())?;
    }
    tls(roots)
}

fn tls(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let versions = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    Ok(versions.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth())
}

/// A client that speaks HTTP/1.1, over `tls` for https addresses.
fn client(tls: ClientConfig) -> Client {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    tcp.set_keepalive(Some(ALIVE));
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
    HyperClient::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(KEEP_IDLE)
        .pool_max_idle_per_host(MAX_IDLE)
        .http1_max_headers(MAX_HEADERS)
        .set_host(false)
        .build(connector)
}
