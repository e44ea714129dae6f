//! Checks where a provider's metadata lead us and browsers: only to https, and never to addresses that only this
//! machine can reach.

use std::net::Ipv4Addr;

use openidconnect::{TokenUrl, UserInfoUrl};
use url::{Host, Url};

use super::metadata::{DiscoveryError, Metadata};
use crate::loopback::is_loopback;

/// Checks every endpoint in `metadata`, which were found below `base`. A provider on this machine may use any endpoint
/// on it.
///
/// # Errors
/// [`DiscoveryError::Insecure`] and [`DiscoveryError::Inward`].
pub(super) fn check(metadata: &Metadata, base: Option<&Url>) -> Result<(), DiscoveryError> {
    let is_here = base.is_some_and(is_loopback);
    for url in endpoints(metadata) {
        if !is_here && is_inward(url) {
            return Err(DiscoveryError::Inward { url: url.clone() });
        }
        if url.scheme() != "https" && !is_loopback(url) {
            return Err(DiscoveryError::Insecure { url: url.clone() });
        }
    }
    Ok(())
}

/// Whether `url` leads to this machine (loopback and unspecified addresses), or to a link-local address, where clouds
/// serve machine credentials (169.254.0.0/16, `fe80::/10`). Private addresses are allowed: companies run providers
/// there.
fn is_inward(url: &Url) -> bool {
    let v4 = |ip: Ipv4Addr| ip.is_loopback() || ip.is_link_local() || ip.octets()[0] == 0;
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(ip)) => v4(ip),
        Some(Host::Ipv6(ip)) => {
            let is_own = ip.is_loopback() || ip.is_unspecified() || ip.is_unicast_link_local();
            is_own || ip.to_ipv4_mapped().is_some_and(v4)
        }
        None => true,
    }
}

/// Every address in `metadata` that we or browsers visit.
fn endpoints(metadata: &Metadata) -> impl Iterator<Item = &Url> {
    let further = metadata.additional_metadata();
    let optional = [
        metadata.token_endpoint().map(TokenUrl::url),
        metadata.userinfo_endpoint().map(UserInfoUrl::url),
        further.end_session_endpoint.as_ref(),
        further.pushed_authorization_request_endpoint.as_ref(),
    ];
    [metadata.authorization_endpoint().url(), metadata.jwks_uri().url()]
        .into_iter()
        .chain(optional.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn checked(base: &str, name: &str, endpoint: &str) -> Result<(), DiscoveryError> {
        let mut metadata = json!({
            "issuer": base, "authorization_endpoint": format!("{base}/authorize"), "jwks_uri": format!("{base}/jwks"),
            "token_endpoint": format!("{base}/token"), "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
        });
        metadata[name] = Value::String(endpoint.to_owned());
        check(&serde_json::from_value(metadata).unwrap(), Some(&base.parse().unwrap()))
    }

    const NAMES: [&str; 6] = [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
        "pushed_authorization_request_endpoint",
    ];

    // Case: rp/metadata-loopback
    #[test]
    fn a_provider_elsewhere_leads_us_to_nothing_that_only_this_machine_reaches() {
        for host in [
            "127.0.0.1",
            "127.9.9.9:8080",
            "localhost",
            "a.localhost",
            "LOCALHOST.",
            "[::1]",
            "[::]",
            "0.0.0.0",
            "0x7f.1",
            "169.254.169.254",
            "[fe80::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:169.254.169.254]",
        ] {
            for (name, scheme) in NAMES.into_iter().flat_map(|name| [(name, "https"), (name, "http")]) {
                let found = checked("https://id.example.com", name, &format!("{scheme}://{host}/x"));
                assert!(matches!(found, Err(DiscoveryError::Inward { .. })), "{name} at {scheme}://{host}: {found:?}");
            }
        }
    }

    // Case: rp/metadata-loopback
    #[test]
    fn a_companys_own_addresses_and_a_provider_on_this_machine_are_fine() {
        for host in ["id.example.com", "10.0.0.7", "192.168.1.1", "[fd00::1]", "localhost.example.com", "8.8.8.8"] {
            for name in NAMES {
                assert!(checked("https://id.example.com", name, &format!("https://{host}/x")).is_ok(), "{host}");
            }
            let found = checked("https://id.example.com", "token_endpoint", &format!("http://{host}/x"));
            assert!(matches!(found, Err(DiscoveryError::Insecure { .. })), "{host}");
        }
        for name in NAMES {
            assert!(checked("http://127.0.0.1:8080/realm", name, "http://localhost:8080/x").is_ok());
        }
    }
}
