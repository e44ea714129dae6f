//! Whether the provider publishes usable keys for ID tokens.

use openidconnect::core::CoreJwsSigningAlgorithm;
use rolecall_sign_in::config::ProviderKind;
use rolecall_sign_in::provider::{ALGORITHMS, Metadata, Provider, ProviderError};

use super::fault::Fault;
use crate::report::{Section, counted};

pub(super) async fn check(section: &mut Section<'_>, provider: &Provider, metadata: &Metadata, now_ms: i64) {
    const CHECK: &str = "provider.keys";
    let url = metadata.jwks_uri().as_str();
    let keys = match provider.keys(metadata, now_ms).await {
        Ok(keys) => keys.serving(&issuer(provider, metadata)),
        Err(ProviderError::Keys(error)) => {
            let Fault { what, remedy } = Fault::of(&error);
            section.bad(CHECK, format!("{url}: {what}."), remedy);
            return;
        }
        Err(error) => {
            section.bad(CHECK, format!("{url}: {error}."), "Try again.");
            return;
        }
    };
    let allowed = provider.id_token_algorithms(metadata);
    let usable = keys.keys().iter().filter(|key| allowed.iter().any(|algorithm| key.may_sign_with(algorithm))).count();
    let names = names(&allowed);
    if usable == 0 {
        let what = match keys.keys().len() {
            1 => format!("The one key at {url} cannot be used with {names}."),
            all => format!("None of the {all} keys at {url} can be used with {names}."),
        };
        let remedy = "Set id_token_algorithms to the algorithms that the provider uses for this client, or have it publish its keys.";
        section.bad(CHECK, what, remedy);
        return;
    }
    let all = counted(keys.keys().len(), "key", "keys");
    section.good(CHECK, format!("{usable} of {all} at {url} can be used with {names}."));
    let announced = metadata.id_token_signing_alg_values_supported();
    if !announced.is_empty() && !allowed.iter().any(|algorithm| announced.contains(algorithm)) {
        let what = format!("The provider signs with {}, but only {names} is allowed.", self::names(announced));
        section.bad("provider.algorithms", what, "Set id_token_algorithms to one of them.");
    }
}

/// An issuer of ID tokens: that of one tenant if the metadata has a template.
fn issuer(provider: &Provider, metadata: &Metadata) -> String {
    let own = metadata.issuer().as_str();
    match &provider.config.kind {
        ProviderKind::Entra { allowed_tenants, .. } => {
            allowed_tenants.first().map_or_else(|| own.to_owned(), |tenant| own.replace("{tenantid}", tenant))
        }
        ProviderKind::Oidc { .. } => own.to_owned(),
    }
}

fn names(algorithms: &[CoreJwsSigningAlgorithm]) -> String {
    let name = |of: &CoreJwsSigningAlgorithm| ALGORITHMS.iter().find(|(_, known)| known == of).map(|(name, _)| *name);
    algorithms.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}
