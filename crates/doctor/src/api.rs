//! The API for programs: whether programs can get tokens for it.

use rolecall_config::Config;
use rolecall_sign_in::config::{ProviderConfig, ProviderKind};
use uuid::Uuid;

use super::report::Section;

const CHECK: &str = "api.audience";

pub(super) fn check(section: &mut Section<'_>, config: &Config) {
    let Some(api) = &config.api else {
        section.note(CHECK, "The API for programs is off: api.audience is empty.");
        return;
    };
    let audiences = api.audiences.join(", ");
    for provider in &config.auth.providers {
        let id = &provider.id;
        match provider.kind {
            _ if config.demonstration => {
                section.note(CHECK, format!("The demonstration issues tokens for {audiences}."));
            }
            ProviderKind::Entra { .. } => entra(section, provider, &api.audiences),
            ProviderKind::Oidc { .. } => {
                let what = format!("Rolecall cannot check whether {id} issues access tokens for {audiences}.");
                section.note(CHECK, what);
            }
        }
    }
}

/// Entra writes the id of an application into tokens of version 2.0, and nothing else.
fn entra(section: &mut Section<'_>, provider: &ProviderConfig, audiences: &[String]) {
    let (id, own) = (&provider.id, &provider.client_id);
    let applications: Vec<Uuid> = audiences.iter().filter_map(|name| application(name)).collect();
    if application(own).is_some_and(|own| applications.contains(&own)) {
        section.good(CHECK, format!("The API accepts tokens of {id} for api://{own}."));
    } else if applications.is_empty() {
        let what = format!(
            "No token of {id} is for {}: Entra always writes the application's id as the audience.",
            audiences.join(", ")
        );
        let remedy = format!("Add \"api://{own}\" to api.audience; `rolecall register --api` does so.");
        section.warning(CHECK, what, remedy);
    } else {
        let what = format!(
            "The API accepts tokens of {id} for {}, and not for api://{own}, with which people sign in. That is right if \
             the API is registered as an application of its own.",
            audiences.join(", ")
        );
        section.note(CHECK, what);
    }
}

/// The application that the audience `name` is.
fn application(name: &str) -> Option<Uuid> {
    Uuid::try_parse(name.strip_prefix("api://").unwrap_or(name)).ok()
}
