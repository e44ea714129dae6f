//! Creating a data set, within its owner's limit.

use rolecall_model::Role;
use rolecall_sign_in::db::{Db, Transaction, in_transaction, reading_on_both};

use super::super::dataset::DataSetKind;
use super::super::error::DatasetError;
use super::super::queried::{StoredQuery, milliseconds};
use super::{NewVersion, insert_version};
use crate::ownership::{DATASETS, expire_deleted, may_own_another};

/// A data set to create.
pub struct NewDataSet<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub title: &'a str,
    pub description: &'a str,
    pub kind: DataSetKind,
    pub role: Role,
    pub owner: Option<i64>,
    /// How many data sets the owner may have, including this one; `None` without a limit.
    pub limit: Option<u32>,
}

/// How many data sets `owner` has that are not deleted.
pub async fn owned(db: &Db, owner: i64) -> Result<u32, DatasetError> {
    let count: i64 = reading_on_both!(db, |pool| sqlx::query_scalar(DATASETS.count).bind(owner).fetch_one(pool).await)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Fails with [`DatasetError::TooMany`] if `owner` has as many data sets as `limit`. Until the end of `transaction`,
/// nobody else can make one for that owner.
pub(super) async fn keep_within(transaction: &mut Transaction, owner: i64, limit: u32) -> Result<(), DatasetError> {
    if may_own_another(transaction, DATASETS, owner, limit).await? { Ok(()) } else { Err(DatasetError::TooMany(limit)) }
}

/// Creates a data set with its first version. `false`: the id or name is taken, and nothing was changed.
///
/// # Errors
/// [`DatasetError::TooMany`].
pub async fn create(db: &Db, new: &NewDataSet<'_>, first: &NewVersion<'_>) -> Result<bool, DatasetError> {
    create_with(db, new, first, None).await
}

/// The same, queried by `query`, whose first result is of `refreshed_at_ms`, Unix milliseconds (UTC). Without an owner
/// it comes from a file.
///
/// # Errors
/// As [`create`].
pub async fn create_queried(
    db: &Db,
    new: &NewDataSet<'_>,
    first: &NewVersion<'_>,
    query: &StoredQuery,
    refreshed_at_ms: i64,
) -> Result<bool, DatasetError> {
    create_with(db, new, first, Some((query, refreshed_at_ms))).await
}

async fn create_with(
    db: &Db,
    new: &NewDataSet<'_>,
    first: &NewVersion<'_>,
    query: Option<(&StoredQuery, i64)>,
) -> Result<bool, DatasetError> {
    const QUERY: &str = "INSERT INTO dataset_queries (dataset, connection, statement, fresh_ms, digest, refreshed_at, \
                         in_file, claimed_until, failures, retry_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0)";
    const CREATE: &str = "INSERT INTO datasets (id, name, title, description, kind, role, row_rules, owner, version, \
                          created_at) VALUES ($1, $2, $3, $4, $5, $6, '[]', $7, $8, $9) ON CONFLICT DO NOTHING";
    let mut transaction = db.begin().await?;
    if let (Some(owner), Some(limit)) = (new.owner, new.limit) {
        keep_within(&mut transaction, owner, limit).await?;
        expire_deleted(&mut transaction, DATASETS, owner, limit).await?;
    }
    in_transaction!(&mut transaction, |connection| {
        let created = sqlx::query(CREATE)
            .bind(new.id)
            .bind(new.name)
            .bind(new.title)
            .bind(new.description)
            .bind(new.kind.to_string())
            .bind(new.role.key())
            .bind(new.owner)
            .bind(first.version.cast_signed())
            .bind(first.created_at_ms)
            .execute(&mut *connection)
            .await?;
        if created.rows_affected() == 0 {
            return Ok(false);
        }
        insert_version!(&mut *connection, new.id, first);
        if let Some((query, refreshed_at_ms)) = query {
            let insert = sqlx::query(QUERY).bind(new.id).bind(&query.connection).bind(&query.statement);
            let insert = insert.bind(milliseconds(query.fresh)).bind(&query.digest).bind(refreshed_at_ms);
            insert.bind(new.owner.is_none()).execute(&mut *connection).await?;
        }
    });
    transaction.commit().await?;
    Ok(true)
}
