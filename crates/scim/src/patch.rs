//! The body of a PATCH (RFC 7644, section 3.5.2), also in the forms that Entra sends: operations in any case, and
//! values that contain the names of their attributes.

use serde_json::{Map, Value};

use super::attributes::Change;
use super::error::ScimError;
use super::path::AttributePath;

/// The most operations in one request.
const MOST: usize = 1000;

/// One change of one attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operation {
    pub(super) change: Change,
    pub(super) path: AttributePath,
    pub(super) value: Value,
}

/// The operations of `body`, in their order.
///
/// # Errors
/// `invalidSyntax`, `invalidPath`, `invalidValue`, `noTarget`.
pub(super) fn operations(body: &Map<String, Value>) -> Result<Vec<Operation>, ScimError> {
    let wrong = || ScimError::syntax("A change has Operations, each with op (add, replace or remove), path and value.");
    let listed = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("Operations"));
    let listed = listed.and_then(|(_, listed)| listed.as_array()).filter(|listed| listed.len() <= MOST);
    let mut operations = Vec::new();
    for operation in listed.ok_or_else(wrong)? {
        let member = |wanted: &str| {
            let members = operation.as_object().into_iter().flatten();
            members.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
        };
        let change = match member("op").and_then(Value::as_str).map(str::to_ascii_lowercase).as_deref() {
            Some("add") => Change::Add,
            Some("replace") => Change::Replace,
            Some("remove") => Change::Remove,
            _ => return Err(wrong()),
        };
        let value = member("value").cloned().unwrap_or_default();
        match (member("path"), value) {
            (Some(Value::String(path)), value) => {
                operations.push(Operation { change, path: AttributePath::parse(path)?, value });
            }
            (None | Some(Value::Null), _) if change == Change::Remove => return Err(ScimError::no_target()),
            (None | Some(Value::Null), Value::Object(members)) => {
                for (path, value) in members {
                    operations.push(Operation { change, path: AttributePath::parse(&path)?, value });
                }
            }
            (None | Some(Value::Null), _) => {
                return Err(ScimError::value("Without a path, the value names the attributes."));
            }
            _ => return Err(wrong()),
        }
    }
    if operations.len() > MOST {
        return Err(wrong());
    }
    Ok(operations)
}
