//! From a provider's claims about a person to their role: [`AuthConfig::role_given`] is the only way, for sign-ins,
//! refreshes and access tokens alike.

use rolecall_model::Role;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::config::{AuthConfig, ProviderConfig, RoleRules};
use super::role_claims::{RoleClaims, RolesError};

impl AuthConfig {
    /// The role that `said` gives to a person of `provider`, if any: the claims of the ID token, of the `UserInfo`
    /// endpoint, or of an access token, each verified before. `groups`, if given, are those that did not fit into the
    /// token and were looked up. Values that no rule mentions are ignored; no role exceeds the provider's limit; people
    /// of a tenant that is not trusted have none.
    ///
    /// # Errors
    /// When roles, or groups where they count, have an invalid form, or must be fetched elsewhere.
    pub fn role_given(
        &self,
        provider: &ProviderConfig,
        said: &Map<String, Value>,
        groups: Option<&[String]>,
    ) -> Result<Option<Role>, RolesError> {
        if !counts(provider, said) {
            return Ok(None);
        }
        let (rules, claims) = (self.rules_for(provider), RoleClaims::new(provider, said));
        let given = claims.roles()?;
        let groups = match groups {
            Some(groups) => groups.iter().map(String::as_str).collect(),
            None if rules.count_groups() => claims.groups()?,
            None => Vec::new(),
        };
        Ok(rules.highest(&given, &groups).min(Some(provider.roles.ceiling())))
    }
}

/// Whether the tenant that `said` contains is trusted to assign roles.
fn counts(provider: &ProviderConfig, said: &Map<String, Value>) -> bool {
    let id = |text: &str| Uuid::try_parse(text).ok();
    let tenant = said.get("tid").and_then(Value::as_str).and_then(id);
    provider.role_tenants().is_none_or(|tenants| tenant.is_some_and(|of| tenants.iter().any(|one| id(one) == Some(of))))
}

impl RoleRules {
    /// The highest role that `roles` and `groups` give, if any. Values that no rule mentions are ignored.
    ///
    /// ```
    /// use rolecall_sign_in::config::RoleRules;
    /// use rolecall_sign_in::Role;
    ///
    /// let role = RoleRules::default().highest(&["Rolecall.Read", "Rolecall.Write", "Something.Else"], &[]);
    /// assert_eq!(role, Some(Role::Write));
    /// ```
    #[must_use]
    pub fn highest(&self, roles: &[&str], groups: &[&str]) -> Option<Role> {
        let names = |rules: &[String], given: &[&str]| rules.iter().any(|rule| given.contains(&rule.as_str()));
        let gives = |role: &Role| names(self.values_for(*role), roles) || names(self.groups_for(*role), groups);
        Role::ALL.into_iter().rev().find(gives)
    }

    /// Whether any group gives a role.
    #[must_use]
    pub fn count_groups(&self) -> bool {
        self.groups.iter().any(|(_, groups)| !groups.is_empty())
    }

    /// The values of the claim for roles that give `role`.
    #[must_use]
    pub fn values_for(&self, role: Role) -> &[String] {
        of_role(&self.claim_values, role)
    }

    /// The groups that give `role`.
    #[must_use]
    pub fn groups_for(&self, role: Role) -> &[String] {
        of_role(&self.groups, role)
    }
}

fn of_role(rules: &[(Role, Vec<String>)], role: Role) -> &[String] {
    rules.iter().find(|(of, _)| *of == role).map_or(&[], |(_, values)| values)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{ProviderKind, SessionLimits, StepUp};

    const HOME: &str = "0b7ee2c4-1111-4222-8333-444455556666";
    const PARTNER: &str = "0b7ee2c4-9999-4222-8333-444455556666";

    fn config() -> AuthConfig {
        let mut roles = RoleRules::default();
        roles.groups[0].1.push("group-read".into());
        AuthConfig {
            public_url: "https://rolecall.example.com".parse().unwrap(),
            secret_keys: Vec::new(),
            session: SessionLimits::default(),
            providers: Vec::new(),
            roles,
            step_up: StepUp::default(),
            without_role: None,
            loopback_certificates: None,
        }
    }

    fn company() -> ProviderConfig {
        ProviderConfig::oidc("company", "https://id.example.com", "client")
    }

    fn shared(tenants: &[&str]) -> ProviderConfig {
        let mut provider = ProviderConfig::entra("organizations", "client");
        if let ProviderKind::Entra { allowed_tenants, .. } = &mut provider.kind {
            *allowed_tenants = tenants.iter().map(|id| (*id).to_owned()).collect();
        }
        provider
    }

    fn role(provider: &ProviderConfig, said: &Value) -> Result<Option<Role>, RolesError> {
        config().role_given(provider, said.as_object().unwrap(), None)
    }

    #[test]
    fn the_highest_role_wins_whatever_the_order() {
        let of = |said| role(&company(), &said);
        assert_eq!(of(json!({"roles": ["Rolecall.Read", "Rolecall.Admin", "x"]})), Ok(Some(Role::Admin)));
        assert_eq!(of(json!({"roles": ["Rolecall.Write"], "groups": ["group-read"]})), Ok(Some(Role::Write)));
        assert_eq!(of(json!({"groups": ["group-read"]})), Ok(Some(Role::Read)));
        for nothing in [json!({}), json!({"roles": []}), json!({"roles": ["rolecall.admin", "Admin"]})] {
            assert_eq!(of(nothing), Ok(None));
        }
    }

    #[test]
    fn groups_that_did_not_fit_are_never_no_groups() {
        let said = json!({"_claim_names": {"groups": "src1"}});
        assert_eq!(role(&company(), &said), Err(RolesError::GroupsElsewhere { claim: "groups".to_owned() }));
        let mut no_group_counts = company();
        no_group_counts.roles.rules = Some(RoleRules::default());
        assert_eq!(role(&no_group_counts, &said), Ok(None));
        let read = config().role_given(&company(), said.as_object().unwrap(), Some(&["group-read".to_owned()]));
        assert_eq!(read, Ok(Some(Role::Read)));
    }

    // Case: roles/limits-of-provider
    #[test]
    fn no_role_is_above_the_limit_of_the_provider() {
        let mut provider = company();
        for (highest, expected) in [(Role::Read, Role::Read), (Role::Write, Role::Write), (Role::Admin, Role::Admin)] {
            provider.roles.highest = Some(highest);
            assert_eq!(role(&provider, &json!({"roles": ["Rolecall.Admin"]})), Ok(Some(expected)));
            assert_eq!(role(&provider, &json!({"roles": ["Rolecall.Read"]})), Ok(Some(Role::Read)));
            assert_eq!(role(&provider, &json!({"roles": []})), Ok(None), "a limit gives nothing");
        }
    }

    // Case: roles/limits-of-provider
    #[test]
    fn rules_of_a_provider_replace_those_of_the_application() {
        let mut provider = company();
        let mut rules = RoleRules { claim_values: Role::ALL.map(|role| (role, Vec::new())), ..RoleRules::default() };
        rules.claim_values[1].1.push("editors".to_owned());
        provider.roles.rules = Some(rules);
        assert_eq!(role(&provider, &json!({"roles": ["editors"]})), Ok(Some(Role::Write)));
        let of_the_application = json!({"roles": ["Rolecall.Admin"], "groups": ["group-read"]});
        assert_eq!(role(&provider, &of_the_application), Ok(None));
    }

    // Case: roles/limits-of-provider
    #[test]
    fn of_several_tenants_those_have_roles_that_are_named() {
        let admin = |tid: &str| json!({"tid": tid, "roles": ["Rolecall.Admin"]});
        let only_one = shared(&[HOME]);
        assert_eq!(role(&only_one, &admin(HOME)), Ok(Some(Role::Admin)));
        let mut both = shared(&[HOME, PARTNER]);
        assert_eq!(role(&both, &admin(HOME)), Ok(None), "nobody said whose roles count");
        both.roles.tenants = vec![HOME.to_uppercase()];
        assert_eq!(role(&both, &admin(HOME)), Ok(Some(Role::Admin)));
        for other in [admin(PARTNER), admin(""), json!({"roles": ["Rolecall.Admin"]}), json!({"tid": [HOME]})] {
            assert_eq!(role(&both, &other), Ok(None), "{other}");
        }
        let foreign_form = json!({"tid": PARTNER, "roles": "Rolecall.Admin"});
        assert_eq!(role(&both, &foreign_form), Ok(None), "nobody reads what does not count");
    }
}
