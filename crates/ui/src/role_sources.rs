//! What gave a person their role.

use rolecall_model::Role;
use rolecall_model::account::{ClaimValue, RoleSource};
use rolecall_sign_in::RoleClaims;
use rolecall_sign_in::config::{AuthConfig, ClaimsFrom, ProviderConfig};
use serde_json::{Map, Value};

/// What of `said` by `provider`, or of `groups` that were read from Graph in their place, gives `role`. Where the role
/// is the highest that the provider's people can have, that is also what would give a higher one elsewhere.
#[must_use]
pub fn role_sources(
    config: &AuthConfig,
    provider: &ProviderConfig,
    said: &Map<String, Value>,
    groups: Option<&[String]>,
    role: Option<Role>,
) -> Vec<RoleSource> {
    let Some(role) = role else { return Vec::new() };
    let (rules, claims) = (config.rules_for(provider), RoleClaims::new(provider, said));
    let giving = || Role::ALL.into_iter().filter(|of| (*of).min(provider.roles.ceiling()) == role);
    let gives_by_value = |value: &&str| giving().any(|of| rules.values_for(of).iter().any(|rule| rule == value));
    let gives_by_group = |group: &&str| giving().any(|of| rules.groups_for(of).iter().any(|rule| rule == group));
    let in_user_info = provider.roles.claims_from == ClaimsFrom::UserInfo;
    let in_claim =
        |value: &str, claim: &str| ClaimValue { value: value.to_owned(), claim: claim.to_owned(), in_user_info };
    let in_roles = claims.roles().unwrap_or_default().into_iter().filter(gives_by_value);
    let in_groups = claims.groups().unwrap_or_default().into_iter().filter(gives_by_group);
    let in_graph = groups.unwrap_or_default().iter().map(String::as_str).filter(gives_by_group);
    in_roles
        .map(|value| RoleSource::AppRole(in_claim(value, &provider.roles.roles_claim)))
        .chain(in_groups.map(|group| RoleSource::Group(in_claim(group, &provider.roles.groups_claim))))
        .chain(in_graph.map(|group| RoleSource::GroupInGraph(group.to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;
    use serde_json::json;

    use super::*;
    use rolecall_sign_in::config::{RoleRules, SessionLimits, StepUp};

    fn of(highest: Option<Role>, role: Option<Role>) -> Vec<RoleSource> {
        let mut roles = RoleRules::default();
        roles.groups[2].1.extend(["in-token".to_owned(), "in-graph".to_owned()]);
        let config = AuthConfig {
            public_url: "https://rolecall.example.com".parse().unwrap(),
            secret_keys: Vec::<SecretString>::new(),
            session: SessionLimits::default(),
            providers: Vec::new(),
            roles,
            step_up: StepUp::default(),
            without_role: None,
            loopback_certificates: None,
        };
        let mut provider = ProviderConfig::oidc("company", "https://id.example.com", "client");
        provider.roles.highest = highest;
        let claims = json!({"roles": ["Rolecall.Read", "Rolecall.Admin", "x"], "groups": ["in-token", "y"]});
        role_sources(&config, &provider, claims.as_object().unwrap(), Some(&["in-graph".to_owned()]), role)
    }

    fn in_claim(claim: &str, value: &str) -> ClaimValue {
        ClaimValue { value: value.to_owned(), claim: claim.to_owned(), in_user_info: false }
    }

    #[test]
    fn only_what_gives_the_role_itself_is_named() {
        let expected = [
            RoleSource::AppRole(in_claim("roles", "Rolecall.Admin")),
            RoleSource::Group(in_claim("groups", "in-token")),
            RoleSource::GroupInGraph("in-graph".to_owned()),
        ];
        assert_eq!(of(None, Some(Role::Admin)), expected);
        assert_eq!(of(None, Some(Role::Read)), [RoleSource::AppRole(in_claim("roles", "Rolecall.Read"))]);
        assert_eq!((of(None, Some(Role::Write)), of(None, None)), (vec![], vec![]));
    }

    #[test]
    fn at_the_limit_of_the_provider_what_would_give_more_is_named_too() {
        assert_eq!(of(Some(Role::Write), Some(Role::Write)), of(None, Some(Role::Admin)));
        assert_eq!(of(Some(Role::Write), Some(Role::Read)), of(None, Some(Role::Read)));
    }
}
