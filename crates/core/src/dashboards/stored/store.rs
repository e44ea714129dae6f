//! Stored dashboards in the database. All SQL about them is in this file and in the sweep, except for
//! [`ownership`](crate::ownership).

use rolecall_model::spec::DashboardSpec;
use rolecall_sign_in::db::{Db, Transaction, in_transaction, reading_on_both};

use super::editor::Editor;
use super::entries::{HistoryEntry, Removed};
use super::error::StoreError;
use crate::dashboards::spec::Edition;
use crate::ownership::{DASHBOARDS, expire_deleted, may_own_another};

/// A version that is to become the current one.
pub(super) struct NewDashboardVersion<'a> {
    pub(super) number: i64,
    /// The document as JSON.
    pub(super) document: &'a str,
    pub(super) title: &'a str,
    /// A short description of the change.
    pub(super) change: &'a str,
    /// The version that it restores.
    pub(super) restored_from: Option<i64>,
    pub(super) created_at_ms: i64,
}

/// The names of all that are not deleted.
pub async fn slugs(db: &Db) -> Result<Vec<String>, sqlx::Error> {
    const SLUGS: &str = "SELECT slug FROM dashboards WHERE deleted_at IS NULL";
    reading_on_both!(db, |pool| sqlx::query_scalar(SLUGS).fetch_all(pool).await)
}

/// Every one that is not deleted, by name, with its current version.
pub(super) async fn editions(db: &Db) -> Result<Vec<(String, Edition)>, sqlx::Error> {
    const EDITIONS: &str = "SELECT slug, owner, version, created_at FROM dashboards WHERE deleted_at IS NULL";
    let rows: Vec<(String, Option<i64>, i64, i64)> =
        reading_on_both!(db, |pool| sqlx::query_as(EDITIONS).fetch_all(pool).await)?;
    let edition = |(slug, owner, version, created_at_ms)| (slug, Edition { owner, version, created_at_ms });
    Ok(rows.into_iter().map(edition).collect())
}

/// The edition of the dashboard `slug` at this moment, unless it is deleted.
pub(super) async fn edition(db: &Db, slug: &str) -> Result<Option<Edition>, sqlx::Error> {
    const EDITION: &str = "SELECT owner, version, created_at FROM dashboards WHERE slug = $1 AND deleted_at IS NULL";
    let row: Option<(Option<i64>, i64, i64)> =
        reading_on_both!(db, |pool| sqlx::query_as(EDITION).bind(slug).fetch_optional(pool).await)?;
    Ok(row.map(|(owner, version, created_at_ms)| Edition { owner, version, created_at_ms }))
}

/// The document of a version, as JSON, and when it was made.
pub(super) async fn document(db: &Db, slug: &str, version: i64) -> Result<Option<(String, i64)>, sqlx::Error> {
    const DOCUMENT: &str = "SELECT document, created_at FROM dashboard_versions WHERE dashboard = $1 AND version = $2";
    reading_on_both!(db, |pool| sqlx::query_as(DOCUMENT).bind(slug).bind(version).fetch_optional(pool).await)
}

/// The documents of the versions of the dashboard `slug` from `first` on, as JSON.
pub(super) async fn documents(db: &Db, slug: &str, first: i64) -> Result<Vec<(i64, String)>, sqlx::Error> {
    const DOCUMENTS: &str = "SELECT version, document FROM dashboard_versions WHERE dashboard = $1 AND version >= $2";
    reading_on_both!(db, |pool| sqlx::query_as(DOCUMENTS).bind(slug).bind(first).fetch_all(pool).await)
}

/// A row of [`versions`].
type VersionRow = (i64, String, String, Option<i64>, String, i64);

/// The versions of the dashboard `slug` after the cursor `after`, the latest first.
pub(super) async fn versions(db: &Db, slug: &str, after: i64) -> Result<Vec<HistoryEntry>, sqlx::Error> {
    const VERSIONS: &str = "SELECT version, title, change, restored_from, editor, created_at FROM dashboard_versions \
                            WHERE dashboard = $1 AND version > $2 ORDER BY version DESC";
    let rows: Vec<VersionRow> =
        reading_on_both!(db, |pool| sqlx::query_as(VERSIONS).bind(slug).bind(after).fetch_all(pool).await)?;
    let entry = |(version, title, change, restored_from, editor, created_at_ms)| HistoryEntry {
        version,
        title,
        change: Some(change),
        restored_from,
        editor,
        created_at_ms,
        can_be_restored: true,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Stores a version, on the database of the connection.
macro_rules! insert_version {
    ($connection:expr, $slug:expr, $new:expr, $by:expr) => {{
        const INSERT: &str = "INSERT INTO dashboard_versions \
                              (dashboard, version, document, title, change, restored_from, edited_by, editor, created_at) \
                              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        sqlx::query(INSERT)
            .bind($slug)
            .bind($new.number)
            .bind($new.document)
            .bind($new.title)
            .bind($new.change)
            .bind($new.restored_from)
            .bind($by.user)
            .bind($by.name)
            .bind($new.created_at_ms)
            .execute(&mut *$connection)
            .await?;
    }};
}

/// Fails with [`StoreError::TooMany`] if `by` owns as many as `limit`. Until the end of `transaction`, nobody else can
/// make one for them.
async fn keep_within(transaction: &mut Transaction, by: Editor<'_>, limit: u32) -> Result<(), StoreError> {
    if may_own_another(transaction, DASHBOARDS, by.user, limit).await? {
        Ok(())
    } else {
        Err(StoreError::TooMany(limit))
    }
}

/// Creates the dashboard `slug`, owned by `by`, as part of `transaction`. `false`: the name is taken, maybe by a
/// deleted one, and nothing was changed.
///
/// # Errors
/// [`StoreError::TooMany`] if they own as many as `limit`.
pub(super) async fn create(
    transaction: &mut Transaction,
    slug: &str,
    first: &NewDashboardVersion<'_>,
    by: Editor<'_>,
    limit: Option<u32>,
) -> Result<bool, StoreError> {
    // A dashboard from a file may have left notes under this name, which readers of the new one must not see.
    const CREATE: &str = "INSERT INTO dashboards (slug, owner, version, created_at) SELECT $1, $2, $3, $4 \
                          WHERE NOT EXISTS (SELECT 1 FROM notes WHERE dashboard = $1) ON CONFLICT DO NOTHING";
    if let Some(limit) = limit {
        keep_within(transaction, by, limit).await?;
        expire_deleted(transaction, DASHBOARDS, by.user, limit).await?;
    }
    in_transaction!(transaction, |connection| {
        let create = sqlx::query(CREATE).bind(slug).bind(by.user).bind(first.number).bind(first.created_at_ms);
        if create.execute(&mut *connection).await?.rows_affected() == 0 {
            return Ok(false);
        }
        insert_version!(connection, slug, first, by);
        Ok(true)
    })
}

/// Stores `new` as the current version of the dashboard `slug`, as part of `transaction`. `false`: another version was
/// first, it is deleted, or `by` may not change it, and nothing was changed.
pub(super) async fn add_version(
    transaction: &mut Transaction,
    slug: &str,
    new: &NewDashboardVersion<'_>,
    by: Editor<'_>,
) -> Result<bool, sqlx::Error> {
    const NEXT: &str = "UPDATE dashboards SET version = $2 WHERE slug = $1 AND version = $2 - 1 \
                        AND deleted_at IS NULL AND (owner = $3 OR $4)";
    in_transaction!(transaction, |connection| {
        let next = sqlx::query(NEXT).bind(slug).bind(new.number).bind(by.user).bind(by.is_admin);
        if next.execute(&mut *connection).await?.rows_affected() == 0 {
            return Ok(false);
        }
        insert_version!(connection, slug, new, by);
        Ok(true)
    })
}

/// Deletes the dashboard `slug` as part of `transaction`; the sweep removes it later. `false`: `version` is no longer
/// current, it is deleted already, or `by` may not change it.
pub(super) async fn delete(
    transaction: &mut Transaction,
    (slug, version): (&str, i64),
    by: Editor<'_>,
    now_ms: i64,
) -> Result<bool, sqlx::Error> {
    const DELETE: &str = "UPDATE dashboards SET deleted_at = $3 WHERE slug = $1 AND version = $2 AND deleted_at IS NULL \
                          AND (owner = $4 OR $5)";
    in_transaction!(transaction, |connection| {
        let delete = sqlx::query(DELETE).bind(slug).bind(version).bind(now_ms).bind(by.user).bind(by.is_admin);
        Ok(delete.execute(connection).await?.rows_affected() > 0)
    })
}

/// Restores the deleted dashboard `slug`, as part of `transaction`. `false`: it is not deleted, gone, or `by` may not
/// change it.
///
/// # Errors
/// As [`create`]. Only administrators, who have no limit, restore dashboards of others.
pub(super) async fn undelete(
    transaction: &mut Transaction,
    slug: &str,
    by: Editor<'_>,
    limit: Option<u32>,
) -> Result<bool, StoreError> {
    const UNDELETE: &str = "UPDATE dashboards SET deleted_at = NULL WHERE slug = $1 AND deleted_at > 0 \
                            AND (owner = $2 OR $3)";
    const DOCUMENT: &str = "SELECT v.document FROM dashboards d JOIN dashboard_versions v ON v.dashboard = d.slug \
                            AND v.version = d.version WHERE d.slug = $1 AND d.deleted_at > 0";
    // A deleted dashboard cannot change.
    let document: Option<String> = in_transaction!(transaction, |connection| {
        sqlx::query_scalar(DOCUMENT).bind(slug).fetch_optional(connection).await?
    });
    if !document.is_some_and(|document| is_open(&document, by)) {
        return Ok(false);
    }
    if let Some(limit) = limit {
        keep_within(transaction, by, limit).await?;
    }
    in_transaction!(transaction, |connection| {
        let undelete = sqlx::query(UNDELETE).bind(slug).bind(by.user).bind(by.is_admin);
        Ok(undelete.execute(connection).await?.rows_affected() > 0)
    })
}

/// The deleted ones that are still kept and that `by` may restore, the latest `most` first. Documents are read only if
/// the person may not see all of them.
pub(super) async fn deleted(db: &Db, by: Editor<'_>, most: i64) -> Result<Vec<Removed>, sqlx::Error> {
    const DELETED: &str = "SELECT d.slug, v.title, d.deleted_at, CASE WHEN $2 THEN '' ELSE v.document END \
                           FROM dashboards d JOIN dashboard_versions v ON v.dashboard = d.slug AND v.version = d.version \
                           WHERE d.deleted_at > 0 AND (d.owner = $1 OR $2) ORDER BY d.deleted_at DESC, d.slug LIMIT $3";
    let rows: Vec<(String, String, i64, String)> = reading_on_both!(db, |pool| {
        sqlx::query_as(DELETED).bind(by.user).bind(by.is_admin).bind(most).fetch_all(pool).await
    })?;
    let open = rows.into_iter().filter(|(.., document)| is_open(document, by));
    Ok(open.map(|(slug, title, deleted_at_ms, _)| Removed { slug, title, deleted_at_ms }).collect())
}

/// Whether `by` may see the dashboard with this `document`: an owner can have a lower role.
fn is_open(document: &str, by: Editor<'_>) -> bool {
    by.is_admin || serde_json::from_str::<DashboardSpec>(document).is_ok_and(|spec| by.role >= spec.role)
}
