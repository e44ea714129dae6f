//! What is wanted, put over what is there: whatever others added stays, and what agrees is left alone.

use serde_json::{Map, Value};

/// What tells the items of a list apart, best first.
const NAMES: [&str; 4] = ["value", "name", "resourceAppId", "id"];
/// What Graph tells, and must not be told.
const READ_ONLY: &str = "origin";
/// The parts of which Graph takes a part alone.
const PARTIAL: [&str; 2] = ["web", "api"];

/// `wanted` put over `actual`.
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
                    Some(there) => *there = with_own_id(merged(there, item), there),
                    None => all.push(item.clone()),
                }
            }
            Value::Array(all)
        }
        (_, wanted) => wanted.clone(),
    }
}

/// Whether two items of a list are the same thing.
fn is_same(there: &Value, item: &Value) -> bool {
    let name = NAMES.into_iter().find(|name| item.get(name).is_some());
    name.map_or_else(|| there == item, |name| there.get(name) == item.get(name))
}

/// What is there already keeps its id: assignments refer to it.
fn with_own_id(mut merged: Value, there: &Value) -> Value {
    if let (Some(all), Some(id)) = (merged.as_object_mut(), there.get("id")) {
        all.insert("id".to_owned(), id.clone());
    }
    merged
}

/// What has to be sent so that `actual` becomes what is `wanted`: empty when it is.
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

/// `value` without what Graph must not be told.
fn writable(mut value: Value) -> Value {
    if let Value::Array(items) = &mut value {
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            item.remove(READ_ONLY);
        }
    }
    value
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
