//! Who is in a group. All SQL about that is here.

use rolecall_sign_in::db::{Db, Transaction, in_transaction, reading_on_both};
use serde_json::{Value, json};

use super::attributes::Change;
use super::error::ScimError;
use super::path::AttributePath;

/// The members of the group `id`, as the resource shows them; `users` is the address of users.
pub(super) async fn shown(db: &Db, id: &str, users: &str) -> Result<Value, ScimError> {
    const MEMBERS: &str = "SELECT m.member_id, u.document FROM scim_members m JOIN scim_users u ON u.id = m.member_id \
                           WHERE m.group_id = $1 ORDER BY m.member_id";
    let rows: Vec<(String, String)> =
        reading_on_both!(db, |pool| sqlx::query_as(MEMBERS).bind(id).fetch_all(pool).await?);
    let member = |(id, document): (String, String)| {
        let document: Value = serde_json::from_str(&document).unwrap_or_default();
        let name = [&document["displayName"], &document["userName"]].into_iter().find_map(Value::as_str);
        json!({ "value": id, "$ref": format!("{users}/{id}"), "type": "User", "display": name })
    };
    Ok(rows.into_iter().map(member).collect())
}

/// Makes a `change` of the members of `group`, of `issuer`, whom `value` or the filter of `path` names.
///
/// # Errors
/// `invalidValue`.
pub(super) async fn apply(
    transaction: &mut Transaction,
    (issuer, group): (&str, &str),
    change: Change,
    path: &AttributePath,
    value: &Value,
) -> Result<(), ScimError> {
    const REMOVE: &str = "DELETE FROM scim_members WHERE group_id = $1 AND member_id = $2";
    const REMOVE_ALL: &str = "DELETE FROM scim_members WHERE group_id = $1";
    let meant = path.of.iter().map(|comparison| match (&*comparison.attribute, &comparison.value) {
        ("value", Value::String(id)) => Ok(id.clone()),
        _ => Err(ScimError::filter("Members are found by value alone.")),
    });
    let mut ids = meant.collect::<Result<Vec<_>, _>>()?;
    if path.of.is_empty() {
        ids = named(value)?;
    }
    match change {
        Change::Remove if path.of.is_empty() && value.is_null() => {
            in_transaction!(transaction, |connection| {
                sqlx::query(REMOVE_ALL).bind(group).execute(connection).await.map(drop)
            })?;
        }
        Change::Remove => {
            for id in ids {
                in_transaction!(transaction, |connection| {
                    sqlx::query(REMOVE).bind(group).bind(id).execute(connection).await.map(drop)
                })?;
            }
        }
        Change::Add | Change::Replace => {
            if change == Change::Replace && path.of.is_empty() {
                in_transaction!(transaction, |connection| {
                    sqlx::query(REMOVE_ALL).bind(group).execute(connection).await.map(drop)
                })?;
            }
            for id in ids {
                add(transaction, issuer, group, &id).await?;
            }
        }
    }
    Ok(())
}

async fn add(transaction: &mut Transaction, issuer: &str, group: &str, id: &str) -> Result<(), ScimError> {
    const KNOWN: &str = "SELECT COUNT(*) FROM scim_users WHERE id = $1 AND issuer = $2";
    const ADD: &str = "INSERT INTO scim_members (group_id, member_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let known: i64 = in_transaction!(transaction, |connection| {
        sqlx::query_scalar(KNOWN).bind(id).bind(issuer).fetch_one(connection).await?
    });
    if known == 0 {
        return Err(ScimError::value("A member is no user that is known here."));
    }
    in_transaction!(transaction, |connection| {
        sqlx::query(ADD).bind(group).bind(id).execute(connection).await.map(drop)
    })?;
    Ok(())
}

/// The ids of users that `value` names: a list of `{ "value": … }`, one of them, or the ids alone.
fn named(value: &Value) -> Result<Vec<String>, ScimError> {
    let id = |item: &Value| match item {
        Value::String(id) => Ok(id.clone()),
        item => {
            let id = item.get("value").and_then(Value::as_str).map(str::to_owned);
            id.ok_or_else(|| ScimError::value("Each member has the id of a user as its value."))
        }
    };
    match value {
        Value::Null => Ok(vec![]),
        Value::Array(items) => items.iter().map(id).collect(),
        item => Ok(vec![id(item)?]),
    }
}
