//! Addresses and hosts as proxies write them.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

/// The address in `text`: with or without a port, IPv6 with or without brackets. `None` for `unknown` and the
/// obfuscated identifiers of RFC 7239, section 6.3. Azure's gateways write ports into `X-Forwarded-For`.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    ip.or_else(|| before_obfuscated_port(text)?.parse().ok()).map(|ip: IpAddr| ip.to_canonical())
}

/// The part before an obfuscated port, which begins with an underscore (RFC 7239, section 6.3).
fn before_obfuscated_port(text: &str) -> Option<&str> {
    let (node, port) = text.rsplit_once(':')?;
    if !port.starts_with('_') {
        return None;
    }
    Some(node.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(node))
}

/// The host in `text`, without its port, which only some proxies write. `None` if invalid.
pub(super) fn host(text: &str) -> Option<Host> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    if text.is_empty() || !text.chars().all(is_plain) {
        return None;
    }
    Url::parse(&format!("https://{text}")).ok()?.host().map(|host| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_every_usual_form() {
        for (text, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("192.0.2.1:_port", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]:_p", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(address(text).map(|ip| ip.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "unknown", "_hidden", "_", "192.0.2.1.5", "[192.0.2.1", "192.0.2.1:99999", "localhost", "1"] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn hosts_are_read_without_their_port() {
        for (text, expected) in
            [("Rolecall.Example", "rolecall.example"), ("a.example:8443", "a.example"), ("[::1]:3000", "[::1]")]
        {
            assert_eq!(host(text).map(|host| host.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "a.example/path", "user@a.example", "a b", "a.example:port", "a%2eexample", "a?b", "a\\b"] {
            assert_eq!(host(text), None, "{text}");
        }
    }
}
