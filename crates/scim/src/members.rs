//! The members of groups. All SQL about them is in this file.
//!
//! A transaction locks users before groups, and groups before members, in the order of their ids. So no two
//! transactions wait for each other.

use std::collections::{BTreeSet, HashMap};

use rolecall_sign_in::db::{Db, Transaction, in_transaction, reading_on_both};
use serde_json::{Value, json};
use sqlx::query::{Query, QueryAs, QueryScalar};

use super::error::ScimError;
use super::member_changes::{MOST_NAMED, MemberChange};

/// The most members in one response, over all groups.
const MOST_SHOWN: usize = 20_000;
/// A request that replaces all members is answered with all of them: that response must never be too large.
const _: () = assert!(MOST_NAMED <= MOST_SHOWN);
/// The most ids in one statement.
const BATCH: usize = 200;

/// A member: the id of the group, the id of the user, and the user's document.
type Row = (String, String, String);

/// The members of each of `groups`, as resources show them; `users` is the address of users.
///
/// # Errors
/// `tooMany`.
pub(super) async fn shown(db: &Db, groups: &[&str], users: &str) -> Result<HashMap<String, Vec<Value>>, ScimError> {
    if groups.is_empty() {
        return Ok(HashMap::new());
    }
    let members = members_of(groups.len());
    let rows: Vec<Row> = reading_on_both!(db, |pool| {
        groups.iter().fold(sqlx::query_as(&members), QueryAs::bind).fetch_all(pool).await?
    });
    resources(rows, users)
}

/// The members of `group`, as `transaction` leaves them, after it has set all of them: so there are never more than a
/// response may contain.
pub(super) async fn shown_in(transaction: &mut Transaction, group: &str, users: &str) -> Result<Vec<Value>, ScimError> {
    let members = members_of(1);
    let rows: Vec<Row> = in_transaction!(transaction, |connection| {
        sqlx::query_as(&members).bind(group).fetch_all(connection).await?
    });
    Ok(resources(rows, users)?.remove(group).unwrap_or_default())
}

/// The statement that reads the members of that many groups, up to one more than a response may contain.
fn members_of(groups: usize) -> String {
    format!(
        "SELECT m.group_id, m.member_id, u.document FROM scim_members m JOIN scim_users u ON u.id = m.member_id \
         WHERE m.group_id IN ({}) ORDER BY m.group_id, m.member_id LIMIT {}",
        places(1, groups),
        MOST_SHOWN + 1
    )
}

/// The members in `rows` as they are shown, by the id of the group.
fn resources(rows: Vec<Row>, users: &str) -> Result<HashMap<String, Vec<Value>>, ScimError> {
    if rows.len() > MOST_SHOWN {
        return Err(ScimError::too_many_found(format!(
            "The response would have more than {MOST_SHOWN} members. Ask for fewer groups at once, or add \
             excludedAttributes=members."
        )));
    }
    let mut shown: HashMap<String, Vec<Value>> = HashMap::new();
    for (group, id, document) in rows {
        let document: Value = serde_json::from_str(&document).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let name = [&document["displayName"], &document["userName"]].into_iter().find_map(Value::as_str);
        let member = json!({ "value": id, "$ref": format!("{users}/{id}"), "type": "User", "display": name });
        shown.entry(group).or_default().push(member);
    }
    Ok(shown)
}

/// Checks that everyone whom `changes` put into a group is a user of `issuer`, and locks these users until
/// `transaction` is over.
///
/// # Errors
/// `invalidValue`.
pub(super) async fn hold_users<'a>(
    transaction: &mut Transaction,
    issuer: &str,
    changes: impl Iterator<Item = &'a MemberChange>,
) -> Result<(), ScimError> {
    let ids: BTreeSet<&str> = changes.flat_map(MemberChange::added).map(String::as_str).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    for ids in ids.chunks(BATCH) {
        let find =
            format!("SELECT id FROM scim_users WHERE issuer = $1 AND id IN ({}) ORDER BY id", places(2, ids.len()));
        let values = [issuer].into_iter().chain(ids.iter().copied());
        let found: Vec<String> = match transaction {
            // The transaction has the database to itself.
            Transaction::Sqlite(transaction) => {
                values.fold(sqlx::query_scalar(&find), QueryScalar::bind).fetch_all(&mut **transaction).await?
            }
            Transaction::Postgres(transaction) => {
                let find = format!("{find} FOR KEY SHARE");
                values.fold(sqlx::query_scalar(&find), QueryScalar::bind).fetch_all(&mut **transaction).await?
            }
        };
        if found.len() < ids.len() {
            return Err(ScimError::value("A member is not a user that is known here."));
        }
    }
    Ok(())
}

/// Makes `change` of the members of `group`. Their users must be [held](hold_users) already.
pub(super) async fn apply(transaction: &mut Transaction, group: &str, change: &MemberChange) -> Result<(), ScimError> {
    if matches!(change, MemberChange::Replace(_) | MemberChange::RemoveAll) {
        remove_all(transaction, group).await?;
    }
    for ids in change.added().chunks(BATCH) {
        let add = format!(
            "INSERT INTO scim_members (group_id, member_id) SELECT $1, id FROM scim_users WHERE id IN ({}) \
             ON CONFLICT DO NOTHING",
            places(2, ids.len())
        );
        of_ids(transaction, &add, group, ids).await?;
    }
    if let MemberChange::Remove(ids) = change {
        for ids in ids.chunks(BATCH) {
            let remove =
                format!("DELETE FROM scim_members WHERE group_id = $1 AND member_id IN ({})", places(2, ids.len()));
            of_ids(transaction, &remove, group, ids).await?;
        }
    }
    Ok(())
}

/// Removes the user `id`, whose row must be locked, from every group at `now_ms`. Each of these groups gets a new
/// version.
pub(super) async fn remove_user(transaction: &mut Transaction, id: &str, now_ms: i64) -> Result<(), ScimError> {
    const GROUPS: &str = "SELECT id FROM scim_groups WHERE id IN (SELECT group_id FROM scim_members WHERE member_id = $1) \
                          ORDER BY id FOR UPDATE";
    const CHANGED: &str = "UPDATE scim_groups SET version = version + 1, changed_at = $2 \
                           WHERE id IN (SELECT group_id FROM scim_members WHERE member_id = $1)";
    const REMOVE: &str = "DELETE FROM scim_members WHERE member_id = $1";
    if let Transaction::Postgres(transaction) = transaction {
        sqlx::query(GROUPS).bind(id).fetch_all(&mut **transaction).await?;
    }
    in_transaction!(transaction, |connection| {
        sqlx::query(CHANGED).bind(id).bind(now_ms).execute(&mut *connection).await?;
        sqlx::query(REMOVE).bind(id).execute(&mut *connection).await?;
    });
    Ok(())
}

/// Removes everyone from `group`.
pub(super) async fn remove_all(transaction: &mut Transaction, group: &str) -> Result<(), ScimError> {
    const REMOVE: &str = "DELETE FROM scim_members WHERE group_id = $1";
    in_transaction!(transaction, |connection| sqlx::query(REMOVE).bind(group).execute(connection).await.map(drop))?;
    Ok(())
}

/// Runs `statement` with `group` and `ids` as its values.
async fn of_ids(
    transaction: &mut Transaction,
    statement: &str,
    group: &str,
    ids: &[String],
) -> Result<(), sqlx::Error> {
    let values = [group].into_iter().chain(ids.iter().map(String::as_str));
    in_transaction!(transaction, |connection| {
        values.fold(sqlx::query(statement), Query::bind).execute(connection).await.map(drop)
    })
}

/// `count` placeholders, numbered from `first`.
fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|number| format!("${number}")).collect();
    places.join(", ")
}
