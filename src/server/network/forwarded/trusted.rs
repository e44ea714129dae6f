//! Which proxies are trusted, by their addresses.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

/// The networks of `trusted_proxies`. Clones share them.
#[derive(Clone)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// The proxies in these networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    /// Their networks.
    pub fn networks(&self) -> &[IpNet] {
        &self.0
    }

    /// Whether `address` is that of one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}
