//! Whether the provider knows our redirect URI. With pushed requests the answer is certain; otherwise an authorization
//! request that must not show anything to anyone is tried.

use http::header::LOCATION;
use http::{Request, StatusCode};
use openidconnect::HttpResponse;
use rolecall_sign_in::config::ParUse;
use rolecall_sign_in::provider::{ClientRequestError, HttpError, Metadata, Provider};
use rolecall_sign_in::{aadsts, plain, trial};
use url::Url;

use super::client::provider_error;
use super::fault::Fault;
use crate::report::Section;

const CHECK: &str = "provider.redirect-uri";
const REGISTER: &str = "Register exactly the redirect URI above at the provider (Entra: platform Web).";
/// The errors of a provider that would have to ask the person, which means that the request is valid (OpenID Connect
/// Core 3.1.2.6).
const NOBODY_THERE: [&str; 4] =
    ["login_required", "interaction_required", "consent_required", "account_selection_required"];

/// Asks `provider`. `is_client` is false if it refused our credentials. Returns whether it accepted a pushed request.
pub(super) async fn check(
    section: &mut Section<'_>,
    provider: &Provider,
    metadata: &Metadata,
    is_client: bool,
    now_ms: i64,
) -> bool {
    let request = trial::authorization_request(provider, metadata);
    let is_pushed = metadata.additional_metadata().pushed_authorization_request_endpoint.is_some()
        && provider.config.options.par != ParUse::Never;
    if is_pushed {
        if is_client {
            return pushed(section, provider.pushed(metadata, request, now_ms).await);
        }
        section.note(CHECK, "Rolecall cannot check the redirect URI until the provider accepts our credentials.");
        return false;
    }
    let sent = Request::get(request.as_str()).body(Vec::new()).map_err(HttpError::Malformed);
    let answer = match sent {
        Ok(request) => provider.http().send(request).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(answer) => shown(section, provider, &answer),
        Err(error) => {
            let Fault { what, remedy } = Fault::of(&error);
            section.bad("provider.authorization-endpoint", format!("The authorization endpoint: {what}."), remedy);
        }
    }
    false
}

/// A pushed request is checked as the authorization endpoint would (RFC 9126, section 2.1). Returns whether it was
/// accepted.
fn pushed(section: &mut Section<'_>, answer: Result<Url, ClientRequestError>) -> bool {
    let is_accepted = answer.is_ok();
    match answer {
        Ok(_) => section.good(CHECK, "The provider knows the redirect URI: it accepted a pushed request."),
        Err(ClientRequestError::Refused(said)) => {
            section.bad(CHECK, format!("The provider refuses a pushed request: {}", provider_error(&said)), REGISTER);
        }
        Err(ClientRequestError::Unreachable(error)) => {
            let Fault { what, remedy } = Fault::of(&error);
            section.bad("provider.par-endpoint", format!("The endpoint for pushed requests: {what}."), remedy);
        }
        Err(error) => section.note(CHECK, format!("Rolecall cannot check the redirect URI: {error}.")),
    }
    is_accepted
}

/// A provider that does not know the redirect URI must not send anybody there (RFC 6749, section 4.1.2.1).
fn shown(section: &mut Section<'_>, provider: &Provider, answer: &HttpResponse) {
    let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let location = location.filter(|_| answer.status().is_redirection());
    if let Some(location) = location {
        return sent_on(section, provider, location);
    }
    let code = aadsts::code_in(&String::from_utf8_lossy(answer.body()));
    if let Some((code, meaning)) = code.and_then(|code| Some((code, aadsts::meaning(code)?))) {
        section.bad(CHECK, format!("{} (AADSTS{code})", meaning.message), meaning.advice.join(" "));
        return;
    }
    match answer.status() {
        StatusCode::BAD_REQUEST
        | StatusCode::UNAUTHORIZED
        | StatusCode::NOT_FOUND
        | StatusCode::UNPROCESSABLE_ENTITY => {
            let status = answer.status().as_u16();
            let what = format!(
                "The authorization endpoint shows an error page (status {status}) instead of redirecting back: it does not \
                 know the redirect URI or the client."
            );
            section.bad(CHECK, what, REGISTER);
        }
        status => section.note(
            CHECK,
            format!("Rolecall cannot check the redirect URI: the provider shows a page (status {}).", status.as_u16()),
        ),
    }
}

/// The provider redirects: back to us, or to its own pages.
fn sent_on(section: &mut Section<'_>, provider: &Provider, location: &str) {
    let ours = provider.redirect_uri.url();
    let target = Url::parse(location).ok();
    let Some(target) = target.filter(|url| url.origin() == ours.origin() && url.path() == ours.path()) else {
        section.note(CHECK, "Rolecall cannot check the redirect URI: the provider redirects to a page of its own.");
        return;
    };
    section.good(CHECK, "The provider knows the redirect URI: it redirected to it.");
    let value = |name: &str| target.query_pairs().find(|(of, _)| of == name).map(|(_, value)| value.into_owned());
    let Some(error) = value("error") else { return };
    if !NOBODY_THERE.contains(&error.as_str()) {
        let text = value("error_description").map(|text| format!(": {text}")).unwrap_or_default();
        section.bad(
            "provider.authorization-request",
            format!("The provider refuses authorization requests: {}", plain(&format!("{error}{text}"), 300)),
            "Check `scopes`, and what this client is allowed to do at the provider.",
        );
    }
}
