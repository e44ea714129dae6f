//! The provider's metadata: whether they can be fetched, over TLS, from the right issuer, and are complete.

use std::sync::Arc;

use http::header::ACCEPT;
use http::{Request, StatusCode};
use openidconnect::HttpResponse;
use rolecall_sign_in::config::ProviderKind;
use rolecall_sign_in::provider::{DiscoveryError, HttpError, Metadata, Provider, ProviderError};
use rolecall_sign_in::{Clock, aadsts, plain};
use serde_json::Value;

use super::clock;
use super::fault::Fault;
use crate::report::Section;

const CHECK: &str = "provider.metadata";
const ISSUER: &str = "provider.issuer";

/// The metadata as JSON and parsed; `None` if further checks make no sense.
pub(super) async fn check(
    section: &mut Section<'_>,
    provider: &Provider,
    our_clock: &Clock,
) -> Option<(Value, Arc<Metadata>)> {
    let url = provider.metadata_url();
    let answer = match fetch(provider, &url).await {
        Ok(answer) => answer,
        Err(error) => {
            let Fault { what, remedy } = Fault::of(&error);
            section.bad(CHECK, format!("{url}: {what}."), remedy);
            return None;
        }
    };
    clock::check(section, answer.headers(), our_clock.now_ms());
    if answer.status() != StatusCode::OK {
        refused(section, &url, &answer);
        return None;
    }
    let document = serde_json::from_slice(answer.body()).unwrap_or_default();
    match provider.metadata(our_clock.now_ms()).await {
        Ok(metadata) => {
            let over = if url.starts_with("https:") { "over https" } else { "on this machine" };
            section.good(CHECK, format!("{url} answers {over}, and has everything that is needed."));
            section.good(ISSUER, format!("The issuer is {}, as configured.", metadata.issuer().as_str()));
            Some((document, metadata))
        }
        Err(error) => {
            unusable(section, provider, &url, &error);
            None
        }
    }
}

async fn fetch(provider: &Provider, url: &str) -> Result<HttpResponse, HttpError> {
    let request = Request::get(url).header(ACCEPT, "application/json").body(Vec::new());
    provider.http().send(request.map_err(HttpError::Malformed)?).await
}

/// An error response, explained if it has a known code of Entra.
fn refused(section: &mut Section<'_>, url: &str, answer: &HttpResponse) {
    let code = aadsts::code_in(&String::from_utf8_lossy(answer.body()));
    if let Some((code, meaning)) = code.and_then(|code| Some((code, aadsts::meaning(code)?))) {
        section.bad(CHECK, format!("{} (AADSTS{code})", meaning.message), meaning.advice.join(" "));
    } else {
        let Fault { what, remedy } = Fault::of(&HttpError::Status(answer.status().as_u16()));
        section.bad(CHECK, format!("{url}: {what}."), remedy);
    }
}

/// Metadata that must not be used.
fn unusable(section: &mut Section<'_>, provider: &Provider, url: &str, error: &ProviderError) {
    match error {
        ProviderError::Discovery(DiscoveryError::OtherIssuer { found }) => {
            let found = plain(found, 300);
            let (expected, remedy) = match &provider.config.kind {
                ProviderKind::Oidc { issuer } => (
                    format!("{issuer:?} is configured"),
                    format!("If that is your provider, set issuer = {found:?}, exactly so."),
                ),
                ProviderKind::Entra { .. } => (
                    "that is not the issuer of the configured tenant".to_owned(),
                    "Correct tenant and authority: the tenant's id is on the overview page of Entra ID.".to_owned(),
                ),
            };
            section.bad(ISSUER, format!("The provider's issuer is {found:?}, but {expected}."), remedy);
        }
        ProviderError::Discovery(DiscoveryError::Insecure { url }) => section.bad(
            "provider.https",
            format!("The provider announces {url}, which is not https: others could read the secrets sent there."),
            "Have the provider announce https addresses. Behind a proxy it needs to know its public address.",
        ),
        ProviderError::Discovery(DiscoveryError::Inward { url }) => section.bad(
            "provider.endpoints",
            format!("The provider announces {url}, which only this machine can reach."),
            "Have the provider announce addresses that others can reach.",
        ),
        ProviderError::Discovery(DiscoveryError::Fetch(error)) | ProviderError::Keys(error) => {
            let Fault { what, remedy } = Fault::of(error);
            section.bad(CHECK, format!("{url}: {what}."), remedy);
        }
        ProviderError::Discovery(DiscoveryError::FailedRecently) => {
            section.bad(CHECK, format!("{error}."), "Try again.");
        }
    }
}
