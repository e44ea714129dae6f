//! Changes of the members of a group, as requests write them.

use serde_json::Value;

use super::attributes::Change;
use super::error::ScimError;
use super::path::AttributePath;

/// The most members that one request may name: on SQLite all other writers wait for it.
pub(super) const MOST_NAMED: usize = 10_000;

/// A change of the members, given by the ids of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MemberChange {
    Add(Vec<String>),
    /// They replace all members.
    Replace(Vec<String>),
    Remove(Vec<String>),
    RemoveAll,
}

impl MemberChange {
    /// The `change` of the members whom `value` or the filter of `path` names.
    ///
    /// # Errors
    /// `invalidValue`, `invalidFilter`.
    pub(super) fn parse(change: Change, path: &AttributePath, value: &Value) -> Result<Self, ScimError> {
        let ids = if path.of.is_empty() { named(value)? } else { meant(path)? };
        Ok(match change {
            Change::Remove if path.of.is_empty() && value.is_null() => Self::RemoveAll,
            Change::Remove => Self::Remove(ids),
            Change::Replace if path.of.is_empty() => Self::Replace(ids),
            Change::Add | Change::Replace => Self::Add(ids),
        })
    }

    /// The members that it adds.
    pub(super) fn added(&self) -> &[String] {
        match self {
            Self::Add(ids) | Self::Replace(ids) => ids,
            Self::Remove(_) | Self::RemoveAll => &[],
        }
    }

    fn count(&self) -> usize {
        match self {
            Self::Add(ids) | Self::Replace(ids) | Self::Remove(ids) => ids.len(),
            Self::RemoveAll => 0,
        }
    }
}

/// Checks that `changes` do not name too many members.
///
/// # Errors
/// 413.
pub(super) fn check_count<'a>(changes: impl Iterator<Item = &'a MemberChange>) -> Result<(), ScimError> {
    if changes.map(MemberChange::count).sum::<usize>() <= MOST_NAMED {
        return Ok(());
    }
    Err(ScimError::too_much_asked(format!("A request names at most {MOST_NAMED} members. Send several.")))
}

/// The ids in the filter of `path`.
fn meant(path: &AttributePath) -> Result<Vec<String>, ScimError> {
    let ids = path.of.iter().map(|comparison| match (&*comparison.attribute, &comparison.value) {
        ("value", Value::String(id)) => Ok(id.clone()),
        _ => Err(ScimError::filter("Members can be selected only by value.")),
    });
    ids.collect()
}

/// The ids that `value` names: a list of `{ "value": … }`, one of them, or the ids alone.
fn named(value: &Value) -> Result<Vec<String>, ScimError> {
    let id = |item: &Value| {
        let id = item.as_str().or_else(|| item.get("value").and_then(Value::as_str));
        let id = id.filter(|id| !id.chars().any(char::is_control)).map(str::to_owned);
        id.ok_or_else(|| ScimError::value("Each member has the id of a user as its value."))
    };
    match value {
        Value::Null => Ok(vec![]),
        Value::Array(items) => items.iter().map(id).collect(),
        item => Ok(vec![id(item)?]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_named_in_every_way_that_directories_write() {
        let of = |change, path: &str, value: Value| {
            MemberChange::parse(change, &AttributePath::parse(path).unwrap(), &value)
        };
        let one = || vec!["1".to_owned()];
        for value in [json!([{ "$ref": null, "value": "1" }]), json!({ "value": "1" }), json!(["1"]), json!("1")] {
            assert_eq!(of(Change::Add, "members", value.clone()), Ok(MemberChange::Add(one())));
            assert_eq!(of(Change::Replace, "members", value.clone()), Ok(MemberChange::Replace(one())));
            assert_eq!(of(Change::Remove, "members", value), Ok(MemberChange::Remove(one())));
        }
        assert_eq!(of(Change::Remove, "members", Value::Null), Ok(MemberChange::RemoveAll));
        assert_eq!(of(Change::Remove, "members", json!([])), Ok(MemberChange::Remove(vec![])));
        let by_filter = "members[value eq \"1\"]";
        assert_eq!(of(Change::Remove, by_filter, Value::Null), Ok(MemberChange::Remove(one())));
        assert_eq!(of(Change::Replace, by_filter, Value::Null), Ok(MemberChange::Add(one())));
        for wrong in [json!(7), json!([{ "display": "x" }]), json!(["a\u{0}"])] {
            assert!(of(Change::Add, "members", wrong).is_err());
        }
        assert!(of(Change::Remove, "members[display eq \"1\"]", Value::Null).is_err());
    }

    #[test]
    fn what_a_request_names_is_counted_over_all_of_its_changes() {
        let half = |count| MemberChange::Add(vec![String::new(); count]);
        assert_eq!(check_count([half(MOST_NAMED / 2), half(MOST_NAMED / 2)].iter()), Ok(()));
        assert!(check_count([half(MOST_NAMED / 2), half(MOST_NAMED / 2 + 1)].iter()).is_err());
    }
}
