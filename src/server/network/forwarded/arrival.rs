//! The layer that notes where a request comes from and how it arrived.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use rolecall_sign_in::ClientAddress;
use url::Host;

use super::chain;
use super::proxy::{Scheme, TrustedProxies};
use crate::server::connections::Activity;

/// How a request arrived, as far as a trusted proxy says. A request extension, of requests from trusted proxies alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The scheme by which the client asked.
    pub scheme: Option<Scheme>,
    /// The host that it asked for.
    pub host: Option<Host>,
}

/// The layer that notes the client's address, and the [`Arrival`] of what a trusted proxy passes on. A request with several
/// `Host` lines is refused (400: RFC 9112, section 3.2): a proxy in front may have gone by another than we would. While
/// the request is being answered, its connection is in use.
pub async fn note_arrival(State(trusted): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    let _serving = request.extensions().get::<Activity>().map(Activity::serve);
    if request.headers().get_all(header::HOST).iter().nth(1).is_some() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else {
        return next.run(request).await;
    };
    let peer = peer.ip().to_canonical();
    let mut client = peer;
    if trusted.contain(peer) {
        let hop = chain::client_hop(request.headers(), &trusted);
        client = hop.client.unwrap_or(peer);
        request.extensions_mut().insert(Arrival { scheme: hop.scheme, host: hop.host });
    }
    request.extensions_mut().insert(ClientAddress(client));
    next.run(request).await
}
