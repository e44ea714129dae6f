//! One proxy: whether it is trusted, and what it reports about a request.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use strum::EnumString;
use url::Host;

/// The networks of `trusted_proxies`. Clones share them.
#[derive(Clone)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// The proxies in these networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    /// Whether `address` is that of one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// One proxy's report about a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// The address that it came from.
    pub client: Option<IpAddr>,
    /// The scheme.
    pub scheme: Option<Scheme>,
    /// The host.
    pub host: Option<Host>,
}

/// The scheme of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString)]
#[strum(ascii_case_insensitive)]
pub enum Scheme {
    /// Unencrypted.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// The scheme called `name`, in any case.
    pub(super) fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}
