//! The attributes that are stored, and changes of them (RFC 7643, section 2; RFC 7644, section 3.5.2). Everything else
//! that a directory sends is ignored, so that it need not know what is stored here.

use serde_json::{Map, Value};

use super::error::ScimError;
use super::path::AttributePath;
use super::values::{
    Holds, PARTS_OF_SEVERAL, canonical, check_number, fitting, is_equal, is_nothing, one_of_several, part_of_several,
    set, text,
};

/// An attribute: its name, and what it holds.
pub(super) type Attribute = (&'static str, Holds);

/// What is stored of a user.
pub(super) const USER: &[Attribute] = &[
    ("userName", Holds::Text),
    ("externalId", Holds::Text),
    ("active", Holds::Flag),
    ("displayName", Holds::Text),
    ("name", Holds::Parts(&["formatted", "familyName", "givenName"])),
    ("title", Holds::Text),
    ("emails", Holds::Several),
];

/// What is stored of a group, in addition to its members.
pub(super) const GROUP: &[Attribute] = &[("displayName", Holds::Text), ("externalId", Holds::Text)];

/// An operation of PATCH (RFC 7644, section 3.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Add,
    Replace,
    Remove,
}

/// The attributes in `body` that are stored.
///
/// # Errors
/// `invalidValue`.
pub(super) fn kept(attributes: &[Attribute], body: &Map<String, Value>) -> Result<Map<String, Value>, ScimError> {
    let mut document = Map::new();
    for (name, value) in body {
        if let Some((name, holds)) = find(attributes, name) {
            set(&mut document, name, fitting(name, holds, value)?);
        }
    }
    Ok(document)
}

/// Applies `change` to what is at `path` in `document`.
///
/// # Errors
/// `invalidValue`, `invalidPath`.
pub(super) fn apply(
    attributes: &[Attribute],
    document: &mut Map<String, Value>,
    change: Change,
    path: &AttributePath,
    value: &Value,
) -> Result<(), ScimError> {
    let Some((name, holds)) = find(attributes, &path.name) else { return Ok(()) };
    change_one(document, (name, holds), change, path, value)?;
    if document.get(name).is_some_and(is_nothing) {
        document.remove(name);
    }
    Ok(())
}

fn change_one(
    document: &mut Map<String, Value>,
    (name, holds): Attribute,
    change: Change,
    path: &AttributePath,
    value: &Value,
) -> Result<(), ScimError> {
    match (holds, &path.part) {
        (Holds::Several, _) if !path.of.is_empty() || path.part.is_some() => {
            return change_some(document, name, change, path, value);
        }
        (Holds::Parts(parts), Some(part)) if path.of.is_empty() => {
            let Some(part) = parts.iter().find(|known| known.eq_ignore_ascii_case(part)) else { return Ok(()) };
            let text = if change == Change::Remove { Value::Null } else { text(name, value)? };
            let held = document.entry(name).or_insert_with(|| Map::new().into());
            if let Value::Object(held) = held {
                set(held, part, text);
            }
            return Ok(());
        }
        (_, None) if path.of.is_empty() => {}
        _ => return Err(ScimError::path(format!("{name} has no such parts."))),
    }
    if change == Change::Remove {
        document.remove(name);
        return Ok(());
    }
    let fitting = fitting(name, holds, value)?;
    match (change, holds, document.get_mut(name), fitting) {
        (Change::Add, Holds::Several, Some(Value::Array(held)), Value::Array(more)) => {
            let more: Vec<_> = more.into_iter().filter(|new| !held.contains(new)).collect();
            held.extend(more);
            check_number(name, held)?;
        }
        // Parts that are not named stay as they are (RFC 7644, section 3.5.2.3).
        (_, Holds::Parts(_), Some(Value::Object(held)), Value::Object(parts)) => held.extend(parts),
        (_, _, _, fitting) => set(document, name, fitting),
    }
    Ok(())
}

/// Changes those of several values that `path` selects. If it selects none, adding or replacing makes one that matches:
/// directories rely on it.
fn change_some(
    document: &mut Map<String, Value>,
    name: &'static str,
    change: Change,
    path: &AttributePath,
    value: &Value,
) -> Result<(), ScimError> {
    let held = document.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    let Value::Array(held) = held else { return Ok(()) };
    let is_meant = |item: &Value| {
        path.of.iter().all(|comparison| {
            let part = canonical(PARTS_OF_SEVERAL, &comparison.attribute);
            part.is_some_and(|part| is_equal(&item[part], &comparison.value))
        })
    };
    let part = match &path.part {
        Some(part) => match canonical(PARTS_OF_SEVERAL, part) {
            Some(part) => Some(part),
            None => return Ok(()),
        },
        None => None,
    };
    match (change, part) {
        (Change::Remove, None) => held.retain(|item| !is_meant(item)),
        (Change::Remove, Some(part)) => held.iter_mut().filter(|item| is_meant(item)).for_each(|item| {
            item.as_object_mut().and_then(|item| item.remove(part));
        }),
        (_, part) => {
            if !held.iter().any(is_meant) {
                let mut new = Map::new();
                for comparison in &path.of {
                    if let Some(part) = canonical(PARTS_OF_SEVERAL, &comparison.attribute) {
                        set(&mut new, part, part_of_several(name, part, &comparison.value)?);
                    }
                }
                held.push(Value::Object(new));
            }
            for item in held.iter_mut().filter(|item| is_meant(item)).filter_map(Value::as_object_mut) {
                match part {
                    Some(part) => set(item, part, part_of_several(name, part, value)?),
                    None => item.extend(one_of_several(name, value)?),
                }
            }
        }
    }
    held.retain(|item| !item["value"].is_null());
    check_number(name, held)
}

/// The attribute called `name`, ignoring case.
fn find(attributes: &[Attribute], name: &str) -> Option<Attribute> {
    attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).copied()
}
