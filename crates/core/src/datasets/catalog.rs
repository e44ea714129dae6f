//! Data sets and their versions in the database. All SQL about them is in this file and its folder, except for
//! [`ownership`](crate::ownership).

mod changes;
mod create;
mod new_version;
mod queries;
mod sweep;
mod versions;

use std::collections::{BTreeMap, HashMap};
use std::slice;
use std::sync::Arc;

use rolecall_data::query::DataVersion;
use rolecall_model::Role;
use rolecall_sign_in::db::{Db, Transaction, in_transaction, reading_on_both};
use serde::de::DeserializeOwned;

use super::dataset::{Catalogue, DataSet, DataSetKind, Outlines};
use super::error::DatasetError;
use super::queried::QueryState;

pub use changes::{Deleted, Description};
pub(super) use changes::{DeletedOf, delete, deleted, describe, name_of, save_rules, undelete};
pub(super) use create::{NewDataSet, create, create_queried, owned};
use new_version::insert_version;
pub(super) use new_version::{NewVersion, add_version, add_version_with};
pub(super) use queries::{
    RefreshOutcome, change_query, claim_query, forget_snapshots, put_in_file, query_failed, query_refreshed,
    stored_query,
};
pub(super) use sweep::{forget_deleted, forget_versions, named_files};
pub use versions::Version;
pub(super) use versions::{restore_version, sources, versions};

/// A row of [`all`], in the order of its columns.
type DataSetRow =
    (String, String, String, String, String, String, String, i64, Option<i64>, i64, String, String, i64, i64, i64);

/// Roles, owners and columns: they decide who may see what uses each data set. Deleted ones come first.
const OUTLINES: &str = "SELECT d.name, d.role, d.owner, v.columns FROM datasets d \
                        LEFT JOIN dataset_versions v ON v.dataset = d.id AND v.version = d.version \
                        ORDER BY d.deleted_at IS NULL, d.deleted_at";

/// All data sets by name, with the roles and columns of deleted ones.
///
/// # Errors
/// When the database does not answer, or contains data that this version cannot read.
pub async fn catalogue(db: &Db) -> Result<Catalogue, DatasetError> {
    // This is read first: data sets deleted or restored in between are known either way.
    let outlines = reading_on_both!(db, |pool| sqlx::query_as(OUTLINES).fetch_all(pool).await)?;
    let there = all(db).await?.into_iter().map(|dataset| (dataset.name.clone(), Arc::new(dataset))).collect();
    Ok(Catalogue { there, outlines: outlines_of(outlines) })
}

/// The statement that reads the data sets that are not deleted and meet `$meant`.
macro_rules! select {
    ($meant:literal) => {
        concat!(
            "SELECT d.id, d.name, d.title, d.kind, d.role, d.description, d.row_rules, d.revision, d.owner, d.version, ",
            "v.columns, v.files, v.row_count, v.bytes, v.created_at ",
            "FROM datasets d JOIN dataset_versions v ON v.dataset = d.id AND v.version = d.version ",
            "WHERE d.deleted_at IS NULL ",
            $meant
        )
    };
}

/// Role and columns of every data set as `transaction` sees them, including deleted ones whose names are free.
pub async fn outlines(transaction: &mut Transaction) -> Result<Outlines, sqlx::Error> {
    let rows = in_transaction!(transaction, |connection| sqlx::query_as(OUTLINES).fetch_all(connection).await)?;
    Ok(outlines_of(rows))
}

/// A row of [`OUTLINES`]: name, role, owner, columns.
type OutlineRow = (String, String, Option<i64>, Option<String>);

/// Of several with one name, the last applies: the existing one or, without one, the latest deleted one. If its owner
/// is another, its role is at least that of the earlier ones: having the name alone does not make it the data set that
/// panels were made for.
fn outlines_of(rows: Vec<OutlineRow>) -> Outlines {
    let mut outlines = Outlines::new();
    let mut of_name = BTreeMap::<String, Vec<(Role, Option<i64>)>>::new();
    for (name, role, owner, columns) in rows {
        // A role from a later version of Rolecall counts as Admin.
        let role = Role::from_key(&role).unwrap_or(Role::Admin);
        let earlier = of_name.entry(name.clone()).or_default();
        let of_others = earlier.iter().filter(|(_, other)| *other != owner).map(|(role, _)| *role).max();
        earlier.push((role, owner));
        let columns = columns.and_then(|columns| serde_json::from_str(&columns).ok()).unwrap_or_default();
        outlines.insert(name, (of_others.map_or(role, |of_others| of_others.max(role)), columns));
    }
    outlines
}

/// All data sets that are not deleted, sorted by name.
pub(super) async fn all(db: &Db) -> Result<Vec<DataSet>, DatasetError> {
    const ALL: &str = select!("ORDER BY d.name");
    let rows: Vec<DataSetRow> = reading_on_both!(db, |pool| sqlx::query_as(ALL).fetch_all(pool).await)?;
    let mut queries = queries_of(db, &rows).await?;
    rows.into_iter().map(|row| read(row, &mut queries)).collect()
}

/// The data set called `name`, unless it is deleted.
pub(super) async fn by_name(db: &Db, name: &str) -> Result<Option<DataSet>, DatasetError> {
    one(db, select!("AND d.name = $1"), name).await
}

/// The data set with this `id`, unless it is deleted.
pub(super) async fn by_id(db: &Db, id: &str) -> Result<Option<DataSet>, DatasetError> {
    one(db, select!("AND d.id = $1"), id).await
}

async fn one(db: &Db, select: &'static str, which: &str) -> Result<Option<DataSet>, DatasetError> {
    let row: Option<DataSetRow> =
        reading_on_both!(db, |pool| sqlx::query_as(select).bind(which).fetch_optional(pool).await)?;
    let Some(row) = row else { return Ok(None) };
    let mut queries = queries_of(db, slice::from_ref(&row)).await?;
    read(row, &mut queries).map(Some)
}

/// The state of the queries among `rows`, by the id of their data set.
async fn queries_of(db: &Db, rows: &[DataSetRow]) -> Result<HashMap<String, QueryState>, DatasetError> {
    let is_queried = |row: &DataSetRow| row.3.parse() == Ok(DataSetKind::Queried);
    if rows.iter().any(is_queried) { queries::states(db).await } else { Ok(HashMap::new()) }
}

fn read(row: DataSetRow, queries: &mut HashMap<String, QueryState>) -> Result<DataSet, DatasetError> {
    let (
        id,
        name,
        title,
        kind,
        role,
        description,
        row_rules,
        revision,
        owner,
        version,
        columns,
        files,
        rows,
        bytes,
        at_ms,
    ) = row;
    let wrong = |source| DatasetError::Entry { name: name.clone(), source };
    Ok(DataSet {
        kind: kind.parse().map_err(|error: strum::ParseError| wrong(error.into()))?,
        role: role.parse().map_err(|error: strum::ParseError| wrong(error.into()))?,
        row_rules: json(&row_rules).map_err(wrong)?,
        query: queries.remove(&id),
        data: DataVersion {
            dataset: id,
            version: version.unsigned_abs(),
            columns: json(&columns).map_err(wrong)?,
            files: json(&files).map_err(wrong)?,
            rows: rows.unsigned_abs(),
        },
        bytes: bytes.unsigned_abs(),
        updated_at_ms: at_ms,
        description,
        revision,
        owner,
        title,
        name,
    })
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, Box<dyn std::error::Error + Send + Sync>> {
    Ok(serde_json::from_str(text)?)
}

/// The version with the file called `name`, if any.
pub(super) async fn version_with(db: &Db, name: &str) -> Result<Option<u64>, DatasetError> {
    const WITH: &str =
        "SELECT version FROM dataset_versions WHERE files LIKE '%\"' || $1 || '\"%' ORDER BY version LIMIT 1";
    let version: Option<i64> =
        reading_on_both!(db, |pool| sqlx::query_scalar(WITH).bind(name).fetch_optional(pool).await)?;
    Ok(version.map(i64::unsigned_abs))
}
