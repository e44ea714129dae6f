//! What pages of other origins may do with an app: show it in a frame, and call it.

use rolecall_apps::FrameAncestors;
use rolecall_sign_in::loopback::is_loopback;
use url::Url;

use super::network::{Network, origin, parse_origin};
use super::reader::Reader;

/// Replaces the `*` of a source while the source is parsed as an origin.
const ANY_SUBDOMAIN: &str = "any-subdomain";

/// Who may show an app in a frame, as `frame-ancestors` lists it (CSP Level 3, section 6.4.2).
pub(super) fn frame_ancestors(reader: &mut Reader, key: &str, network: &Network) -> Option<FrameAncestors> {
    const REMEDY: &str = "Give a list of \"self\" and origins, for example [\"self\", \"https://portal.example.com\", \
                          \"https://*.example.com\"], or [\"none\"].";
    let items = reader.list(key)?;
    let mut sources = Vec::new();
    for item in &items {
        match source(item) {
            Some(source) if is_changeable(&source, network) => reader.mistake(key, &changeable(item), USE_HTTPS),
            Some(source) => sources.push(source),
            // An empty item is a mistake already.
            None if item.is_empty() => {}
            None => reader.mistake(key, &format!("has {item:?}, which cannot be used"), REMEDY),
        }
    }
    if items.is_empty() {
        reader.mistake(key, "is empty", REMEDY);
    } else if items.len() > 1 && sources.iter().any(|source| source == "'none'") {
        reader.mistake(key, "has \"none\" beside others", "Keep \"none\" alone, or remove it.");
    }
    reader.note(key, &items);
    Some(FrameAncestors::new(&sources))
}

/// `item` as a source: `'self'`, `'none'`, or an origin, whose host may begin with `*.`. A whole scheme, or `*`, is
/// rejected: it would allow everybody.
fn source(item: &str) -> Option<String> {
    match item.trim_matches('\'') {
        "self" => return Some("'self'".to_owned()),
        "none" => return Some("'none'".to_owned()),
        _ => {}
    }
    let (scheme, host) = item.split_once("://")?;
    let is_wild = host.starts_with("*.");
    // `*.com` would allow nearly everybody.
    if is_wild && !host[2..].trim_end_matches('.').contains('.') {
        return None;
    }
    let host = if is_wild { host.replacen('*', ANY_SUBDOMAIN, 1) } else { host.to_owned() };
    let url = parse_origin(&format!("{scheme}://{host}")).ok().filter(has_usual_host)?;
    // The grammar of sources has no IPv6 addresses.
    let source = origin(&url);
    if source.contains('[') {
        return None;
    }
    Some(if is_wild { source.replacen(ANY_SUBDOMAIN, "*", 1) } else { source })
}

/// Whether the host has no `;`, `,` or `*`, which could end a directive of a policy, or stand for several hosts.
fn has_usual_host(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c)))
}

const USE_HTTPS: &str = "Use https there, too.";

/// Whether others on the network can change the pages of `source`.
fn is_changeable(source: &str, network: &Network) -> bool {
    let is_http = source.starts_with("http://") && !Url::parse(source).is_ok_and(|url| is_loopback(&url));
    is_http && !network.allow_insecure_http
}

fn changeable(item: &str) -> String {
    format!("has {item:?}, which is http outside this machine: others on the network can change its pages")
}

/// The origins whose pages may call an app, as browsers write them in `Origin`.
pub(super) fn cors_origins(reader: &mut Reader, key: &str, network: &Network) -> Vec<String> {
    const REMEDY: &str = "Give each origin as the browser's address bar begins: scheme, host and port, without a path, \
                          for example \"https://portal.example.com\".";
    let mut origins = Vec::new();
    for item in reader.list(key).unwrap_or_default() {
        match parse_origin(&item) {
            Ok(url) if !has_usual_host(&url) => {
                reader.mistake(key, &format!("has {item:?}, which is no single origin"), REMEDY);
            }
            Ok(url) if is_changeable(url.as_str(), network) => reader.mistake(key, &changeable(&item), USE_HTTPS),
            Ok(url) => origins.push(origin(&url)),
            // An empty item is a mistake already.
            Err(_) if item.is_empty() => {}
            Err(what) => reader.mistake(key, &format!("has {item:?}, which {what}"), REMEDY),
        }
    }
    reader.note(key, &origins);
    origins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_one_origin_or_those_below_a_domain() {
        for (item, expected) in [
            ("self", "'self'"),
            ("'none'", "'none'"),
            ("https://Portal.example.com", "https://portal.example.com"),
            ("https://portal.example.com:443/", "https://portal.example.com"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("https://*.example.com:8443", "https://*.example.com:8443"),
            ("http://*.example.com", "http://*.example.com"),
        ] {
            assert_eq!(source(item).as_deref(), Some(expected), "{item}");
        }
        for item in [
            "*",
            "https:",
            "https://*",
            "https://*.com",
            "https://*.com.",
            "https://[::1]:3000",
            "https://a.*.example.com",
            "portal.example.com",
            "https://portal.example.com/page",
            "https://portal.example.com; script-src *",
            "https://a.example https://b.example",
            "https://a.example,https://b.example",
            "https://a.example;",
            "ftp://portal.example.com",
            "unsafe-inline",
            "https://u:p@portal.example.com",
        ] {
            assert_eq!(source(item), None, "{item}");
        }
    }
}
