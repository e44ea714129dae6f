//! The claims that hold a person's roles and groups: where a provider puts them, and in which form.

use serde_json::{Map, Value};
use thiserror::Error;

use super::config::{ProviderConfig, ProviderKind};

/// A provider's claims about a person, for reading roles and groups.
pub struct RoleClaims<'a> {
    said: &'a Map<String, Value>,
    roles_claim: &'a str,
    groups_claim: &'a str,
    /// Whether a string counts as an array of one: some providers send a single value that way.
    takes_text: bool,
}

/// Why the roles of a person cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RolesError {
    /// The claim is present but not an array of strings. Entra sends nothing else, so for Entra a string does not count
    /// as an array of one.
    #[error("the claim `{claim}` must be an array of strings")]
    NotAnArrayOfStrings {
        /// The claim's name.
        claim: String,
    },
    /// The provider did not send the roles, only where to fetch them (distributed claims, OpenID Connect Core
    /// 5.6.2). That is never "no roles".
    #[error("the provider did not send the claim `{claim}`, only where to fetch it")]
    RolesElsewhere {
        /// The claim's name.
        claim: String,
    },
    /// Groups count and were not sent, because there are more than fit (Entra's group overage; distributed
    /// claims). That is never "no groups".
    #[error("the provider did not send the claim `{claim}`: it has more values than fit")]
    GroupsElsewhere {
        /// The claim's name.
        claim: String,
    },
}

impl<'a> RoleClaims<'a> {
    /// Reads `said` in the form that `provider` uses.
    #[must_use]
    pub fn new(provider: &'a ProviderConfig, said: &'a Map<String, Value>) -> Self {
        Self {
            said,
            roles_claim: &provider.roles.roles_claim,
            groups_claim: &provider.roles.groups_claim,
            takes_text: matches!(provider.kind, ProviderKind::Oidc { .. }),
        }
    }

    /// The roles that the claims name.
    ///
    /// # Errors
    /// When they have the wrong form, or must be fetched elsewhere.
    pub fn roles(&self) -> Result<Vec<&'a str>, RolesError> {
        if self.is_elsewhere(self.roles_claim) {
            return Err(RolesError::RolesElsewhere { claim: self.roles_claim.to_owned() });
        }
        self.strings(self.roles_claim)
    }

    /// The groups that the claims name.
    ///
    /// # Errors
    /// As [`roles`](Self::roles).
    pub fn groups(&self) -> Result<Vec<&'a str>, RolesError> {
        if self.groups_do_not_fit() {
            return Err(RolesError::GroupsElsewhere { claim: self.groups_claim.to_owned() });
        }
        self.strings(self.groups_claim)
    }

    /// Only the claims for roles and groups.
    #[must_use]
    pub fn alone(&self) -> Map<String, Value> {
        let holds =
            |claim: &str, name: &str| claim.strip_prefix(name).is_some_and(|r| r.is_empty() || r.starts_with('.'));
        let is_meant = |name: &&String| [self.roles_claim, self.groups_claim].iter().any(|claim| holds(claim, name));
        self.said.iter().filter(|(name, _)| is_meant(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Whether the claims say that there are more groups than fit: as a distributed claim, or with Entra's `hasgroups`.
    #[must_use]
    pub fn groups_do_not_fit(&self) -> bool {
        let is_left_out = self.said.get("hasgroups").is_some_and(|has| *has != Value::Bool(false));
        self.is_elsewhere(self.groups_claim) || (self.groups_claim == "groups" && is_left_out)
    }

    /// Whether `claim`, or an object that contains it, must be fetched elsewhere (OpenID Connect Core 5.6.2).
    fn is_elsewhere(&self, claim: &str) -> bool {
        let Some(names) = self.said.get("_claim_names") else { return false };
        let parts = claim.match_indices('.').map(|(at, _)| &claim[..at]);
        parts.chain([claim]).any(|name| names.get(name).is_some())
    }

    fn strings(&self, claim: &str) -> Result<Vec<&'a str>, RolesError> {
        let refused = || RolesError::NotAnArrayOfStrings { claim: claim.to_owned() };
        match find(self.said, claim) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(values)) => values.iter().map(Value::as_str).collect::<Option<_>>().ok_or_else(refused),
            Some(Value::String(only)) if self.takes_text => Ok(vec![only]),
            Some(_) => Err(refused()),
        }
    }
}

/// The value of `name` in `claims`: under the exact name, dots included (`https://example.com/roles`), or else on the
/// path that its dots describe (`realm_access.roles`), longest names first.
fn find<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| {
        let mut ways = name.rmatch_indices('.').map(|(at, _)| (&name[..at], &name[at + 1..]));
        ways.find_map(|(first, rest)| find(claims.get(first)?.as_object()?, rest))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn roles(provider: &mut ProviderConfig, claim: &str, said: &Value) -> Result<Vec<String>, RolesError> {
        claim.clone_into(&mut provider.roles.roles_claim);
        let roles = RoleClaims::new(provider, said.as_object().unwrap()).roles()?;
        Ok(roles.into_iter().map(ToOwned::to_owned).collect())
    }

    fn company() -> ProviderConfig {
        ProviderConfig::oidc("company", "https://id.example.com", "client")
    }

    // Case: roles/claim-names
    #[test]
    fn a_claim_is_found_by_its_name_and_else_on_the_way_to_it() {
        let found = |claim: &str, said: Value| roles(&mut company(), claim, &said).unwrap();
        assert_eq!(found("realm_access.roles", json!({"realm_access": {"roles": ["a"]}})), ["a"]);
        assert_eq!(found("cognito:groups", json!({"cognito:groups": ["a", "b"]})), ["a", "b"]);
        assert_eq!(found("https://example.com/roles", json!({"https://example.com/roles": ["a"]})), ["a"]);
        let with_dots = json!({"resource_access": {"my.client": {"roles": ["a"]}}});
        assert_eq!(found("resource_access.my.client.roles", with_dots), ["a"]);
        let both = json!({"a.b": ["name"], "a": {"b": ["way"]}});
        assert_eq!(found("a.b", both), ["name"], "the name itself comes first");
        for nothing in
            [json!({}), json!({"a": ["b"]}), json!({"a": {"c": ["x"]}}), json!({"a": "b"}), json!({"a": null})]
        {
            assert!(found("a.b", nothing.clone()).is_empty(), "{nothing}");
        }
    }

    // Case: roles/one-text
    #[test]
    fn one_text_is_a_list_of_one_except_of_entra() {
        let said = json!({"roles": "Rolecall.Admin, other"});
        assert_eq!(roles(&mut company(), "roles", &said).unwrap(), ["Rolecall.Admin, other"], "one value, not two");
        let mut entra = ProviderConfig::entra("contoso.com", "client");
        assert!(roles(&mut entra, "roles", &said).is_err());
    }

    // Case: roles/null
    #[test]
    fn null_is_no_role() {
        for mut provider in [company(), ProviderConfig::entra("contoso.com", "client")] {
            assert_eq!(roles(&mut provider, "roles", &json!({"roles": null})), Ok(Vec::new()));
        }
    }

    // Case: entra/roles-as-text
    #[test]
    fn any_other_form_is_refused() {
        for mut provider in [company(), ProviderConfig::entra("contoso.com", "client")] {
            for other in
                [json!({"0": "Rolecall.Admin"}), json!(["Rolecall.Read", 1]), json!(1), json!(true), json!([null])]
            {
                assert!(roles(&mut provider, "roles", &json!({ "roles": other })).is_err(), "{other}");
            }
        }
    }

    #[test]
    fn what_is_elsewhere_is_never_nothing() {
        let of = |claim: &str, said: Value| roles(&mut company(), claim, &said);
        assert!(of("roles", json!({"_claim_names": {"roles": "src1"}})).is_err());
        assert!(of("realm_access.roles", json!({"_claim_names": {"realm_access": "src1"}})).is_err());
        assert!(of("roles", json!({"_claim_names": {"x": "src1"}})).is_ok());
        let provider = company();
        let groups = |said: Value| RoleClaims::new(&provider, said.as_object().unwrap()).groups().map(|all| all.len());
        for overage in
            [json!({"_claim_names": {"groups": "src1"}}), json!({"hasgroups": true}), json!({"hasgroups": "true"})]
        {
            assert_eq!(groups(overage), Err(RolesError::GroupsElsewhere { claim: "groups".to_owned() }));
        }
        assert_eq!(groups(json!({"hasgroups": false})), Ok(0));
    }
}
