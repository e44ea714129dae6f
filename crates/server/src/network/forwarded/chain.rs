//! The client's address and the arrival of a request, from proxy to proxy, beginning with the nearest: each is trusted
//! about the hop before it.

use std::net::IpAddr;

use axum::http::HeaderMap;
use rolecall_sign_in::ClientAddress;
use url::Host;

use super::proxy::{Hop, Scheme, TrustedProxies};
use super::{element, node};

/// How a request arrived, according to a trusted proxy. A request extension, only for requests from trusted proxies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The scheme that the client used.
    pub scheme: Option<Scheme>,
    /// The host that it requested.
    pub host: Option<Host>,
}

/// The origin of a request that reached us from `peer` with these `headers`: the client's address, and the [`Arrival`]
/// if a trusted proxy forwarded it.
pub fn arrived(headers: &HeaderMap, peer: IpAddr, trusted: &TrustedProxies) -> (ClientAddress, Option<Arrival>) {
    if !trusted.contain(peer) {
        return (ClientAddress(peer), None);
    }
    let Hop { client, scheme, host } = client_hop(headers, trusted);
    (ClientAddress(client.unwrap_or(peer)), Some(Arrival { scheme, host }))
}

/// What the proxies, of which the nearest is trusted, report about the client. If the two families of headers
/// contradict each other, a proxy forwarded one that it did not write; nobody can tell which, so both are ignored.
#[must_use]
pub fn client_hop(headers: &HeaderMap, trusted: &TrustedProxies) -> Hop {
    let (older, newer) = (walk(x_forwarded(headers), trusted), walk(forwarded(headers), trusted));
    let agree = both_or_one(older.client.as_ref(), newer.client.as_ref())
        && both_or_one(older.scheme.as_ref(), newer.scheme.as_ref())
        && both_or_one(older.host.as_ref(), newer.host.as_ref());
    if !agree {
        tracing::debug!("X-Forwarded-* and Forwarded contradict each other: neither is trusted");
        return Hop::default();
    }
    Hop {
        client: older.client.or(newer.client),
        scheme: older.scheme.or(newer.scheme),
        host: older.host.or(newer.host),
    }
}

fn both_or_one<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// The report of the farthest trusted proxy. Each of `hops`, the nearest first, counts as long as the previous one
/// named a trusted proxy. If it names no client, the last named address counts, if any.
fn walk(hops: impl Iterator<Item = Hop>, trusted: &TrustedProxies) -> Hop {
    let mut farthest = Hop::default();
    for hop in hops {
        let goes_on = hop.client.is_some_and(|client| trusted.contain(client));
        farthest = Hop { client: hop.client.or(farthest.client), ..hop };
        if !goes_on {
            break;
        }
    }
    farthest
}

/// The hops of `Forwarded`, the nearest one first.
fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = Hop> {
    let lines = headers.get_all("forwarded").iter().rev().map_while(|line| line.to_str().ok());
    lines.flat_map(element::from_the_end)
}

/// The hops of `X-Forwarded-*`, the nearest first. Many proxies overwrite scheme and host with one value; it then
/// counts for every hop.
fn x_forwarded(headers: &HeaderMap) -> impl Iterator<Item = Hop> {
    let clients = items_from_the_end(headers, "x-forwarded-for");
    let schemes = items_from_the_end(headers, "x-forwarded-proto");
    let hosts = items_from_the_end(headers, "x-forwarded-host");
    let says_anything = !(clients.is_empty() && schemes.is_empty() && hosts.is_empty());
    let hops = if says_anything { clients.len().max(1) } else { 0 };
    (0..hops).map(move |hop| Hop {
        client: clients.get(hop).copied().and_then(node::address),
        scheme: schemes.get(hop).or(schemes.last()).copied().and_then(Scheme::parse),
        host: hosts.get(hop).or(hosts.last()).copied().and_then(node::host),
    })
}

/// The items of a list header (RFC 9110, section 5.6.1), the last first. Reading stops at a line that is not ASCII.
fn items_from_the_end<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let lines = headers.get_all(name).iter().rev().map_while(|line| line.to_str().ok());
    lines.flat_map(|line| line.rsplit(',')).map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_by(lines: &[(&'static str, &str)]) -> (String, Option<Scheme>, String) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let hop = client_hop(&headers, &TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]));
        let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        (text(hop.client.map(|ip| ip.to_string())), hop.scheme, text(hop.host.map(|host| host.to_string())))
    }

    fn client(lines: &[(&'static str, &str)]) -> String {
        told_by(lines).0
    }

    #[test]
    fn what_the_client_itself_claims_is_passed_over() {
        assert_eq!(client(&[("x-forwarded-for", "1.1.1.1, 198.51.100.1, 10.0.0.2")]), "198.51.100.1");
        assert_eq!(client(&[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "198.51.100.1")]), "198.51.100.1");
        assert_eq!(client(&[("forwarded", "for=1.1.1.1, for=198.51.100.1, for=10.0.0.2")]), "198.51.100.1");
        assert_eq!(client(&[("forwarded", "for=1.1.1.1"), ("forwarded", "for=198.51.100.1")]), "198.51.100.1");
    }

    #[test]
    fn whom_a_proxy_does_not_name_is_not_guessed() {
        assert_eq!(client(&[("x-forwarded-for", "198.51.100.1, unknown")]), "-");
        assert_eq!(client(&[("x-forwarded-for", "198.51.100.1, unknown, 10.0.0.2")]), "10.0.0.2");
        assert_eq!(client(&[("forwarded", "for=198.51.100.1, for=_hidden")]), "-");
        assert_eq!(client(&[("forwarded", "for=198.51.100.1, proto=https")]), "-");
        assert_eq!(client(&[]), "-");
    }

    #[test]
    fn scheme_and_host_are_those_that_the_farthest_trusted_proxy_saw() {
        let by_both = ("203.0.113.9".to_owned(), Some(Scheme::Https), "a.example".to_owned());
        let forwarded = "for=203.0.113.9;proto=https;host=a.example, for=10.0.0.2;proto=http;host=inner";
        assert_eq!(told_by(&[("forwarded", forwarded)]), by_both);
        let lists = [
            ("x-forwarded-for", "203.0.113.9, 10.0.0.2"),
            ("x-forwarded-proto", "https, http"),
            ("x-forwarded-host", "a.example"),
        ];
        assert_eq!(told_by(&lists), by_both);
        let claimed = [("x-forwarded-for", "10.0.0.9, 203.0.113.9"), ("x-forwarded-proto", "http, https")];
        assert_eq!(told_by(&claimed), ("203.0.113.9".to_owned(), Some(Scheme::Https), "-".to_owned()));
        assert_eq!(told_by(&[("x-forwarded-proto", "gopher")]).1, None);
    }

    #[test]
    fn two_families_that_contradict_each_other_both_count_for_nothing() {
        let (older, newer) = (("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.1;proto=https"));
        assert_eq!(told_by(&[older, newer]), ("198.51.100.1".to_owned(), Some(Scheme::Https), "-".to_owned()));
        for other in ["for=1.1.1.1", "for=1.1.1.1;proto=https"] {
            assert_eq!(told_by(&[older, ("forwarded", other)]), ("-".to_owned(), None, "-".to_owned()), "{other}");
        }
        assert_eq!(told_by(&[("x-forwarded-proto", "http"), newer]).0, "-");
    }

    #[test]
    fn a_header_of_any_length_is_read_in_time() {
        assert_eq!(client(&[("x-forwarded-for", &"10.0.0.1,".repeat(5_000))]), "-");
        assert_eq!(client(&[("forwarded", &"for=10.0.0.1,".repeat(5_000))]), "-");
    }
}
