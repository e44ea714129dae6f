//! Changes to a data set's properties. Each fails if the revision that the person saw is no longer current.

use rolecall_model::Role;
use rolecall_sign_in::db::{Db, Transaction, in_transaction, reading_on_both};

use super::super::error::DatasetError;
use super::super::row_rules::RowRule;
use super::create::keep_within;

/// The properties that people edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub title: String,
    /// A one-sentence description. May be empty.
    pub description: String,
    /// The lowest role that may see it.
    pub role: Role,
}

/// A deleted data set that is still kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// Its id; its name may have been taken since.
    pub id: String,
    pub name: String,
    pub title: String,
    /// The lowest role that could see it.
    pub role: Role,
    /// Who owned it.
    pub owner: Option<i64>,
    /// When it was deleted, Unix milliseconds (UTC).
    pub deleted_at_ms: i64,
}

/// Changes the properties of the data set `id`, as part of `transaction`. `false`: `revision` is not current, or it is
/// deleted.
pub async fn describe(
    transaction: &mut Transaction,
    id: &str,
    new: &Description,
    revision: i64,
) -> Result<bool, DatasetError> {
    const DESCRIBE: &str = "UPDATE datasets SET title = $3, description = $4, role = $5, revision = revision + 1 \
                            WHERE id = $1 AND revision = $2 AND deleted_at IS NULL";
    in_transaction!(transaction, |connection| {
        let describe = sqlx::query(DESCRIBE).bind(id).bind(revision);
        let describe = describe.bind(&new.title).bind(&new.description).bind(new.role.key());
        Ok(describe.execute(connection).await?.rows_affected() > 0)
    })
}

/// Sets the rules of the data set `id`, as part of `transaction`. `false`: `revision` is not current, or it is deleted.
pub async fn save_rules(
    transaction: &mut Transaction,
    (id, name): (&str, &str),
    rules: &[RowRule],
    revision: i64,
) -> Result<bool, DatasetError> {
    const SAVE: &str = "UPDATE datasets SET row_rules = $3, revision = revision + 1 \
                        WHERE id = $1 AND revision = $2 AND deleted_at IS NULL";
    let rules = serde_json::to_string(rules)
        .map_err(|error| DatasetError::Entry { name: name.to_owned(), source: error.into() })?;
    in_transaction!(transaction, |connection| {
        let save = sqlx::query(SAVE).bind(id).bind(revision).bind(&rules);
        Ok(save.execute(connection).await?.rows_affected() > 0)
    })
}

/// Deletes the data set `id` as part of `transaction`; the sweep removes its rows later. `false`: `revision` is not
/// current, or it was deleted already.
pub async fn delete(transaction: &mut Transaction, id: &str, revision: i64, now_ms: i64) -> Result<bool, DatasetError> {
    const DELETE: &str = "UPDATE datasets SET deleted_at = $3 WHERE id = $1 AND revision = $2 AND deleted_at IS NULL";
    in_transaction!(transaction, |connection| {
        let delete = sqlx::query(DELETE).bind(id).bind(revision).bind(now_ms);
        Ok(delete.execute(connection).await?.rows_affected() > 0)
    })
}

/// Restores a deleted data set, whose owner may have `limit` of them, as part of `transaction`. `false`: it is not
/// deleted, or gone.
///
/// # Errors
/// [`DatasetError::Exists`] if another data set has taken its name; [`DatasetError::TooMany`].
pub async fn undelete(
    transaction: &mut Transaction,
    deleted: &Deleted,
    limit: Option<u32>,
) -> Result<bool, DatasetError> {
    const UNDELETE: &str = "UPDATE datasets SET deleted_at = NULL WHERE id = $1 AND deleted_at > 0 \
                            AND role = $2 AND owner IS NOT DISTINCT FROM $3";
    let Deleted { id, name, role, owner, .. } = deleted;
    if let (Some(owner), Some(limit)) = (*owner, limit) {
        keep_within(transaction, owner, limit).await?;
    }
    in_transaction!(transaction, |connection| {
        let undelete = sqlx::query(UNDELETE).bind(id).bind(role.key()).bind(*owner).execute(connection).await;
        let undeleted = undelete.map_err(|error| match error.as_database_error() {
            Some(refused) if refused.is_unique_violation() => DatasetError::Exists(name.clone()),
            _ => error.into(),
        })?;
        Ok(undeleted.rows_affected() > 0)
    })
}

/// A row of [`deleted`].
type DeletedRow = (String, String, String, String, Option<i64>, i64);

/// A filter for deleted data sets.
pub enum DeletedOf<'a> {
    /// The one with this id.
    Id(&'a str),
    /// The latest ones of this owner, with a limit.
    Owner(i64, u32),
    /// The latest ones of everyone, with a limit.
    All(u32),
}

/// The deleted data sets that are still kept, the latest first.
pub async fn deleted(db: &Db, of: DeletedOf<'_>) -> Result<Vec<Deleted>, DatasetError> {
    const DELETED: &str = "SELECT id, name, title, role, owner, deleted_at FROM datasets WHERE deleted_at > 0 \
                           AND (CAST($1 AS TEXT) IS NULL OR id = $1) AND (CAST($2 AS BIGINT) IS NULL OR owner = $2) \
                           ORDER BY deleted_at DESC, id LIMIT $3";
    let (id, owner, most) = match of {
        DeletedOf::Id(id) => (Some(id), None, 1),
        DeletedOf::Owner(owner, most) => (None, Some(owner), most),
        DeletedOf::All(most) => (None, None, most),
    };
    let rows: Vec<DeletedRow> = reading_on_both!(db, |pool| {
        sqlx::query_as(DELETED).bind(id).bind(owner).bind(i64::from(most)).fetch_all(pool).await
    })?;
    let read = |(id, name, title, role, owner, deleted_at_ms): DeletedRow| {
        let role = role
            .parse()
            .map_err(|error: strum::ParseError| DatasetError::Entry { name: name.clone(), source: error.into() })?;
        Ok(Deleted { id, name, title, role, owner, deleted_at_ms })
    };
    rows.into_iter().map(read).collect()
}

/// The name of the user `id`.
pub async fn name_of(db: &Db, id: i64) -> Result<Option<String>, DatasetError> {
    const NAME: &str = "SELECT name FROM users WHERE id = $1";
    Ok(reading_on_both!(db, |pool| sqlx::query_scalar(NAME).bind(id).fetch_optional(pool).await)?)
}
