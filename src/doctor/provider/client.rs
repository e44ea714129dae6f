//! Whether the provider takes us for who we are.

use crate::auth::config::ProviderKind;
use crate::auth::provider::{ClientRequestError, HttpError, Metadata, Provider, entra};
use crate::auth::{ProviderSaid, aadsts, trial};
use crate::doctor::expiry::{self, Subject};
use crate::doctor::report::Section;

use super::fault::Fault;

const CHECK: &str = "provider.credentials";

/// Tells when the client certificate ends. When a secret ends, the provider alone knows.
pub(super) fn expiry(section: &mut Section<'_>, provider: &Provider, now_ms: i64) {
    if let Some(certificate) = provider.config.client_key.as_ref().and_then(|key| key.certificate()) {
        let subject = Subject {
            check: "provider.client-certificate",
            name: "The client certificate",
            renew: "Make a new one, upload it at the provider, then configure it here.",
        };
        expiry::check(section, &subject, certificate, now_ms);
    }
}

/// Asks for something that shows whether our credentials are right, and says whether they may be.
pub(super) async fn credentials(
    section: &mut Section<'_>,
    provider: &Provider,
    metadata: &Metadata,
    now_ms: i64,
) -> bool {
    let has_proof = provider.config.client_secret.is_some() || provider.config.client_key.is_some();
    let good =
        if has_proof { "The provider takes our credentials." } else { "The provider knows the client (a public one)." };
    match trial::credentials(provider, metadata, now_ms).await {
        Ok(()) => section.good(CHECK, good),
        Err(ClientRequestError::Refused(said)) => return judge(section, provider, &said, good),
        Err(ClientRequestError::Unreachable(HttpError::Status(status @ (401 | 403)))) => {
            let what = format!("The token endpoint answers with status {status}: it does not take our credentials.");
            section.bad(CHECK, what, "Check client_id and client_secret (its value) or the key.");
            return false;
        }
        Err(ClientRequestError::Unreachable(error)) => {
            let Fault { what, remedy } = Fault::of(&error);
            section.bad("provider.token-endpoint", format!("The token endpoint: {what}."), remedy);
        }
        Err(error) => section.note(CHECK, format!("It cannot be told whether our credentials are right: {error}.")),
    }
    true
}

/// What a refusal says of our credentials.
fn judge(section: &mut Section<'_>, provider: &Provider, said: &ProviderSaid, good: &str) -> bool {
    let is_client = !matches!(said.error.as_str(), "invalid_client" | "unauthorized_client");
    let meaning = said.code.and_then(aadsts::meaning);
    if !is_client || meaning.is_some() {
        let told = told(said);
        match meaning {
            Some(meaning) => section.bad(CHECK, format!("{} ({told})", meaning.message), meaning.advice.join(" ")),
            None => section.bad(
                CHECK,
                format!("The provider does not take our credentials: {told}"),
                "Check client_id, and the secret's value or the key with its certificate; a secret may have expired.",
            ),
        }
        return is_client;
    }
    match &provider.config.kind {
        ProviderKind::Oidc { .. } if said.error == "invalid_grant" => section.good(CHECK, good),
        ProviderKind::Entra { tenant, .. } if entra::is_multi_tenant(tenant) => {
            section.note(CHECK, "Whether our credentials are right shows at a sign-in only, with several tenants.");
        }
        _ => section.note(CHECK, format!("It cannot be told whether our credentials are right: {}", told(said))),
    }
    true
}

/// What the provider said, without what was secret in it.
pub(super) fn told(said: &ProviderSaid) -> String {
    let code = said.code.map(|code| format!(" AADSTS{code}")).unwrap_or_default();
    let text = said.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
    format!("{}{code}{text}", said.error)
}
