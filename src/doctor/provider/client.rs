//! Whether the provider accepts our client credentials.

use rolecall_sign_in::config::ProviderKind;
use rolecall_sign_in::provider::{ClientRequestError, HttpError, Metadata, Provider, entra};
use rolecall_sign_in::{ProviderSaid, aadsts, trial};

use super::fault::Fault;
use crate::doctor::expiry::{self, Subject};
use crate::doctor::report::Section;

const CHECK: &str = "provider.credentials";

/// Reports when the client certificate expires. Only the provider knows when a secret expires.
pub(super) fn expiry(section: &mut Section<'_>, provider: &Provider, now_ms: i64) {
    if let Some(certificate) = provider.config.client_key.as_ref().and_then(|key| key.certificate()) {
        let subject = Subject {
            check: "provider.client-certificate",
            name: "The client certificate",
            renew: "Create a new one, upload it at the provider, then configure it here.",
        };
        expiry::check(section, &subject, certificate, now_ms);
    }
}

/// What is known about our credentials.
pub(super) enum Credentials {
    /// The report already says whether they are right, or why they could not be checked.
    Told,
    /// The provider does not accept them. The report already says so.
    Refused,
    /// They could not be checked, for this reason. A later check may show more.
    Unclear(String),
}

/// Sends a harmless request that shows whether our credentials are right.
pub(super) async fn credentials(
    section: &mut Section<'_>,
    provider: &Provider,
    metadata: &Metadata,
    now_ms: i64,
) -> Credentials {
    match trial::credentials(provider, metadata, now_ms).await {
        Ok(()) => section.good(CHECK, good(provider)),
        Err(ClientRequestError::Refused(said)) => return judge(section, provider, &said),
        Err(ClientRequestError::Unreachable(HttpError::Status(status @ (401 | 403)))) => {
            let what = format!("The token endpoint answers with status {status}: it does not accept our credentials.");
            section.bad(CHECK, what, "Check client_id, and client_secret (its value) or the key.");
            return Credentials::Refused;
        }
        Err(ClientRequestError::Unreachable(error)) => {
            let Fault { what, remedy } = Fault::of(&error);
            section.bad("provider.token-endpoint", format!("The token endpoint: {what}."), remedy);
        }
        Err(error) => return unclear(&format!("{error}.")),
    }
    Credentials::Told
}

/// Reports credentials that were unclear until now: a provider that accepted a pushed request has accepted them (RFC 9126,
/// section 2.1).
pub(super) fn conclude(section: &mut Section<'_>, provider: &Provider, found: Credentials, is_pushed: bool) {
    match found {
        Credentials::Unclear(_) if is_pushed => section.good(CHECK, good(provider)),
        Credentials::Unclear(reason) => section.note(CHECK, reason),
        Credentials::Told | Credentials::Refused => {}
    }
}

fn good(provider: &Provider) -> &'static str {
    if provider.config.client_secret.is_some() || provider.config.client_key.is_some() {
        "The provider accepts our credentials."
    } else {
        "The provider knows the client (a public one)."
    }
}

fn unclear(reason: &str) -> Credentials {
    Credentials::Unclear(format!("Rolecall cannot check the client credentials: {reason}"))
}

/// What a refusal means for our credentials.
fn judge(section: &mut Section<'_>, provider: &Provider, said: &ProviderSaid) -> Credentials {
    let is_client = !matches!(said.error.as_str(), "invalid_client" | "unauthorized_client");
    let meaning = said.code.and_then(aadsts::meaning);
    if !is_client || meaning.is_some() {
        let told = told(said);
        match meaning {
            Some(meaning) => section.bad(CHECK, format!("{} ({told})", meaning.message), meaning.advice.join(" ")),
            None => section.bad(
                CHECK,
                format!("The provider does not accept our credentials: {told}"),
                "Check client_id, and the secret's value or the key with its certificate. A secret may have expired.",
            ),
        }
        return if is_client { Credentials::Told } else { Credentials::Refused };
    }
    match &provider.config.kind {
        ProviderKind::Oidc { .. } if said.error == "invalid_grant" => {
            section.good(CHECK, good(provider));
            Credentials::Told
        }
        ProviderKind::Entra { tenant, .. } if entra::is_multi_tenant(tenant) => Credentials::Unclear(
            "With several tenants, only a sign-in shows whether our credentials are right.".to_owned(),
        ),
        _ => unclear(&told(said)),
    }
}

/// The provider's error, without secrets.
pub(super) fn told(said: &ProviderSaid) -> String {
    let code = said.code.map(|code| format!(" AADSTS{code}")).unwrap_or_default();
    let text = said.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
    format!("{}{code}{text}", said.error)
}
