//! Serves a listening socket, with or without TLS, within the limits of each connection.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use futures_util::future::{Ready, ready};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use rolecall_config::Limits;
use rolecall_config::tls::TlsFiles;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tower::service_fn;

use super::connections::{AdmittedConnection, Connection, ConnectionLimits, Refused};
use super::entrance::{ConnectionService, Entrance};
use super::limits::log_limit::{Line, LogLimit};
use super::limits::request_sizes::MAX_HEAD_BYTES;
use super::network::forwarded::TrustedProxies;
use super::stop::{StopOrder, Stopping};

/// The largest request head that is read at all: up to twice as much may pass, and beyond that there is a 431 without a
/// page.
const MAX_READ_HEAD_BYTES: usize = 2 * MAX_HEAD_BYTES;
/// How many requests may be in progress on one HTTP/2 connection: more than a page needs, but so few that a few
/// connections cannot use up all resources. A browser queues the rest.
pub const MAX_STREAMS: u32 = 64;
/// How long a connection may be silent, or not read what it is sent, while Rolecall waits for it: longer than the time
/// limit of an answer.
const IDLE_TIMEOUT: Duration = Duration::from_secs(40);
/// How often a silent HTTP/2 connection is tested with a ping.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How often the files of the certificate are compared with those in use.
const CERTIFICATE_POLL: Duration = Duration::from_secs(5);

/// Which connections are accepted.
pub struct AcceptSettings<'a> {
    /// The limits.
    pub limits: &'a Limits,
    /// The current connections.
    pub connection_limits: ConnectionLimits,
    /// Proxies, whose connections serve many people.
    pub trusted_proxies: TrustedProxies,
    /// The limit for log lines.
    pub log_limit: &'a LogLimit,
}

/// Serves `entrance` on `listener`, within the limits of its `settings`, until an order to stop comes, then completes
/// requests in progress.
///
/// # Errors
/// When the certificate cannot be used, or the socket fails.
pub async fn serve(
    entrance: Entrance,
    listener: TcpListener,
    tls: Option<TlsFiles>,
    settings: AcceptSettings<'_>,
    stop: (Stopping, mpsc::Receiver<StopOrder>),
) -> io::Result<()> {
    let service = service_fn(move |peer: SocketAddr| ready(Ok::<_, Infallible>(entrance.service_for(peer))));
    let handle = Handle::new();
    let limits = settings.limits;
    let (stopping, orders) = stop;
    let stopping = tokio::spawn(stopping.follow(orders, handle.clone(), limits.shutdown_timeout));
    let acceptor = Acceptor::new(settings);
    let server = Server::<SocketAddr>::from_listener(listener).handle(handle);
    let result = if let Some(files) = tls {
        let config = RustlsConfig::from_config(files.load().map_err(io::Error::other)?);
        let following = tokio::spawn(follow_certificate(files, config.clone()));
        let mut server = server.acceptor(RustlsAcceptor::new(config).acceptor(acceptor));
        set_limits(server.http_builder(), limits);
        let result = server.serve(service).await;
        following.abort();
        result
    } else {
        // `http1_only` would also disable upgrades, and with them WebSockets.
        let mut server = server.acceptor(acceptor);
        set_limits(server.http_builder(), limits);
        server.serve(service).await
    };
    stopping.abort();
    result
}

/// Lets `running` load new certificate files as they appear. Unusable files are logged once, and the old ones stay in
/// use.
async fn follow_certificate(files: TlsFiles, running: RustlsConfig) {
    let mut seen = files.state();
    loop {
        tokio::time::sleep(CERTIFICATE_POLL).await;
        let now = files.state();
        if now == seen {
            continue;
        }
        seen = now;
        match files.load() {
            Ok(config) => {
                running.reload_from_config(config);
                tracing::info!(cert = %files.cert.display(), "a new certificate is in use");
            }
            // This is expected between the writing of the two files.
            Err(error) => tracing::warn!(?error, "the changed certificate cannot be used, so the old one stays in use"),
        }
    }
}

fn set_limits(builder: &mut Builder<TokioExecutor>, limits: &Limits) {
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(MAX_READ_HEAD_BYTES)
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(MAX_READ_HEAD_BYTES).unwrap_or(u32::MAX));
}

/// Accepts connections up to the limit, each without Nagle's algorithm.
#[derive(Clone)]
struct Acceptor {
    connection_limits: ConnectionLimits,
    trusted_proxies: TrustedProxies,
    /// How long the first byte may take.
    first_byte: Duration,
    idle: Duration,
    log_limit: LogLimit,
}

impl Acceptor {
    fn new(settings: AcceptSettings<'_>) -> Self {
        let first_byte = settings.limits.header_timeout;
        Self {
            connection_limits: settings.connection_limits,
            trusted_proxies: settings.trusted_proxies,
            first_byte,
            idle: first_byte.max(IDLE_TIMEOUT),
            log_limit: settings.log_limit.clone(),
        }
    }

    /// Accepts one connection, from `peer`.
    ///
    /// # Errors
    /// When the limit is reached; the connection is closed.
    fn admit(&self, stream: &TcpStream, peer: IpAddr) -> io::Result<AdmittedConnection> {
        let is_proxy = self.trusted_proxies.contain(peer);
        let admitted = self.connection_limits.for_browser(peer, is_proxy).map_err(|refused| {
            self.log_refusal(peer, refused);
            io::Error::other("there are too many connections")
        })?;
        // Without this every streamed answer waits about 40 ms for the acknowledgement of its first packet.
        stream.set_nodelay(true)?;
        // A client that listens to a stream may be silent for long, and may be gone.
        SockRef::from(stream)
            .set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEP_ALIVE).with_interval(KEEP_ALIVE))?;
        Ok(admitted)
    }

    fn log_refusal(&self, peer: IpAddr, refused: Refused) {
        let reason = refused.name();
        if self.log_limit.admits(Line::new("connection_refused", reason, Some(peer)), 1) {
            let ip = tracing::field::display(peer);
            tracing::warn!(event = "connection_refused", reason, ip, "a connection was refused");
        }
    }
}

impl Accept<TcpStream, ConnectionService> for Acceptor {
    type Stream = Connection;
    type Service = ConnectionService;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: ConnectionService) -> Self::Future {
        let admitted = stream.peer_addr().and_then(|peer| self.admit(&stream, peer.ip().to_canonical()));
        ready(admitted.map(|admitted| {
            let service = service.noting(admitted.activity.clone());
            (Connection::new(stream, self.first_byte, self.idle, admitted), service)
        }))
    }
}
