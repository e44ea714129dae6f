//! What one proxy says of one request.

use std::net::IpAddr;

use url::Host;

/// What one proxy says of the request that it passed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// Who asked it.
    pub client: Option<IpAddr>,
    /// By which scheme.
    pub scheme: Option<Scheme>,
    /// For which host.
    pub host: Option<Host>,
}

/// The scheme of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// The scheme called `name`, in any case.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "http" => Some(Self::Http),
            "https" => Some(Self::Https),
            _ => None,
        }
    }
}
