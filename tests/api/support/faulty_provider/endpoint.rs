//! The provider's endpoints, and how often each was asked.

use std::sync::atomic::{AtomicU64, Ordering};

/// An endpoint of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `/.well-known/openid-configuration`
    Discovery,
    /// `/jwks`
    Jwks,
    /// `/authorize`
    Authorize,
    /// `/token`
    Token,
    /// `/userinfo`
    Userinfo,
    /// `/end_session`
    EndSession,
    /// Everything below `/v1.0`
    Graph,
}

impl Endpoint {
    /// The endpoint at `path`, relative to that of the issuer.
    pub(super) fn at(path: &str) -> Option<Self> {
        match path {
            "/.well-known/openid-configuration" => Some(Self::Discovery),
            "/jwks" => Some(Self::Jwks),
            "/authorize" => Some(Self::Authorize),
            "/token" => Some(Self::Token),
            "/userinfo" => Some(Self::Userinfo),
            "/end_session" => Some(Self::EndSession),
            _ => path.starts_with("/v1.0/").then_some(Self::Graph),
        }
    }
}

/// How many requests each endpoint has had since the provider was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// Requests for the metadata.
    pub discovery: u64,
    /// Requests for the key set.
    pub jwks: u64,
    /// Requests to the authorization endpoint: the page and the choice on it.
    pub authorize: u64,
    /// Requests to the token endpoint: codes and refreshes.
    pub token: u64,
    /// Requests to the userinfo endpoint.
    pub userinfo: u64,
    /// Requests to everything below `/v1.0`.
    pub graph: u64,
}

/// The counters behind [`RequestCounts`].
#[derive(Debug, Default)]
pub(super) struct Counters([AtomicU64; 7]);

impl Counters {
    /// Counts one request to `endpoint`.
    pub(super) fn count(&self, endpoint: Endpoint) {
        self.0[endpoint as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// The counts so far.
    pub(super) fn read(&self) -> RequestCounts {
        let of = |endpoint: Endpoint| self.0[endpoint as usize].load(Ordering::Relaxed);
        RequestCounts {
            discovery: of(Endpoint::Discovery),
            jwks: of(Endpoint::Jwks),
            authorize: of(Endpoint::Authorize),
            token: of(Endpoint::Token),
            userinfo: of(Endpoint::Userinfo),
            graph: of(Endpoint::Graph),
        }
    }
}
