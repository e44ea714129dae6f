//! Deletes rows that are older than the audit is kept. The remaining chain stays verifiable.

use std::time::Duration;

use rolecall_sign_in::db::{Db, in_transaction, reading_on_both};

use super::chain::{ChainKeys, ChainedRow, Ends};
use super::mark::HeadMark;
use super::verify::{Broken, ROWS, check};
use super::write::{examine, lock_ends, save_ends};

/// How many rows are deleted in one batch.
const AT_ONCE: i64 = 500;
/// The pause between batches, for other queries.
const REST: Duration = Duration::from_millis(50);

/// Deletes the rows that are older than `until_ms`, Unix milliseconds (UTC), in the order of the chain. A younger row
/// also keeps those after it.
///
/// # Errors
/// When the database does not answer; the next run does the rest.
pub(super) async fn prune(db: &Db, keys: &ChainKeys, mark: &HeadMark, until_ms: i64) -> Result<(), sqlx::Error> {
    while prune_some(db, keys, mark, until_ms).await? {
        tokio::time::sleep(REST).await;
    }
    Ok(())
}

/// Whether there may be more.
async fn prune_some(db: &Db, keys: &ChainKeys, mark: &HeadMark, until_ms: i64) -> Result<bool, sqlx::Error> {
    const FIRST_KEPT: &str = "SELECT id FROM audit WHERE id > $1 AND id <= $2 AND at >= $3 ORDER BY id LIMIT 1";
    const DELETE: &str = "DELETE FROM audit WHERE id <= $1";
    const OLDEST: &str = "SELECT at FROM audit ORDER BY id LIMIT 1";
    let oldest: Option<i64> = reading_on_both!(db, |pool| sqlx::query_scalar(OLDEST).fetch_optional(pool).await?);
    if oldest.is_none_or(|at_ms| at_ms >= until_ms) {
        return Ok(false);
    }
    let mut transaction = db.begin().await?;
    let mut ends = lock_ends(&mut transaction).await?;
    if let Err(broken) = examine(&mut transaction, keys, mark, &ends).await? {
        return Ok(stop(&broken));
    }
    // Other writers wait during this, so only the rows to delete are read.
    let most = ends.head.min(ends.pruned + AT_ONCE);
    let first_kept: Option<i64> = in_transaction!(&mut transaction, |connection| {
        let find = sqlx::query_scalar(FIRST_KEPT).bind(ends.pruned).bind(most).bind(until_ms);
        find.fetch_optional(connection).await?
    });
    let last = first_kept.map_or(most, |first| first - 1);
    if last <= ends.pruned {
        return Ok(false);
    }
    let rows: Vec<ChainedRow> = in_transaction!(&mut transaction, |connection| {
        sqlx::query_as(ROWS).bind(ends.pruned).bind(last - ends.pruned).fetch_all(connection).await?
    });
    match hash_after(&rows, &ends, last) {
        Ok(hash) => ends.pruned_hash = hash,
        Err(broken) => return Ok(stop(&broken)),
    }
    ends.pruned = last;
    save_ends(&mut transaction, &ends.sealed(keys)).await?;
    in_transaction!(&mut transaction, |connection| {
        sqlx::query(DELETE).bind(last).execute(connection).await?;
    });
    transaction.commit().await?;
    Ok(true)
}

/// Deletes nothing: evidence of tampering must stay.
fn stop(broken: &Broken) -> bool {
    tracing::error!(event = "audit_chain_broken", %broken, "old entries of the audit are kept, because its chain was changed");
    false
}

/// The hash of the row `last`, if the `rows` after the first of `ends` up to it are unchanged.
fn hash_after(rows: &[ChainedRow], ends: &Ends, last: i64) -> Result<Vec<u8>, Broken> {
    let (mut before, mut hash) = (ends.pruned, &ends.pruned_hash);
    for row in rows {
        match check(row, before, hash) {
            // The row itself is unchanged; it records what was found then.
            Ok(()) | Err(Broken::Unverified(_)) => (before, hash) = (row.id, &row.hash),
            Err(broken) => return Err(broken),
        }
    }
    if before != last {
        return Err(Broken::Missing(before + 1));
    }
    if last == ends.head && *hash != ends.head_hash {
        return Err(Broken::Changed(last));
    }
    Ok(hash.clone())
}
