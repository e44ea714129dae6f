//! Whether the provider accepts our client credentials.

use rolecall_sign_in::config::ProviderKind;
use rolecall_sign_in::provider::{ClientRequestError, HttpError, Metadata, Provider, entra};
use rolecall_sign_in::{ProviderSaid, aadsts, trial};

use super::fault::Fault;
use crate::expiry::{self, Subject};
use crate::report::Section;

const CHECK: &str = "provider.credentials";

/// Reports when the client certificate expires, and the client secret as far as the configuration says that.
pub(super) fn expiry(section: &mut Section<'_>, provider: &Provider, now_ms: i64) {
    if let Some(certificate) = provider.config.client_key.as_ref().and_then(|key| key.certificate()) {
        let subject = Subject {
            check: "provider.client-certificate",
            name: "The client certificate",
            renew: "Create a new one, upload it at the provider, then configure it here.",
        };
        expiry::check(section, &subject, certificate, now_ms);
    }
    if let Some(end_ms) = provider.config.options.secret_expires_at_ms {
        let subject = Subject {
            check: "provider.client-secret",
            name: "The client secret",
            renew: "Create a new one at the provider, then configure it here with the day on which it expires.",
        };
        expiry::check_end(section, &subject, end_ms.div_euclid(1000), now_ms.div_euclid(1000));
    }
}

/// What is known about our credentials.
pub(super) enum CredentialsCheck {
    /// The report already says whether they are right, or why they could not be checked.
    Reported,
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
) -> CredentialsCheck {
    match trial::credentials(provider, metadata, now_ms).await {
        Ok(()) => section.good(CHECK, accepted(provider)),
        Err(ClientRequestError::Refused(said)) => return judge_refusal(section, provider, &said),
        Err(ClientRequestError::Unreachable(HttpError::Status(status @ (401 | 403)))) => {
            let what = format!("The token endpoint answers with status {status}: it does not accept our credentials.");
            section.bad(CHECK, what, "Check client_id, and client_secret (its value) or the key.");
            return CredentialsCheck::Refused;
        }
        Err(ClientRequestError::Unreachable(error)) => {
            let Fault { what, remedy } = Fault::of(&error);
            section.bad("provider.token-endpoint", format!("The token endpoint: {what}."), remedy);
        }
        Err(error) => return unclear(&format!("{error}.")),
    }
    CredentialsCheck::Reported
}

/// Reports credentials that were unclear until now: a provider that accepted a pushed request has accepted them (RFC
/// 9126, section 2.1).
pub(super) fn report_unclear(section: &mut Section<'_>, provider: &Provider, found: CredentialsCheck, is_pushed: bool) {
    match found {
        CredentialsCheck::Unclear(_) if is_pushed => section.good(CHECK, accepted(provider)),
        CredentialsCheck::Unclear(reason) => section.note(CHECK, reason),
        CredentialsCheck::Reported | CredentialsCheck::Refused => {}
    }
}

fn accepted(provider: &Provider) -> &'static str {
    if provider.config.client_secret.is_some() || provider.config.client_key.is_some() {
        "The provider accepts our credentials."
    } else {
        "The provider knows the client (a public one)."
    }
}

fn unclear(reason: &str) -> CredentialsCheck {
    CredentialsCheck::Unclear(format!("Rolecall cannot check the client credentials: {reason}"))
}

/// What a refusal means for our credentials.
fn judge_refusal(section: &mut Section<'_>, provider: &Provider, said: &ProviderSaid) -> CredentialsCheck {
    let is_client = !matches!(said.error.as_str(), "invalid_client" | "unauthorized_client");
    let meaning = said.code.and_then(aadsts::meaning);
    if !is_client || meaning.is_some() {
        let provider_error = provider_error(said);
        match meaning {
            Some(meaning) => {
                section.bad(CHECK, format!("{} ({provider_error})", meaning.message), meaning.advice.join(" "));
            }
            None => section.bad(
                CHECK,
                format!("The provider does not accept our credentials: {provider_error}"),
                "Check client_id, and the secret's value or the key with its certificate. A secret may have expired.",
            ),
        }
        return if is_client { CredentialsCheck::Reported } else { CredentialsCheck::Refused };
    }
    match &provider.config.kind {
        ProviderKind::Oidc { .. } if said.error == "invalid_grant" => {
            section.good(CHECK, accepted(provider));
            CredentialsCheck::Reported
        }
        ProviderKind::Entra { tenant, .. } if entra::is_multi_tenant(tenant) => CredentialsCheck::Unclear(
            "With several tenants, only a sign-in shows whether our credentials are right.".to_owned(),
        ),
        _ => unclear(&provider_error(said)),
    }
}

/// The provider's error, without secrets.
pub(super) fn provider_error(said: &ProviderSaid) -> String {
    let code = said.code.map(|code| format!(" AADSTS{code}")).unwrap_or_default();
    let text = said.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
    format!("{}{code}{text}", said.error)
}
