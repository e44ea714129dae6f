//! Merges what is wanted into what exists. What others added stays, and what already agrees is not sent.

use serde_json::{Map, Value};

/// The keys that identify items of a list, best first.
const NAMES: [&str; 4] = ["value", "name", "resourceAppId", "id"];
/// The keys of an existing item that never change: assignments and consents refer to its id, and administrators decide
/// who may consent to a scope and what they read.
const OWNERS: [&str; 6] = [
    "id",
    "type",
    "adminConsentDescription",
    "adminConsentDisplayName",
    "userConsentDescription",
    "userConsentDisplayName",
];
/// The key that Graph returns and does not accept.
const READ_ONLY: &str = "origin";
/// The parts that Graph accepts incomplete.
const PARTIAL: [&str; 2] = ["web", "api"];

fn merged(actual: &Value, wanted: &Value) -> Value {
    match (actual, wanted) {
        (Value::Object(actual), Value::Object(wanted)) => {
            let mut all = actual.clone();
            for (name, value) in wanted {
                let one = actual.get(name).map_or_else(|| value.clone(), |actual| merged(actual, value));
                all.insert(name.clone(), one);
            }
            Value::Object(all)
        }
        (Value::Array(actual), Value::Array(wanted)) => {
            let mut all = actual.clone();
            for item in wanted {
                match all.iter_mut().find(|there| is_same(there, item)) {
                    Some(there) => *there = with_what_stays(merged(there, item), there),
                    None => all.push(item.clone()),
                }
            }
            Value::Array(all)
        }
        (_, wanted) => wanted.clone(),
    }
}

/// Whether two items of a list have the same identity.
fn is_same(there: &Value, item: &Value) -> bool {
    let name = NAMES.into_iter().find(|name| item.get(name).is_some());
    name.map_or_else(|| there == item, |name| there.get(name) == item.get(name))
}

/// `merged` with the unchangeable keys of the existing item `there`.
fn with_what_stays(mut merged: Value, there: &Value) -> Value {
    let Some(all) = merged.as_object_mut() else { return merged };
    for name in OWNERS {
        match there.get(name) {
            Some(value) => all.insert(name.to_owned(), value.clone()),
            None => all.remove(name),
        };
    }
    merged
}

/// What to send so that `actual` becomes `wanted`; empty if it already is.
pub(super) fn patch(actual: &Value, wanted: &Map<String, Value>) -> Map<String, Value> {
    let mut patch = Map::new();
    for (name, wanted) in wanted {
        let there = actual.get(name).unwrap_or(&Value::Null);
        let all = merged(there, wanted);
        if all == *there {
            continue;
        }
        let sent = match (&all, wanted) {
            (Value::Object(all), Value::Object(wanted)) if PARTIAL.contains(&name.as_str()) => {
                let changed =
                    all.iter().filter(|(part, value)| wanted.contains_key(*part) && there.get(part) != Some(value));
                Value::Object(changed.map(|(part, value)| (part.clone(), value.clone())).collect())
            }
            _ => all,
        };
        patch.insert(name.clone(), writable(sent));
    }
    patch
}

/// `value` without the keys that Graph does not accept in items of lists.
fn writable(value: Value) -> Value {
    match value {
        Value::Array(mut items) => {
            for item in items.iter_mut().filter_map(Value::as_object_mut) {
                item.remove(READ_ONLY);
            }
            Value::Array(items)
        }
        Value::Object(parts) => Value::Object(parts.into_iter().map(|(name, part)| (name, writable(part))).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(actual: Value, wanted: &Value) -> Value {
        Value::Object(patch(&actual, wanted.as_object().unwrap()))
    }

    #[test]
    fn what_agrees_is_left_alone_and_what_others_added_stays() {
        let wanted = json!({
            "web": {"redirectUris": ["https://a.test/"], "logoutUrl": "https://a.test/out"},
            "appRoles": [{"value": "R", "id": "1", "isEnabled": true}],
        });
        let there = json!({
            "web": {"redirectUris": ["https://b.test/", "https://a.test/"], "logoutUrl": "https://a.test/out", "homePageUrl": null},
            "appRoles": [{"value": "X", "id": "9"}, {"value": "R", "id": "1", "isEnabled": true, "origin": "Application"}],
        });
        assert_eq!(patched(there, &wanted), json!({}));
        let drifted = json!({
            "web": {"redirectUris": ["https://b.test/"], "logoutUrl": "https://a.test/out", "homePageUrl": "https://h.test"},
            "appRoles": [{"value": "X", "id": "9", "origin": "Application"}, {"value": "R", "id": "7", "isEnabled": false}],
        });
        let expected = json!({
            "web": {"redirectUris": ["https://b.test/", "https://a.test/"]},
            "appRoles": [{"value": "X", "id": "9"}, {"value": "R", "id": "7", "isEnabled": true}],
        });
        assert_eq!(patched(drifted, &wanted), expected);
    }

    #[test]
    fn a_scope_is_enabled_and_else_as_its_owners_made_it() {
        let wanted = json!({"api": {"requestedAccessTokenVersion": 2, "oauth2PermissionScopes": [
            {"value": "S", "id": "1", "isEnabled": true, "type": "User", "adminConsentDescription": "Ours", "userConsentDescription": "Ours"},
        ]}});
        let there = json!({"api": {"requestedAccessTokenVersion": 2, "oauth2PermissionScopes": [
            {"value": "Theirs", "id": "8", "isEnabled": true, "origin": "Application"},
            {"value": "S", "id": "7", "isEnabled": false, "type": "Admin", "adminConsentDescription": "Theirs",
             "userConsentDescription": null, "origin": "Application"},
        ]}});
        let expected = json!({"api": {"oauth2PermissionScopes": [
            {"value": "Theirs", "id": "8", "isEnabled": true},
            {"value": "S", "id": "7", "isEnabled": true, "type": "Admin", "adminConsentDescription": "Theirs",
             "userConsentDescription": null},
        ]}});
        assert_eq!(patched(there, &wanted), expected);
    }

    #[test]
    fn what_is_missing_is_sent_whole() {
        let wanted =
            json!({"optionalClaims": {"idToken": [{"name": "sid"}]}, "api": {"requestedAccessTokenVersion": 2}});
        assert_eq!(patched(json!({"optionalClaims": null}), &wanted), wanted);
        let there = json!({"optionalClaims": {"idToken": [{"name": "x"}], "accessToken": [{"name": "y"}]}, "api": {"requestedAccessTokenVersion": 2}});
        let expected =
            json!({"optionalClaims": {"idToken": [{"name": "x"}, {"name": "sid"}], "accessToken": [{"name": "y"}]}});
        assert_eq!(patched(there, &wanted), expected);
    }
}
