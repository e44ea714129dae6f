//! Roles, and the API for programs.

use super::*;

#[test]
fn a_value_gives_one_role() {
    assert_eq!(wrong_keys(load_file("roles.read = ['Rolecall.Admin']")), ["roles.admin"]);
    assert_eq!(wrong_keys(load_file("roles.groups.read = ['g']\nroles.groups.write = ['g']")), ["roles.groups.write"]);
    assert_eq!(wrong_keys(load_file("roles.read = ['']")), ["roles.read"]);
    assert!(load_file("roles.read = ['same']\nroles.groups.write = ['same']").is_ok());
}

#[test]
fn the_app_roles_for_entra_are_the_default_ones() {
    let manifest: serde_json::Value =
        serde_json::from_str(include_str!("../../../../config/entra-manifest.json")).unwrap();
    let values: Vec<&str> =
        manifest["appRoles"].as_array().unwrap().iter().filter_map(|role| role["value"].as_str()).collect();
    let expected: Vec<String> = RoleRules::default().claim_values.into_iter().flat_map(|(_, values)| values).collect();
    assert_eq!(values, expected);
}

#[test]
fn the_scope_for_entra_is_the_default_one() {
    let manifest: serde_json::Value =
        serde_json::from_str(include_str!("../../../../config/entra-manifest.json")).unwrap();
    let scopes = manifest["api"]["oauth2PermissionScopes"].as_array().unwrap();
    assert_eq!(scopes.len(), 1);
    assert_eq!(scopes[0]["value"], rolecall_demo_provider::API_SCOPE);
    assert_eq!(manifest["api"]["requestedAccessTokenVersion"], 2);
    let applications = |role: &serde_json::Value| role["allowedMemberTypes"].to_string().contains("Application");
    assert!(manifest["appRoles"].as_array().unwrap().iter().all(applications));
}

#[test]
fn the_api_is_on_where_an_audience_is_configured_and_in_the_demonstration() {
    let api = |text: &str| load_file(text).unwrap().0.api;
    let demonstrated = api("").unwrap();
    assert_eq!(demonstrated.audiences, ["api://rolecall-demonstration"]);
    assert_eq!(demonstrated.scope, "access_as_user");
    assert_eq!(api("[api]\naudience = []"), None);
    assert_eq!(api(&entra("")), None, "a client id is not the name of an API");
    let configured = api(&entra("[api]\naudience = ['api://a', 'b']\nscope = 'Data.Read'")).unwrap();
    assert_eq!(configured.audiences, ["api://a", "b"]);
    assert_eq!(configured.scope, "Data.Read");
    let (config, _) = load(&[("ROLECALL_API__AUDIENCE", "api://a,api://b")]).unwrap();
    assert_eq!(config.api.unwrap().audiences, ["api://a", "api://b"]);
    for scope in ["a b", "api://a/access_as_user", "\"quoted\"", "\u{e9}", ""] {
        assert_eq!(wrong_keys(load_file(&format!("[api]\nscope = '{scope}'"))), ["api.scope"], "{scope}");
    }
    assert_eq!(wrong_keys(load_file("[api]\naudience = ['']")), ["api.audience"]);
    assert_eq!(wrong_keys(load_file("[api]\naudience = 'api://a'")), ["api.audience"]);
    assert_eq!(wrong_keys(load_file("[limits]\napi_failures_per_minute = 0")), ["limits.api_failures_per_minute"]);
}
