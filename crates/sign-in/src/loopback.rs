//! Which addresses belong to this machine.

use url::{Host, Url};

/// Whether `url` leads to this machine: 127.0.0.0/8, `[::1]`, `localhost` or a name below it (RFC 6761, section 6.3).
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_count() {
        for ours in
            ["http://127.0.0.1", "http://127.9.9.9:1", "http://[::1]:3000", "http://localhost", "http://a.localhost"]
        {
            assert!(is_loopback(&ours.parse().unwrap()), "{ours}");
        }
        for other in ["http://10.0.0.1", "http://[::2]", "http://localhost.evil.test", "http://evillocalhost", "data:,"]
        {
            assert!(!is_loopback(&other.parse().unwrap()), "{other}");
        }
    }
}
