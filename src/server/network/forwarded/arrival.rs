//! Where a request comes from and how it arrived.

use std::net::IpAddr;

use axum::http::HeaderMap;
use rolecall_sign_in::ClientAddress;
use url::Host;

use super::chain;
use super::proxy::{Hop, Scheme, TrustedProxies};

/// How a request arrived, as far as a trusted proxy says. A request extension, of requests from trusted proxies alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The scheme by which the client asked.
    pub scheme: Option<Scheme>,
    /// The host that it asked for.
    pub host: Option<Host>,
}

/// Where a request comes from that reached us from `peer` with these `headers`: the client's address, and the [`Arrival`]
/// where a trusted proxy passed it on.
pub fn arrived(headers: &HeaderMap, peer: IpAddr, trusted: &TrustedProxies) -> (ClientAddress, Option<Arrival>) {
    if !trusted.contain(peer) {
        return (ClientAddress(peer), None);
    }
    let Hop { client, scheme, host } = chain::client_hop(headers, trusted);
    (ClientAddress(client.unwrap_or(peer)), Some(Arrival { scheme, host }))
}
