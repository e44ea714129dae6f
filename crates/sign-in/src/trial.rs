//! Trial requests to a provider without a person who signs in: whether it would accept our requests.
//!
//! A trial has no effect: a code that comes back is not exchanged, and a token is discarded.

use openidconnect::PkceCodeVerifier;
use url::Url;

use super::attempts::AttemptSecrets;
use super::begin::{AttemptValues, authorization_url};
use super::config::ProviderKind;
use super::provider::{ClientRequestError, Metadata, Provider, entra};
use super::{Further, random};

/// The addresses of Microsoft Graph, by the authority of each cloud.
///
/// Source: Microsoft Graph, "National cloud deployments".
const GRAPHS: [(&str, &str); 3] = [
    ("login.microsoftonline.com", "https://graph.microsoft.com"),
    ("login.microsoftonline.us", "https://graph.microsoft.us"),
    ("login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
];

/// The address of Microsoft Graph in the cloud of `authority`; that of the public cloud if the authority is not
/// Microsoft's.
#[must_use]
pub fn graph_of(authority: &Url) -> &'static str {
    let own = GRAPHS.iter().find(|(host, _)| authority.host_str() == Some(host));
    own.map_or(GRAPHS[0].1, |(_, graph)| graph)
}

/// An authorization request like those of sign-ins, which the provider must answer without any interaction
/// (`prompt=none`, OpenID Connect Core 3.1.2.1).
#[must_use]
pub fn authorization_request(provider: &Provider, metadata: &Metadata) -> Url {
    let (state, nonce) = (random::token(), random::token());
    let pkce_verifier = PkceCodeVerifier::new(random::token());
    let values =
        AttemptValues { state: &state, nonce: &nonce, pkce_verifier: &pkce_verifier, further: &Further::default() };
    let mut request = authorization_url(provider, metadata, &values, None, None);
    let others: Vec<(String, String)> =
        request.query_pairs().into_owned().filter(|(name, _)| name != "prompt").collect();
    request.query_pairs_mut().clear().extend_pairs(others).append_pair("prompt", "none");
    request
}

/// Sends a request to the token endpoint that shows whether it accepts our credentials. For one tenant of Entra: a
/// token for ourselves (RFC 6749, section 4.4). Otherwise: tokens for a code that was never issued, which must be
/// refused with `invalid_grant` after the client was authenticated (RFC 6749, section 5.2).
///
/// # Errors
/// Any failure; the text above says which refusal means success.
pub async fn credentials(provider: &Provider, metadata: &Metadata, now_ms: i64) -> Result<(), ClientRequestError> {
    match &provider.config.kind {
        ProviderKind::Entra { authority, tenant, .. } if !entra::is_multi_tenant(tenant) => {
            provider.token_for_ourselves(metadata, &format!("{}/.default", graph_of(authority)), now_ms).await
        }
        _ => {
            let secrets = AttemptSecrets { pkce_verifier: random::token(), ..AttemptSecrets::default() };
            provider.exchange_code(metadata, random::token(), secrets, now_ms).await.map(drop)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_has_a_graph_of_its_own() {
        let graph = |authority: &str| graph_of(&authority.parse().unwrap());
        assert_eq!(graph("https://login.microsoftonline.com"), "https://graph.microsoft.com");
        assert_eq!(graph("https://login.microsoftonline.us/"), "https://graph.microsoft.us");
        assert_eq!(graph("https://login.partner.microsoftonline.cn"), "https://microsoftgraph.chinacloudapi.cn");
        assert_eq!(graph("http://127.0.0.1:1"), "https://graph.microsoft.com");
    }
}
