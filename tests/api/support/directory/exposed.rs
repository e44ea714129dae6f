//! What an application exposes to others: its names as an API, its scopes and roles.
//!
//! Source: Microsoft Graph REST API v1.0, permissionScope, appRole, apiApplication; Microsoft Entra, "Restrictions on
//! identifier URIs".

use serde_json::{Value, json};
use uuid::Uuid;

/// Where scopes and roles are.
const SCOPES: &str = "/api/oauth2PermissionScopes";
const ROLES: &str = "/appRoles";

/// A code and a message.
type Refusal = (&'static str, String);

fn refuse<T>(message: String) -> Result<T, Refusal> {
    Err(("Request_BadRequest", message))
}

/// Why `body` may not be written over the application `there` (null for a new one), given the `others`.
pub fn check(body: &Value, there: &Value, others: &[Value]) -> Result<(), Refusal> {
    for uri in items(body, "/identifierUris").filter_map(Value::as_str) {
        if !is_identifier_uri(uri, there) {
            return refuse(format!("the identifier URI {uri:?} is not api:// and the id, or of a verified domain"));
        }
        if others.iter().any(|other| items(other, "/identifierUris").any(|of| *of == uri)) {
            return refuse("Another object with the same value for property identifierUris already exists.".to_owned());
        }
    }
    check_list(body, there, SCOPES)?;
    check_list(body, there, ROLES)?;
    // Lists that the body does not contain stay as they are.
    let after = |list: &'static str| items(if body.pointer(list).is_some() { body } else { there }, list);
    if after(SCOPES).any(|scope| after(ROLES).any(|role| role["id"] == scope["id"] || role["value"] == scope["value"]))
    {
        return refuse("a scope and a role have the same id or value".to_owned());
    }
    for scope in items(body, SCOPES) {
        is_whole(scope).or_else(refuse)?;
        let is_new = !items(there, SCOPES).any(|there| there["id"] == scope["id"]);
        if is_new && scope["isEnabled"] != true {
            return refuse(format!("a new scope that is not enabled: {scope}"));
        }
    }
    for client in items(body, "/api/preAuthorizedApplications") {
        if !items(client, "/delegatedPermissionIds").all(|id| after(SCOPES).any(|scope| scope["id"] == *id)) {
            return refuse(format!("a scope that does not exist is allowed to {client}"));
        }
    }
    Ok(())
}

/// Refuses to remove an enabled scope or role, or to have one twice.
fn check_list(body: &Value, there: &Value, list: &str) -> Result<(), Refusal> {
    if body.pointer(list).is_none() {
        return Ok(());
    }
    let is_gone = |one: &Value| !items(body, list).any(|kept| kept["id"] == one["id"]);
    if items(there, list).any(|one| one["isEnabled"] != false && is_gone(one)) {
        let message = "Permission (scope or role) cannot be deleted or updated unless disabled first.";
        return Err(("CannotDeleteOrUpdateEnabledEntitlement", message.to_owned()));
    }
    for name in ["id", "value"] {
        let mut all: Vec<_> = items(body, list).map(|one| one[name].to_string()).collect();
        all.sort();
        if all.windows(2).any(|two| two[0] == two[1]) {
            return refuse(format!("a {name} of {list} is doubled: {all:?}"));
        }
    }
    Ok(())
}

/// Checks that `scope` has every text that people are asked to consent to, and a valid value for `scp`.
fn is_whole(scope: &Value) -> Result<(), String> {
    let text = |name: &str| scope[name].as_str().unwrap_or_default();
    let longest = |name: &str, most: usize| (1..=most).contains(&text(name).chars().count());
    let value = text("value");
    let is_value = value.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
    if value.is_empty() || value.len() > 120 || value.starts_with('.') || !is_value || text("id").is_empty() {
        return Err(format!("a scope without id or usable value: {scope}"));
    }
    if !longest("adminConsentDisplayName", 100) || !longest("adminConsentDescription", 1000) {
        return Err(format!("a scope that administrators cannot read: {scope}"));
    }
    if text("type").is_empty() { Err(format!("a scope of no type: {scope}")) } else { Ok(()) }
}

/// Whether the application `there` may have the identifier URI `uri`. A new one has no id yet that the URI could
/// contain.
fn is_identifier_uri(uri: &str, there: &Value) -> bool {
    let app_id = there["appId"].as_str().filter(|id| Uuid::try_parse(id).is_ok());
    let is_own = app_id.is_some_and(|id| {
        let rest = uri.strip_prefix("api://").and_then(|rest| rest.strip_prefix(id));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let is_verified = ["https://contoso.example/", "api://contoso.example/"].iter().any(|of| uri.starts_with(of));
    (is_own || is_verified) && !uri.ends_with('/') && uri.len() <= 255
}

fn items<'v>(of: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    of.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// A valid scope with these changes.
fn scope(changes: &Value) -> Value {
    let mut scope = json!({
        "id": "88888888-2222-4333-8444-555555555555", "value": "Data.Read", "type": "User", "isEnabled": true,
        "adminConsentDisplayName": "Read", "adminConsentDescription": "Reads.",
    });
    scope.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    scope
}

#[test]
fn what_graph_refuses_is_refused() {
    let there = json!({
        "appId": "99999999-2222-4333-8444-555555555555", "appRoles": [], "identifierUris": [],
        "api": {"oauth2PermissionScopes": [scope(&json!({}))]},
    });
    let other = json!({"identifierUris": ["https://contoso.example/taken"]});
    let is_taken = |body: Value| check(&body, &there, std::slice::from_ref(&other)).is_ok();
    let uri = |uri: &str| is_taken(json!({ "identifierUris": [uri] }));
    assert!(uri("api://99999999-2222-4333-8444-555555555555") && uri("https://contoso.example/x"));
    for wrong in [
        "api://88888888-2222-4333-8444-555555555555",
        "api://99999999-2222-4333-8444-555555555555/",
        "api://rolecall",
        "https://contoso.example/taken",
        "99999999-2222-4333-8444-555555555555",
    ] {
        assert!(!uri(wrong), "{wrong}");
    }
    let scopes = |scopes: &[Value]| is_taken(json!({ "api": { "oauth2PermissionScopes": scopes } }));
    assert!(scopes(&[scope(&json!({}))]) && scopes(&[scope(&json!({"isEnabled": false}))]));
    let id = "77777777-2222-4333-8444-555555555555";
    assert!(scopes(&[scope(&json!({})), scope(&json!({"id": id, "value": "x"}))]));
    assert!(!scopes(&[]), "an enabled scope must not be removed");
    for wrong in [
        json!({"id": id}),
        json!({"value": "x"}),
        json!({"id": id, "value": "x", "isEnabled": false}),
        json!({"id": id, "value": "a b"}),
        json!({"id": id, "value": "x", "adminConsentDescription": null}),
    ] {
        assert!(!scopes(&[scope(&json!({})), scope(&wrong)]), "{wrong}");
    }
}
