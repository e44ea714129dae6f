//! Addresses: where the server listens, what people type, and which proxies it trusts.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use rolecall_sign_in::loopback::is_loopback;
use url::Url;

use super::https::{self, Certificate};
use super::reader::Reader;
use crate::tls::TlsFiles;

/// Where the server listens by default: this machine only.
const DEFAULT_BIND: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

/// The addresses in force.
pub(super) struct Network {
    /// Where the server listens.
    pub(super) bind: SocketAddr,
    /// What people type; `None` when it is missing or wrong, which is a mistake.
    pub(super) public_url: Option<Url>,
    /// Whether `public_url` may be http outside this machine.
    pub(super) allow_insecure_http: bool,
    /// Proxies whose statements about the client are trusted.
    pub(super) trusted_proxies: Vec<IpNet>,
    /// The certificate and key for https.
    pub(super) tls: Option<TlsFiles>,
}

impl Network {
    /// Reads and checks the addresses.
    pub(super) fn read(reader: &mut Reader, certificate: Certificate) -> Self {
        let remedy = "Give an IP address and a port, for example \"127.0.0.1:3000\" or \"[::]:3000\".";
        let bind = reader.parsed("bind", DEFAULT_BIND, remedy, |text| text.parse().ok());
        let allow_insecure_http = reader.flag("allow_insecure_http");
        let tls = https::read(reader, certificate);
        let does_tls = tls.is_some() || reader.has_mistake("tls");
        let public_url = public_url(reader, bind, does_tls);
        if let Some(url) = &public_url {
            if does_tls && url.scheme() != "https" {
                let what = "is http, and with `tls.cert` Rolecall answers https only";
                reader.mistake("public_url", what, "Write https://, or remove `tls.cert` and `tls.key`.");
            } else {
                check_https(reader, url, allow_insecure_http);
            }
            reader.note("public_url", &origin(url));
        }
        reader.note("bind", &bind.to_string());
        reader.note("allow_insecure_http", &allow_insecure_http);
        let trusted_proxies = trusted_proxies(reader);
        Self { bind, public_url, allow_insecure_http, trusted_proxies, tls }
    }

    /// Whether only this machine can reach the server, according to its addresses.
    pub(super) fn is_loopback(&self) -> bool {
        self.bind.ip().is_loopback() && self.public_url.as_ref().is_some_and(is_loopback)
    }
}

/// The address that people type. By default that of `bind`, if that is on this machine.
fn public_url(reader: &mut Reader, bind: SocketAddr, does_tls: bool) -> Option<Url> {
    const REMEDY: &str = "Give what people type to reach Rolecall, without a path: \"https://rolecall.example.com\".";
    if let Some(text) = reader.text("public_url") {
        return parse_origin(&text).map_err(|what| reader.mistake("public_url", what, REMEDY)).ok();
    }
    if bind.ip().is_loopback() {
        let scheme = if does_tls { "https" } else { "http" };
        return Url::parse(&format!("{scheme}://{bind}")).ok();
    }
    reader.missing("public_url", "is missing, and `bind` is open to other machines", REMEDY);
    None
}

/// Over plain http, anyone on the network path can read cookies and codes.
fn check_https(reader: &mut Reader, url: &Url, allow_insecure_http: bool) {
    if url.scheme() == "https" || is_loopback(url) {
        return;
    }
    if allow_insecure_http {
        reader.warn(format!(
            "public_url is {}, without https: anyone on the way can read and take over sign-ins. Use https, and \
             remove allow_insecure_http.",
            origin(url)
        ));
    } else {
        reader.mistake(
            "public_url",
            "is http outside this machine, where others on the network can read sign-ins",
            "Use https (with `tls.cert`, or by a proxy in front), or accept the risk with `allow_insecure_http = true`.",
        );
    }
}

/// The proxies, each a network or a single address.
fn trusted_proxies(reader: &mut Reader) -> Vec<IpNet> {
    const WIDE: &str = "Name the proxies themselves. If nobody but proxies can reach Rolecall, whatever their addresses \
                        are, set `trust_every_proxy = true` beside it.";
    let trusts_every = reader.flag("trust_every_proxy");
    let mut networks: Vec<IpNet> = Vec::new();
    for item in reader.list("trusted_proxies").unwrap_or_default() {
        match item.parse::<IpNet>().or_else(|_| item.parse::<IpAddr>().map(IpNet::from)) {
            Ok(network) => {
                if is_everybody(&network) && !trusts_every {
                    let what = format!("has {item:?}: anyone could claim any address");
                    reader.mistake("trusted_proxies", &what, WIDE);
                }
                networks.push(network);
            }
            // An empty item is a mistake already.
            Err(_) if item.is_empty() => {}
            Err(_) => reader.mistake(
                "trusted_proxies",
                &format!("has {item:?}, which is neither an address nor a network"),
                "Give IP addresses or networks, for example \"10.0.0.7\" or \"10.0.0.0/8\".",
            ),
        }
    }
    if trusts_every && !networks.iter().any(is_everybody) {
        let what = "has no effect: no network in `trusted_proxies` is that wide";
        reader.mistake("trust_every_proxy", what, "Remove it.");
    }
    reader.note("trust_every_proxy", &trusts_every);
    reader.note("trusted_proxies", &networks.iter().map(ToString::to_string).collect::<Vec<_>>());
    networks
}

/// Whether `network` is larger than any that was ever given to one company (IPv4 /8, IPv6 /16), and neither private
/// (RFC 4193) nor link-local (RFC 4291).
fn is_everybody(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < 8,
        IpNet::V6(network) => {
            let first = network.network().segments()[0];
            let is_private = first & 0xfe00 == 0xfc00 && network.prefix_len() >= 7;
            let is_of_link = first & 0xffc0 == 0xfe80 && network.prefix_len() >= 10;
            network.prefix_len() < 16 && !is_private && !is_of_link
        }
    }
}

/// `text` as an http or https origin: scheme, host and port, and nothing else (RFC 6454, section 4).
///
/// # Errors
/// What is wrong with it, in words that read on from the key. Does not repeat the text, which may hold a password.
pub(super) fn parse_origin(text: &str) -> Result<Url, &'static str> {
    let url = parse_web_address(text)?;
    if url.path() != "/" {
        return Err("has a path");
    }
    Ok(url)
}

/// `text` as an http or https address without user, query or fragment.
///
/// # Errors
/// As [`parse_origin`].
pub(super) fn parse_web_address(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "is not a URL")?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err("begins with neither https:// nor http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a user name or password in it");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a query or fragment");
    }
    Ok(url)
}

/// Scheme, host and port, without a slash at the end.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Reads the address of Graph. `None` when it cannot be used: a mistake.
pub(super) fn graph_base_url(reader: &mut Reader) -> Option<Url> {
    const KEY: &str = "graph.base_url";
    const REMEDY: &str = "Leave it out, or give the address of a national cloud, for example \
                          \"https://graph.microsoft.us\".";
    let text = reader.text_or_default(KEY);
    let usable = parse_web_address(&text).and_then(|url| {
        // Access tokens are sent there.
        if url.scheme() == "https" || is_loopback(&url) { Ok(url) } else { Err("is http outside this machine") }
    });
    match usable {
        Ok(url) => {
            reader.note(KEY, &text);
            Some(url)
        }
        Err(what) => {
            reader.mistake(KEY, what, REMEDY);
            None
        }
    }
}
