//! Which providers have a Graph, by the configuration.

use rolecall_sign_in::config::{ProviderConfig, ProviderKind};
use rolecall_sign_in::provider::NewProviderError;
use rolecall_sign_in::{AuthError, Clock};
use url::Url;

use super::application::StartError;
use crate::config::Config;
use crate::graph::{GraphHttp, Graphs};

/// The Graph of each provider of `config` that has one.
///
/// # Errors
/// When TLS cannot be set up.
pub fn graphs(config: &Config, clock: &Clock) -> Result<Graphs, StartError> {
    let certificates = config.auth.loopback_certificates.as_deref();
    let mut graphs = Vec::new();
    for provider in &config.auth.providers {
        if let Some(base_url) = base_url(config, provider)? {
            let graph = GraphHttp::new(base_url, certificates, clock.clone());
            let graph = graph.map_err(|error| AuthError::from(NewProviderError::from(error)))?;
            graphs.push((provider.id.clone(), graph));
        }
    }
    Ok(Graphs::new(graphs))
}

/// Where the Graph of `provider` is: Entra's where it is configured to be, and the demonstration has one of its own.
fn base_url(config: &Config, provider: &ProviderConfig) -> Result<Option<Url>, StartError> {
    match &provider.kind {
        ProviderKind::Entra { .. } => Ok(Some(config.graph_base_url.clone())),
        ProviderKind::Oidc { issuer } if config.is_demonstration(provider) => Ok(Some(issuer.parse()?)),
        ProviderKind::Oidc { .. } => Ok(None),
    }
}
