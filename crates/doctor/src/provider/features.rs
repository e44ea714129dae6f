//! What the provider announces, compared with what Rolecall needs.

use rolecall_routes as routes;
use rolecall_sign_in::config::ParUse;
use rolecall_sign_in::plain;
use rolecall_sign_in::provider::{Metadata, Provider};
use serde_json::Value;
use url::Url;

use crate::report::Section;

/// Checks the metadata, parsed and as JSON.
pub(super) fn check(
    section: &mut Section<'_>,
    provider: &Provider,
    metadata: &Metadata,
    document: &Value,
    public_url: &Url,
) {
    flow(section, metadata, document);
    scopes(section, provider, document);
    client_authentication(section, provider, metadata, document);
    pushed_requests(section, provider, metadata);
    signing_out(section, provider, metadata, document, public_url);
}

/// The list of strings at `name` in the metadata.
fn list<'d>(document: &'d Value, name: &str) -> Option<Vec<&'d str>> {
    document.get(name)?.as_array().map(|items| items.iter().filter_map(Value::as_str).collect())
}

fn flow(section: &mut Section<'_>, metadata: &Metadata, document: &Value) {
    const CHECK: &str = "provider.code-flow";
    const REMEDY: &str = "Use a provider (or a realm of it) that offers the authorization code flow.";
    if !list(document, "response_types_supported").is_some_and(|types| types.contains(&"code")) {
        section.bad(CHECK, "The provider does not offer the response type code.", REMEDY);
    } else if metadata.token_endpoint().is_none() {
        section.bad(CHECK, "The provider has no token endpoint.", REMEDY);
    } else {
        section.good(CHECK, "The provider offers the authorization code flow.");
    }
    match list(document, "code_challenge_methods_supported") {
        None => section.note("provider.pkce", "The provider does not announce PKCE. Rolecall sends it (S256) anyway."),
        Some(methods) if methods.contains(&"S256") => {
            section.good("provider.pkce", "The provider supports PKCE (S256).");
        }
        Some(_) => section.warning(
            "provider.pkce",
            "The provider announces PKCE without S256, the only method that Rolecall uses.",
            "Enable S256 for this client.",
        ),
    }
}

fn scopes(section: &mut Section<'_>, provider: &Provider, document: &Value) {
    const CHECK: &str = "provider.scopes";
    let wanted = &provider.config.scopes;
    let announced = list(document, "scopes_supported").unwrap_or_default();
    let missing: Vec<_> = wanted.iter().filter(|scope| !announced.contains(&scope.as_str())).cloned().collect();
    if announced.is_empty() || missing.is_empty() {
        section.good(CHECK, format!("Rolecall asks for {}.", wanted.join(", ")));
    } else {
        let what = format!("The provider does not announce the scopes {}.", missing.join(", "));
        section.warning(CHECK, what, "Nothing, if sign-ins work. Otherwise remove them from `scopes`.");
    }
    if !wanted.iter().any(|scope| scope == "offline_access") {
        section.note(
            "provider.refresh",
            "Without the scope offline_access, a changed role takes effect at the next sign-in.",
        );
    }
}

fn client_authentication(section: &mut Section<'_>, provider: &Provider, metadata: &Metadata, document: &Value) {
    const CHECK: &str = "provider.client-authentication";
    let method = provider.client_auth_method(metadata).name();
    let announced = list(document, "token_endpoint_auth_methods_supported");
    if announced.as_ref().is_none_or(|methods| methods.contains(&method)) {
        let how = if method == "none" { "nothing (a public client, protected by PKCE)" } else { method };
        section.good(CHECK, format!("Rolecall authenticates by {how}."));
    } else {
        let offered = plain(&announced.unwrap_or_default().join(", "), 200);
        let what = format!("Rolecall authenticates by {method}, but the provider announces {offered}.");
        section.warning(CHECK, what, "Nothing, if sign-ins work. Otherwise set client_auth.");
    }
}

fn pushed_requests(section: &mut Section<'_>, provider: &Provider, metadata: &Metadata) {
    const CHECK: &str = "provider.par";
    let further = metadata.additional_metadata();
    let is_offered = further.pushed_authorization_request_endpoint.is_some();
    match provider.config.options.par {
        ParUse::Always if !is_offered => {
            section.bad(CHECK, "`par` is \"always\", but the provider does not offer it.", "Set par = \"auto\".");
        }
        ParUse::Never if further.require_pushed_authorization_requests => {
            section.bad(CHECK, "`par` is \"never\", but the provider requires it.", "Set par = \"auto\".");
        }
        ParUse::Auto | ParUse::Always if is_offered => {
            section.good(CHECK, "Rolecall uses pushed authorization requests (PAR).");
        }
        _ => section.note(CHECK, "Rolecall does not use pushed authorization requests (PAR)."),
    }
}

fn signing_out(
    section: &mut Section<'_>,
    provider: &Provider,
    metadata: &Metadata,
    document: &Value,
    public_url: &Url,
) {
    let url = |path: &str| public_url.join(path).map_or_else(|_| path.to_owned(), String::from);
    let id = &provider.config.id;
    if metadata.additional_metadata().end_session_endpoint.is_some() {
        let back = url(routes::SIGNED_OUT);
        section.good(
            "provider.sign-out",
            format!("Signing out also ends the session at the provider. People come back to {back} if it is registered there."),
        );
    } else {
        section.note("provider.sign-out", "The provider offers no sign-out: signing out ends only the session here.");
    }
    let is_announced = |name: &str| document.get(name).and_then(Value::as_bool).unwrap_or(false);
    let channels = [
        ("backchannel_logout_supported", "back-channel", routes::LOGIN_BACKCHANNEL_LOGOUT),
        ("frontchannel_logout_supported", "front-channel", routes::LOGIN_FRONTCHANNEL_LOGOUT),
    ];
    let told: Vec<_> = channels
        .into_iter()
        .filter(|(name, ..)| is_announced(name))
        .map(|(_, channel, path)| format!("{} ({channel})", url(&path.replace("{provider}", id))))
        .collect();
    if !told.is_empty() {
        let what = format!("The provider announces sign-outs that begin there: register {}.", told.join(", "));
        section.note("provider.sign-outs-from-there", what);
    }
}
