//! Values of attributes, as they are stored.

use serde_json::{Map, Value};

use super::error::ScimError;

/// The longest text, in characters.
const TEXT_MAX_CHARS: usize = 500;
/// How many values an attribute has at most.
const MOST_VALUES: usize = 50;

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Flag,
    /// An object with texts under these names.
    Parts(&'static [&'static str]),
    /// Several objects with `value`, `type` and `primary`.
    Several,
}

/// The parts of each of several values.
pub(super) const PARTS_OF_SEVERAL: &[&str] = &["value", "type", "primary"];

/// The one of `parts` that `name` names, ignoring case.
pub(super) fn canonical(parts: &[&'static str], name: &str) -> Option<&'static str> {
    parts.iter().find(|known| known.eq_ignore_ascii_case(name)).copied()
}

/// Whether `value` counts as missing (RFC 7643, section 2.5).
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(parts) => parts.is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    }
}

/// Puts `value` there.
pub(super) fn set(document: &mut Map<String, Value>, name: &str, value: Value) {
    if is_nothing(&value) {
        document.remove(name);
    } else {
        document.insert(name.to_owned(), value);
    }
}

/// `value` as the attribute `name` holds it.
pub(super) fn fitting(name: &str, holds: Holds, value: &Value) -> Result<Value, ScimError> {
    match (holds, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Holds::Text, value) => text(name, single(value)),
        (Holds::Flag, value) => flag(name, single(value)).map(Value::Bool),
        (Holds::Parts(parts), Value::Object(given)) => {
            let mut kept = Map::new();
            for (part, value) in given {
                if let Some(part) = canonical(parts, part) {
                    set(&mut kept, part, text(name, value)?);
                }
            }
            Ok(Value::Object(kept))
        }
        (Holds::Several, Value::Array(values)) => {
            let several = values.iter().map(|value| one_of_several(name, value));
            let mut several = several.map(|one| one.map(Value::Object)).collect::<Result<Vec<_>, _>>()?;
            several.retain(|item| !item["value"].is_null());
            check_number(name, &several)?;
            Ok(Value::Array(several))
        }
        (Holds::Several, value @ Value::Object(_)) => fitting(name, holds, &Value::Array(vec![value.clone()])),
        _ => Err(ScimError::value(format!("{name} has a value of another type."))),
    }
}

/// The single value in `value`: Entra wraps some into a list of `{ "value": … }`.
fn single(value: &Value) -> &Value {
    let one = value.as_array().filter(|values| values.len() == 1).map_or(value, |values| &values[0]);
    one.get("value").unwrap_or(one)
}

pub(super) fn one_of_several(name: &str, value: &Value) -> Result<Map<String, Value>, ScimError> {
    let wrong = || ScimError::value(format!("{name} has a value of another type."));
    let mut kept = Map::new();
    for (part, value) in value.as_object().ok_or_else(wrong)? {
        if let Some(part) = canonical(PARTS_OF_SEVERAL, part) {
            set(&mut kept, part, part_of_several(name, part, value)?);
        }
    }
    Ok(kept)
}

pub(super) fn part_of_several(name: &str, part: &str, value: &Value) -> Result<Value, ScimError> {
    match value {
        Value::Null => Ok(Value::Null),
        value if part == "primary" => flag(name, value).map(Value::Bool),
        value => text(name, value),
    }
}

/// `value`, if it is a text of acceptable length.
pub(super) fn text(name: &str, value: &Value) -> Result<Value, ScimError> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) if text.chars().count() > TEXT_MAX_CHARS => {
            Err(ScimError::value(format!("{name} is longer than {TEXT_MAX_CHARS} characters.")))
        }
        // Removed, because no database accepts all control characters.
        Value::String(text) => Ok(Value::String(text.chars().filter(|char| !char.is_control()).collect())),
        _ => Err(ScimError::value(format!("{name} must be a text."))),
    }
}

/// The flag in `value`. Entra also writes flags as texts.
fn flag(name: &str, value: &Value) -> Result<bool, ScimError> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(ScimError::value(format!("{name} must be true or false."))),
    }
}

pub(super) fn is_equal(held: &Value, wanted: &Value) -> bool {
    match (held, wanted) {
        (Value::String(held), Value::String(wanted)) => held.eq_ignore_ascii_case(wanted),
        (Value::Bool(held), Value::String(_)) => flag("", wanted) == Ok(*held),
        (held, wanted) => held == wanted,
    }
}

pub(super) fn check_number(name: &str, values: &[Value]) -> Result<(), ScimError> {
    if values.len() <= MOST_VALUES {
        return Ok(());
    }
    Err(ScimError::value(format!("{name} has more than {MOST_VALUES} values.")))
}
