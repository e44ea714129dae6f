//! A configured provider: its metadata, and whether it accepts our client.

mod client;
mod clock;
mod fault;
mod features;
mod keys;
mod metadata;
mod redirect_uri;
mod roles;

use rolecall_config::Config;
use rolecall_sign_in::Clock;
use rolecall_sign_in::config::ProviderConfig;
use rolecall_sign_in::provider::Provider;

use super::report::Section;

/// Checks `provider`. The demonstration provider runs inside of Rolecall and is not checked.
pub(super) async fn check(section: &mut Section<'_>, provider: &ProviderConfig, config: &Config, clock: &Clock) {
    if config.demonstration {
        section.note(
            "provider.demonstration",
            "The demonstration provider is part of Rolecall: there is nothing to check.",
        );
        return;
    }
    let provider = match Provider::new(provider.clone(), &config.auth) {
        Ok(provider) => provider,
        Err(error) => {
            section.bad(
                "provider.metadata",
                format!("The provider cannot be contacted: {error}."),
                "Correct its address.",
            );
            return;
        }
    };
    roles::of_whom(section, &provider.config, &config.auth);
    client::expiry(section, &provider, clock.now_ms());
    let redirect_uri = provider.redirect_uri.as_str();
    section.note("provider.redirect-uri-to-register", format!("The redirect URI to register: {redirect_uri}"));
    let Some((document, metadata)) = metadata::check(section, &provider, clock).await else { return };
    keys::check(section, &provider, &metadata, clock.now_ms()).await;
    features::check(section, &provider, &metadata, &document, &config.auth.public_url);
    roles::announced(section, &provider.config, &metadata, &document);
    let credentials = client::credentials(section, &provider, &metadata, clock.now_ms()).await;
    let is_client = !matches!(credentials, client::CredentialsCheck::Refused);
    let is_pushed = redirect_uri::check(section, &provider, &metadata, is_client, clock.now_ms()).await;
    client::report_unclear(section, &provider, credentials, is_pushed);
}
