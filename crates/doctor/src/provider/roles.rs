//! Who can give roles, and whether Rolecall asks for the scopes and claims with roles.

use rolecall_model::Role;
use rolecall_sign_in::config::{AuthConfig, ClaimsFrom, ProviderConfig, ProviderKind};
use rolecall_sign_in::provider::Metadata;
use serde_json::Value;

use crate::report::Section;

/// Scopes that some providers require before they send roles or groups.
const SCOPES: [&str; 2] = ["groups", "roles"];

/// Reports who can make people Admin here.
pub(super) fn of_whom(section: &mut Section<'_>, provider: &ProviderConfig, config: &AuthConfig) {
    const CHECK: &str = "provider.who-gives-roles";
    let ceiling = provider.roles.ceiling();
    let tenants = provider.role_tenants().map_or(1, <[String]>::len);
    let is_said = provider.roles.highest.is_some();
    if tenants > 1 && !is_said {
        section.warning(
            CHECK,
            format!("The administrators of {tenants} tenants can make any of their people Admin here."),
            "Keep only your own tenant in roles_from_tenants, or set highest_role.",
        );
    } else if config.providers.len() > 1 && !is_said && provider.roles.rules.is_none() {
        section.warning(
            CHECK,
            "There are several providers, and the administrators of this one can make anyone Admin here.",
            "Set its highest_role (\"admin\", if that is intended), or give it its own `roles`.",
        );
    } else if ceiling < Role::Admin {
        section.good(CHECK, format!("Its people have at most the role {ceiling}."));
    }
}

/// Checks what the provider announces about roles and groups, in its metadata as JSON.
pub(super) fn announced(section: &mut Section<'_>, provider: &ProviderConfig, metadata: &Metadata, document: &Value) {
    let list = |name: &str| -> Vec<&str> {
        document.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let (scopes, claims) = (list("scopes_supported"), list("claims_supported"));
    let missing: Vec<_> = SCOPES
        .into_iter()
        .filter(|scope| scopes.contains(scope) && !provider.scopes.iter().any(|asked| asked == scope))
        .collect();
    if !missing.is_empty() {
        let what = format!(
            "The provider announces the scope {}, which Rolecall does not ask for. Tokens may lack roles without it.",
            missing.join(" and ")
        );
        section.note("provider.scopes-for-roles", what);
    }
    let own = [&provider.roles.roles_claim, &provider.roles.groups_claim];
    let is_announced = |claim: &&String| claims.iter().any(|known| known == claim || is_part(claim, known));
    let is_oidc = matches!(provider.kind, ProviderKind::Oidc { .. });
    if is_oidc && !claims.is_empty() && !own.iter().any(is_announced) {
        let what =
            format!("The provider announces neither the claim {} nor {}: make sure that it sends one.", own[0], own[1]);
        section.note("provider.claims", what);
    }
    if provider.roles.claims_from == ClaimsFrom::UserInfo && metadata.userinfo_endpoint().is_none() {
        section.bad(
            "provider.userinfo",
            "`claims_from` is \"userinfo\", but the provider has no userinfo endpoint: nobody can sign in.",
            "Set claims_from = \"id_token\", and have the provider put roles or groups into ID tokens.",
        );
    }
}

/// Whether the path `claim` begins with `known`.
fn is_part(claim: &str, known: &str) -> bool {
    claim.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'))
}
