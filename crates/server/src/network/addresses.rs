//! Addresses: the public one, the host in a request before it is trusted, and what counts as one client for limits.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::uri::Authority;
use axum::http::{Request, header};
use rolecall_sign_in::loopback::is_loopback;
use url::Url;

/// The configured public address. Clones share it.
#[derive(Clone)]
pub struct PublicAddress(Arc<Inner>);

struct Inner {
    url: Url,
    origin: String,
    is_https_here: bool,
}

impl PublicAddress {
    /// The address `url`; `is_https_here` if we terminate TLS ourselves, without a proxy in front.
    pub fn new(url: Url, is_https_here: bool) -> Self {
        let origin = url.origin().ascii_serialization();
        Self(Arc::new(Inner { url, origin, is_https_here }))
    }

    /// As configured.
    pub fn url(&self) -> &Url {
        &self.0.url
    }

    /// Its origin, as browsers write it in `Origin`.
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// Whether we terminate TLS ourselves.
    pub fn is_https_here(&self) -> bool {
        self.0.is_https_here
    }
}

/// The host in the request: in HTTP/2 it is part of the address (RFC 9113, section 8.3.1).
pub fn asked_host<B>(request: &Request<B>) -> Option<&str> {
    let authority = request.uri().authority().map(Authority::as_str);
    authority.or_else(|| request.headers().get(header::HOST).and_then(|host| host.to_str().ok()))
}

/// Whether a foreign name leads to a Rolecall on a loopback address: then a foreign page has bound its name to it (DNS
/// rebinding), and would appear as our own origin.
pub fn is_foreign_to_loopback(asked: &str, public_url: &Url) -> bool {
    let asked = Url::parse(&format!("{}://{asked}", public_url.scheme()));
    is_loopback(public_url) && !asked.is_ok_and(|asked| is_loopback(&asked))
}

/// The unit for limits: an IPv4 address, or the /64 of an IPv6 address, which is what one household or machine gets.
pub fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6((ip.to_bits() & (u128::MAX << 64)).into()),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_name_bound_to_this_machine_is_noticed() {
        let ours = "http://127.0.0.1:3000".parse().unwrap();
        for (asked, foreign) in [("evil.test:3000", true), ("", true), ("127.0.0.1:3000", false), ("[::1]", false)] {
            assert_eq!(is_foreign_to_loopback(asked, &ours), foreign, "{asked}");
        }
        let public = "https://rolecall.example".parse().unwrap();
        assert!(!is_foreign_to_loopback("10.0.0.7:3000", &public), "a proxy may ask by an address of its own");
    }

    #[test]
    fn a_client_is_an_ipv4_address_or_a_64() {
        for (address, network) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:ffff::9", "2001:db8:1:2::"),
            ("2001:db8:1:2::1", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ] {
            assert_eq!(client_network(address.parse().unwrap()).to_string(), network);
        }
    }
}
