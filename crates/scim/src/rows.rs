//! The rows of users and groups. All SQL about them is here, except for that about members.

use rolecall_sign_in::db::{Db, Transaction, in_transaction, reading_on_both};
use serde_json::{Map, Value};

use super::error::ScimError;
use super::filter::Comparison;

/// A table of resources.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    name: &'static str,
    /// The attribute by which people know a resource of it.
    pub(super) known_by: &'static str,
    /// The column with that attribute in lower case.
    column: &'static str,
}

pub(super) const USERS: Table = Table { name: "scim_users", known_by: "userName", column: "user_name" };
pub(super) const GROUPS: Table = Table { name: "scim_groups", known_by: "displayName", column: "display_name" };

/// A stored resource.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) document: Map<String, Value>,
    pub(super) version: i64,
    pub(super) created_at_ms: i64,
    pub(super) changed_at_ms: i64,
}

impl Stored {
    /// The text of the attribute `name`.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.document.get(name)?.as_str()
    }

    /// Its version as an entity tag (RFC 7644, section 3.14).
    pub(super) fn etag(&self) -> String {
        format!("W/\"{}\"", self.version)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    document: String,
    version: i64,
    created_at: i64,
    changed_at: i64,
}

const COLUMNS: &str = "r.id, r.document, r.version, r.created_at, r.changed_at";

impl TryFrom<Row> for Stored {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let Row { id, document, version, created_at, changed_at } = row;
        let document = serde_json::from_str(&document).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Self { id, document, version, created_at_ms: created_at, changed_at_ms: changed_at })
    }
}

/// The resource `id` of `issuer`.
pub(super) async fn find(db: &Db, table: Table, issuer: &str, id: &str) -> Result<Stored, ScimError> {
    let find = format!("SELECT {COLUMNS} FROM {} r WHERE r.issuer = $1 AND r.id = $2", table.name);
    let row: Option<Row> =
        reading_on_both!(db, |pool| sqlx::query_as(&find).bind(issuer).bind(id).fetch_optional(pool).await?);
    Ok(row.ok_or(ScimError::not_found())?.try_into()?)
}

/// The same, locked until `transaction` is over.
pub(super) async fn locked(
    transaction: &mut Transaction,
    table: Table,
    issuer: &str,
    id: &str,
) -> Result<Stored, ScimError> {
    let find = format!("SELECT {COLUMNS} FROM {} r WHERE r.issuer = $1 AND r.id = $2", table.name);
    let row: Option<Row> = match transaction {
        // The transaction has the database to itself.
        Transaction::Sqlite(transaction) => {
            sqlx::query_as(&find).bind(issuer).bind(id).fetch_optional(&mut **transaction).await?
        }
        Transaction::Postgres(transaction) => {
            let find = format!("{find} FOR UPDATE");
            sqlx::query_as(&find).bind(issuer).bind(id).fetch_optional(&mut **transaction).await?
        }
    };
    Ok(row.ok_or(ScimError::not_found())?.try_into()?)
}

/// The resources of `issuer` that match `filter`, at most `count` from the position `start` (from 1) on; and how many
/// there are in all.
pub(super) async fn page(
    db: &Db,
    table: Table,
    issuer: &str,
    filter: &[Comparison],
    (start, count): (i64, i64),
) -> Result<(Vec<Stored>, i64), ScimError> {
    let (mut conditions, mut values) = ("r.issuer = $1".to_owned(), vec![issuer.to_owned()]);
    for comparison in filter {
        let (condition, value) = condition(table, comparison)?;
        values.push(value);
        conditions = format!("{conditions} AND {}", condition.replace('?', &format!("${}", values.len())));
    }
    let total = format!("SELECT COUNT(*) FROM {} r WHERE {conditions}", table.name);
    let rows = format!(
        "SELECT {COLUMNS} FROM {} r WHERE {conditions} ORDER BY r.created_at, r.id LIMIT {count} OFFSET {}",
        table.name,
        start - 1
    );
    reading_on_both!(db, |pool| {
        let total: i64 =
            values.iter().fold(sqlx::query_scalar(&total), sqlx::query::QueryScalar::bind).fetch_one(pool).await?;
        let rows: Vec<Row> =
            values.iter().fold(sqlx::query_as(&rows), sqlx::query::QueryAs::bind).fetch_all(pool).await?;
        Ok((rows.into_iter().map(Stored::try_from).collect::<Result<_, _>>()?, total))
    })
}

/// The condition that `comparison` puts on a row, with `?` for its value, and that value.
fn condition(table: Table, comparison: &Comparison) -> Result<(String, String), ScimError> {
    const MEMBER: &str = "EXISTS (SELECT 1 FROM scim_members m WHERE m.group_id = r.id AND m.member_id = ?)";
    let Value::String(value) = &comparison.value else {
        return Err(ScimError::filter("Only texts can be compared here."));
    };
    match comparison.attribute.as_str() {
        "id" => Ok(("r.id = ?".to_owned(), value.clone())),
        "externalid" => Ok(("r.external_id = ?".to_owned(), value.clone())),
        name if name.eq_ignore_ascii_case(table.known_by) => {
            Ok((format!("r.{} = ?", table.column), value.to_lowercase()))
        }
        "members" | "members.value" if table.name == GROUPS.name => Ok((MEMBER.to_owned(), value.clone())),
        _ => Err(ScimError::filter(format!("Only id, externalId and {} can be compared here.", table.known_by))),
    }
}

/// Adds `new`.
///
/// # Errors
/// `uniqueness`.
pub(super) async fn insert(
    transaction: &mut Transaction,
    table: Table,
    issuer: &str,
    new: &Stored,
) -> Result<(), ScimError> {
    let insert = format!(
        "INSERT INTO {} (id, issuer, {}, external_id, document, version, created_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        table.name, table.column
    );
    let inserted = in_transaction!(transaction, |connection| {
        let insert = sqlx::query(&insert).bind(&new.id).bind(issuer).bind(key(table, new)).bind(new.text("externalId"));
        let insert = insert.bind(document(new)).bind(new.version).bind(new.changed_at_ms);
        insert.execute(connection).await.map(drop)
    });
    inserted.map_err(|error| unless_taken(table, error))
}

/// Replaces the row with the id of `changed`.
///
/// # Errors
/// `uniqueness`.
pub(super) async fn update(transaction: &mut Transaction, table: Table, changed: &Stored) -> Result<(), ScimError> {
    let update = format!(
        "UPDATE {} SET {} = $1, external_id = $2, document = $3, version = $4, changed_at = $5 WHERE id = $6",
        table.name, table.column
    );
    let updated = in_transaction!(transaction, |connection| {
        let update = sqlx::query(&update).bind(key(table, changed)).bind(changed.text("externalId"));
        let update = update.bind(document(changed)).bind(changed.version).bind(changed.changed_at_ms);
        update.bind(&changed.id).execute(connection).await.map(drop)
    });
    updated.map_err(|error| unless_taken(table, error))
}

/// Deletes the row `id`. Its rows in [`members`](super::members) must be deleted before.
pub(super) async fn delete(transaction: &mut Transaction, table: Table, id: &str) -> Result<(), ScimError> {
    let delete = format!("DELETE FROM {} WHERE id = $1", table.name);
    in_transaction!(transaction, |connection| sqlx::query(&delete).bind(id).execute(connection).await.map(drop))?;
    Ok(())
}

/// The attribute by which people know it, in lower case.
fn key(table: Table, stored: &Stored) -> String {
    stored.text(table.known_by).unwrap_or_default().to_lowercase()
}

fn document(stored: &Stored) -> String {
    Value::Object(stored.document.clone()).to_string()
}

fn unless_taken(table: Table, error: sqlx::Error) -> ScimError {
    match error {
        sqlx::Error::Database(error) if error.is_unique_violation() => {
            let both = if table.name == USERS.name { "userName or externalId" } else { "externalId" };
            ScimError::taken(both)
        }
        error => error.into(),
    }
}
