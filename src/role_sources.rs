//! What gave a person their role.

use serde_json::{Map, Value};

use crate::account::RoleSource;
use crate::auth::config::RoleRules;
use crate::identity::Role;

/// What of `claims`, or of `groups` that were read from Graph in their place, gives `role` by `rules`.
#[must_use]
pub fn role_sources(
    rules: &RoleRules,
    claims: &Map<String, Value>,
    groups: Option<&[String]>,
    role: Option<Role>,
) -> Vec<RoleSource> {
    let Some(role) = role else { return Vec::new() };
    let texts = |claim: &str| -> Vec<String> {
        let values = claims.get(claim).and_then(Value::as_array);
        values.into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    };
    let giving =
        |given: Vec<String>, rules: &[String]| given.into_iter().filter(|value| rules.contains(value)).collect();
    let app_roles: Vec<_> = giving(texts("roles"), rules.values_for(role));
    let in_token: Vec<_> = giving(texts("groups"), rules.groups_for(role));
    let in_graph: Vec<_> = giving(groups.unwrap_or_default().to_vec(), rules.groups_for(role));
    let app_roles = app_roles.into_iter().map(RoleSource::AppRole);
    let groups = in_token.into_iter().map(RoleSource::Group).chain(in_graph.into_iter().map(RoleSource::GroupInGraph));
    app_roles.chain(groups).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_gives_the_role_itself_is_named() {
        let mut rules = RoleRules::default();
        rules.groups[2].1.extend(["in-token".to_owned(), "in-graph".to_owned()]);
        let claims = json!({"roles": ["Rolecall.Read", "Rolecall.Admin", "x"], "groups": ["in-token", "y"]});
        let of = |role| role_sources(&rules, claims.as_object().unwrap(), Some(&["in-graph".to_owned()]), role);
        let expected = [
            RoleSource::AppRole("Rolecall.Admin".to_owned()),
            RoleSource::Group("in-token".to_owned()),
            RoleSource::GroupInGraph("in-graph".to_owned()),
        ];
        assert_eq!(of(Some(Role::Admin)), expected);
        assert_eq!(of(Some(Role::Read)), [RoleSource::AppRole("Rolecall.Read".to_owned())]);
        assert_eq!((of(Some(Role::Write)), of(None)), (vec![], vec![]));
    }
}
