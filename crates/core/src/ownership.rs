//! How many things of a kind one person may own, and how many deleted ones are kept.

use rolecall_sign_in::db::{Transaction, in_transaction};

/// A table of things that people own and delete, with the statements about it.
#[derive(Clone, Copy, Debug)]
pub struct OwnedTable {
    /// Counts those of `$1` that are not deleted.
    pub count: &'static str,
    /// Marks those that `$1` deleted, except the latest `$2`, for the next sweep.
    expire: &'static str,
}

/// The statements about `$table`, whose primary key is `$key`.
macro_rules! owned_table {
    ($table:literal, $key:literal) => {
        OwnedTable {
            count: concat!("SELECT COUNT(*) FROM ", $table, " WHERE owner = $1 AND deleted_at IS NULL"),
            expire: concat!(
                "UPDATE ",
                $table,
                " SET deleted_at = 0 WHERE owner = $1 AND deleted_at > 0 AND ",
                $key,
                " NOT IN (SELECT ",
                $key,
                " FROM ",
                $table,
                " WHERE owner = $1 AND deleted_at > 0 ORDER BY deleted_at DESC, ",
                $key,
                " LIMIT $2)"
            ),
        }
    };
}

/// Dashboards that people make.
pub const DASHBOARDS: OwnedTable = owned_table!("dashboards", "slug");
pub const DATASETS: OwnedTable = owned_table!("datasets", "id");

/// Whether `owner` has fewer in `table` than `limit`. Until the end of `transaction`, nobody else can make one for that
/// owner.
pub async fn may_own_another(
    transaction: &mut Transaction,
    table: OwnedTable,
    owner: i64,
    limit: u32,
) -> Result<bool, sqlx::Error> {
    const LOCK: &str = "UPDATE users SET name = name WHERE id = $1";
    let count: i64 = in_transaction!(transaction, |connection| {
        sqlx::query(LOCK).bind(owner).execute(&mut *connection).await?;
        sqlx::query_scalar(table.count).bind(owner).fetch_one(connection).await?
    });
    Ok(count < i64::from(limit))
}

/// Marks those in `table` that `owner` deleted, except the latest `keep`, for the sweep, as part of `transaction`.
pub async fn expire_deleted(
    transaction: &mut Transaction,
    table: OwnedTable,
    owner: i64,
    keep: u32,
) -> Result<(), sqlx::Error> {
    in_transaction!(transaction, |connection| {
        sqlx::query(table.expire).bind(owner).bind(i64::from(keep)).execute(connection).await.map(drop)
    })
}
