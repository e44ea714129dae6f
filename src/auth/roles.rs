//! From what a token says to the role it gives.

use serde_json::{Map, Value};
use thiserror::Error;

use crate::auth::config::RoleRules;
use crate::identity::Role;

/// Why the roles of a token cannot be told.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RolesError {
    /// The claim is there and is not an array of strings. A string is not an array of one.
    #[error("the claim `{claim}` must be an array of strings")]
    NotAnArrayOfStrings {
        /// The claim's name.
        claim: &'static str,
    },
    /// The claim counts, and the token does not hold it: it says that the values are to be had elsewhere (Entra's group
    /// overage; distributed claims, OpenID Connect Core 5.6.2). That is never "no values".
    #[error("the token does not hold the claim `{claim}`, it says that there is more than fits")]
    Elsewhere {
        /// The claim's name.
        claim: &'static str,
    },
}

impl RoleRules {
    /// The highest role that `claims` give, if any. Values that no rule names are ignored.
    ///
    /// ```
    /// use rolecall::auth::config::RoleRules;
    /// use rolecall::identity::Role;
    ///
    /// let claims = serde_json::json!({ "roles": ["Rolecall.Read", "Rolecall.Write"] });
    /// let role = RoleRules::default().highest(claims.as_object().expect("an object"));
    /// assert_eq!(role, Ok(Some(Role::Write)));
    /// ```
    ///
    /// # Errors
    /// When `roles` is there and is not an array of strings, or is to be had elsewhere; the same of `groups`, where
    /// groups count.
    pub fn highest(&self, claims: &Map<String, Value>) -> Result<Option<Role>, RolesError> {
        let values = strings(claims, "roles")?;
        let groups_count = self.groups.iter().any(|(_, ids)| !ids.is_empty());
        let groups = if groups_count { strings(claims, "groups")? } else { Vec::new() };
        let names = |rules: &[String], given: &[&str]| rules.iter().any(|rule| given.contains(&rule.as_str()));
        Ok(Role::ALL
            .into_iter()
            .rev()
            .find(|role| names(self.values_for(*role), &values) || names(self.groups_for(*role), &groups)))
    }

    /// The values of the `roles` claim that give `role`.
    #[must_use]
    pub fn values_for(&self, role: Role) -> &[String] {
        of_role(&self.claim_values, role)
    }

    /// The group ids that give `role`.
    #[must_use]
    pub fn groups_for(&self, role: Role) -> &[String] {
        of_role(&self.groups, role)
    }
}

fn of_role(rules: &[(Role, Vec<String>)], role: Role) -> &[String] {
    rules.iter().find(|(of, _)| *of == role).map_or(&[], |(_, values)| values)
}

fn strings<'a>(claims: &'a Map<String, Value>, claim: &'static str) -> Result<Vec<&'a str>, RolesError> {
    let refused = RolesError::NotAnArrayOfStrings { claim };
    let is_elsewhere = claims.get("_claim_names").is_some_and(|names| names.get(claim).is_some());
    let is_left_out = claim == "groups" && claims.get("hasgroups").is_some_and(|has| *has != Value::Bool(false));
    if is_elsewhere || is_left_out {
        return Err(RolesError::Elsewhere { claim });
    }
    match claims.get(claim) {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => values.iter().map(Value::as_str).collect::<Option<_>>().ok_or(refused),
        Some(_) => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn highest(claims: Value) -> Result<Option<Role>, RolesError> {
        let mut rules = RoleRules::default();
        rules.groups[0].1.push("group-read".into());
        rules.highest(claims.as_object().unwrap())
    }

    #[test]
    fn the_highest_role_wins_whatever_the_order() {
        assert_eq!(highest(json!({"roles": ["Rolecall.Read", "Rolecall.Admin", "x"]})), Ok(Some(Role::Admin)));
        assert_eq!(highest(json!({"roles": ["Rolecall.Write"], "groups": ["group-read"]})), Ok(Some(Role::Write)));
        assert_eq!(highest(json!({"groups": ["group-read"]})), Ok(Some(Role::Read)));
    }

    #[test]
    fn nothing_known_gives_nothing() {
        for claims in [json!({}), json!({"roles": []}), json!({"roles": ["rolecall.admin", "Admin"]})] {
            assert_eq!(highest(claims), Ok(None));
        }
    }

    // Case: entra/roles-as-text
    #[test]
    fn groups_that_did_not_fit_are_never_no_groups() {
        let elsewhere = Err(RolesError::Elsewhere { claim: "groups" });
        let overage =
            [json!({"_claim_names": {"groups": "src1"}}), json!({"hasgroups": true}), json!({"hasgroups": "true"})];
        for claims in overage {
            assert_eq!(highest(claims.clone()), elsewhere, "{claims}");
            assert_eq!(RoleRules::default().highest(claims.as_object().unwrap()), Ok(None), "no group counts");
        }
        let roles = highest(json!({"_claim_names": {"roles": "src1"}}));
        assert_eq!(roles, Err(RolesError::Elsewhere { claim: "roles" }));
        assert_eq!(highest(json!({"hasgroups": false, "_claim_names": {"x": "src1"}})), Ok(None));
    }

    #[test]
    fn anything_but_an_array_of_strings_is_refused() {
        for roles in [json!("Rolecall.Admin"), json!({"0": "Rolecall.Admin"}), json!(null), json!(["Rolecall.Read", 1])]
        {
            assert!(highest(json!({ "roles": roles })).is_err(), "{roles}");
        }
    }
}
