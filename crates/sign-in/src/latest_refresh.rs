//! What the latest refresh of tokens changed. It is stored with them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Claims that differ in every token, and say nothing about the person.
const ALWAYS_NEW: [&str; 11] =
    ["iat", "exp", "nbf", "nonce", "at_hash", "c_hash", "jti", "uti", "aio", "rh", "updated_at"];

/// A refresh of tokens (RFC 6749, section 6).
#[derive(Clone, Serialize, Deserialize)]
pub struct LatestRefresh {
    /// When it was, Unix milliseconds (UTC).
    pub at_ms: i64,
    /// The claims that differ in the new ID token, by name; `None` where the provider returned no ID token.
    pub changed: Option<Vec<ChangedClaim>>,
}

/// A claim that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangedClaim {
    /// Its name in the ID token, for example `groups`.
    pub name: String,
    /// Its value before; `None` where it was missing.
    pub before: Option<Value>,
    /// Its value after; `None` where it is missing.
    pub after: Option<Value>,
}

/// The differences between the claims `before` and `after`, except for claims that differ in every token.
pub(crate) fn changed(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<ChangedClaim> {
    let added = after.keys().filter(|name| !before.contains_key(*name));
    let names = before.keys().chain(added).filter(|name| !ALWAYS_NEW.contains(&name.as_str()));
    let of_name = |name: &String| {
        let (before, after) = (before.get(name), after.get(name));
        let claim = ChangedClaim { name: name.clone(), before: before.cloned(), after: after.cloned() };
        (before != after).then_some(claim)
    };
    let mut changed: Vec<_> = names.filter_map(of_name).collect();
    changed.sort_by(|one, other| one.name.cmp(&other.name));
    changed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_came_went_and_changed_is_told_and_what_is_always_new_is_not() {
        let before = json!({ "sub": "s", "exp": 1, "roles": ["a"], "gone": true });
        let after = json!({ "sub": "s", "exp": 2, "roles": ["a", "b"], "came": 1 });
        let changed = changed(before.as_object().unwrap(), after.as_object().unwrap());
        let told: Vec<_> = changed.iter().map(|claim| (claim.name.as_str(), &claim.before, &claim.after)).collect();
        let expected: [(&str, &Option<Value>, &Option<Value>); 3] = [
            ("came", &None, &Some(json!(1))),
            ("gone", &Some(json!(true)), &None),
            ("roles", &Some(json!(["a"])), &Some(json!(["a", "b"]))),
        ];
        assert_eq!(told, expected);
    }
}
