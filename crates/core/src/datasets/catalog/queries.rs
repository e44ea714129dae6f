//! The queries of queried data sets, and their state.

use std::collections::HashMap;
use std::time::Duration;

use rolecall_sign_in::db::{BeginWriting as _, Db, Transaction, in_transaction, on_both, reading_on_both};

use super::super::error::DatasetError;
use super::super::queried::{Failing, QueryState, StoredQuery, milliseconds};
use super::{NewVersion, insert_version};

/// How many snapshots of a data set are kept: the current one, and the one before for queries that still read it.
const SNAPSHOTS_KEPT: i64 = 2;

/// The result of the next snapshot of a data set.
#[derive(Debug)]
pub enum RefreshOutcome<'a> {
    /// It is a new version, with the SHA-256 of its file.
    Changed(NewVersion<'a>, &'a str),
    /// It is the same as the previous one.
    Unchanged,
}

/// A row of [`states`].
type StateRow = (String, String, i64, i64, i64, Option<i64>, Option<String>, i64, bool);

/// The state of every query, by the id of its data set.
pub(super) async fn states(db: &Db) -> Result<HashMap<String, QueryState>, DatasetError> {
    const STATES: &str = "SELECT dataset, connection, fresh_ms, refreshed_at, failures, failing_since, error, \
                          retry_at, in_file FROM dataset_queries";
    let rows: Vec<StateRow> = reading_on_both!(db, |pool| sqlx::query_as(STATES).fetch_all(pool).await)?;
    let state =
        |(dataset, connection, fresh_ms, refreshed_at_ms, failures, since, why, retry_at_ms, is_in_file): StateRow| {
            let tries = u32::try_from(failures).unwrap_or(u32::MAX);
            let failing = since.map(|since_ms| Failing { since_ms, tries, why: why.unwrap_or_default() });
            let fresh = duration(fresh_ms);
            (dataset, QueryState { connection, fresh, refreshed_at_ms, failing, retry_at_ms, is_in_file })
        };
    Ok(rows.into_iter().map(state).collect())
}

/// The query of the data set `id`.
pub async fn stored_query(db: &Db, id: &str) -> Result<Option<StoredQuery>, DatasetError> {
    const QUERY: &str = "SELECT connection, statement, fresh_ms, digest FROM dataset_queries WHERE dataset = $1";
    let row: Option<(String, String, i64, String)> =
        reading_on_both!(db, |pool| sqlx::query_as(QUERY).bind(id).fetch_optional(pool).await)?;
    Ok(row.map(|(connection, statement, fresh_ms, digest)| StoredQuery {
        connection,
        statement,
        fresh: duration(fresh_ms),
        digest,
    }))
}

/// Claims the next snapshot of the data set `id`, whose current one is of `refreshed_at_ms`. `false`: another instance
/// has a valid claim, has made it already, or has failed and no retry is due yet.
pub async fn claim_query(
    db: &Db,
    id: &str,
    claim: &str,
    refreshed_at_ms: i64,
    now_ms: i64,
    until_ms: i64,
) -> Result<bool, DatasetError> {
    const CLAIM: &str = "UPDATE dataset_queries SET claim = $2, claimed_until = $3 \
                         WHERE dataset = $1 AND claimed_until <= $4 AND retry_at <= $4 AND refreshed_at = $5";
    on_both!(db, |pool| {
        let claimed = sqlx::query(CLAIM).bind(id).bind(claim).bind(until_ms).bind(now_ms).bind(refreshed_at_ms);
        Ok(claimed.execute(pool).await?.rows_affected() > 0)
    })
}

/// Stores the `outcome` of the snapshot for `claim`, of `refreshed_at_ms`. `false`: the claim has expired, or the data
/// set was deleted, and nothing was changed.
pub async fn query_refreshed(
    db: &Db,
    id: &str,
    claim: &str,
    outcome: &RefreshOutcome<'_>,
    refreshed_at_ms: i64,
) -> Result<bool, DatasetError> {
    const KEEP: &str = "UPDATE dataset_queries SET refreshed_at = $3, digest = COALESCE($4, digest), claim = NULL, \
                        claimed_until = 0, failures = 0, failing_since = NULL, error = NULL, retry_at = 0 \
                        WHERE dataset = $1 AND claim = $2";
    const NEXT: &str = "UPDATE datasets SET version = $2 WHERE id = $1 AND version = $2 - 1 AND deleted_at IS NULL";
    let digest = match outcome {
        RefreshOutcome::Changed(_, digest) => Some(*digest),
        RefreshOutcome::Unchanged => None,
    };
    on_both!(db, |pool| {
        let mut transaction = pool.begin_writing().await?;
        let keep = sqlx::query(KEEP).bind(id).bind(claim).bind(refreshed_at_ms).bind(digest);
        if keep.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        if let RefreshOutcome::Changed(new, _) = outcome {
            let next = sqlx::query(NEXT).bind(id).bind(new.version.cast_signed());
            if next.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Ok(false);
            }
            insert_version!(&mut *transaction, id, new);
        }
        transaction.commit().await?;
        Ok(true)
    })
}

/// Stores why the snapshot for `claim` failed. No retry happens before `retry_at_ms`.
pub async fn query_failed(
    db: &Db,
    id: &str,
    claim: &str,
    failing: &Failing,
    retry_at_ms: i64,
) -> Result<(), DatasetError> {
    const FAIL: &str = "UPDATE dataset_queries SET claim = NULL, claimed_until = 0, failures = $3, \
                        failing_since = COALESCE(failing_since, $4), error = $5, retry_at = $6 \
                        WHERE dataset = $1 AND claim = $2";
    on_both!(db, |pool| {
        let fail = sqlx::query(FAIL).bind(id).bind(claim).bind(i64::from(failing.tries)).bind(failing.since_ms);
        fail.bind(&failing.why).bind(retry_at_ms).execute(pool).await?;
    });
    Ok(())
}

/// Sets the data set `id` to `query`, with `version` as its snapshot. A snapshot of the old query in progress is
/// discarded. `false`: `revision` or the version before is not current, or it is deleted.
pub async fn change_query(
    db: &Db,
    id: &str,
    query: &StoredQuery,
    version: &NewVersion<'_>,
    revision: i64,
    refreshed_at_ms: i64,
) -> Result<bool, DatasetError> {
    const NEXT: &str = "UPDATE datasets SET version = $2, revision = revision + 1 \
                        WHERE id = $1 AND version = $2 - 1 AND revision = $3 AND deleted_at IS NULL";
    const CHANGE: &str = "UPDATE dataset_queries SET connection = $2, statement = $3, fresh_ms = $4, digest = $5, \
                          refreshed_at = $6, claim = NULL, claimed_until = 0, failures = 0, failing_since = NULL, \
                          error = NULL, retry_at = 0 WHERE dataset = $1";
    on_both!(db, |pool| {
        let mut transaction = pool.begin_writing().await?;
        let next = sqlx::query(NEXT).bind(id).bind(version.version.cast_signed()).bind(revision);
        if next.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        insert_version!(&mut *transaction, id, version);
        let change = sqlx::query(CHANGE).bind(id).bind(&query.connection).bind(&query.statement);
        let change = change.bind(milliseconds(query.fresh)).bind(&query.digest).bind(refreshed_at_ms);
        change.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(true)
    })
}

/// Stores whether the file of the data set `id` exists, as part of `transaction`. `false`: that was stored already.
pub async fn put_in_file(transaction: &mut Transaction, id: &str, is_there: bool) -> Result<bool, DatasetError> {
    const PUT: &str = "UPDATE dataset_queries SET in_file = $2 WHERE dataset = $1 AND in_file <> $2";
    in_transaction!(transaction, |connection| {
        Ok(sqlx::query(PUT).bind(id).bind(is_there).execute(connection).await?.rows_affected() > 0)
    })
}

/// Deletes old snapshots of queried data sets that were replaced before `before_ms`. Returns the names of their files.
pub async fn forget_snapshots(db: &Db, before_ms: i64) -> Result<Vec<String>, DatasetError> {
    const OLD: &str = "SELECT v.dataset, v.version, v.files FROM dataset_versions v \
                       JOIN datasets d ON d.id = v.dataset WHERE d.kind = 'queried' AND v.version <= d.version - $1 \
                       AND NOT EXISTS (SELECT 1 FROM dataset_versions n WHERE n.dataset = v.dataset \
                       AND n.version = v.version + 1 AND n.created_at > $2) LIMIT $3";
    const FORGET: &str = "DELETE FROM dataset_versions WHERE dataset = $1 AND version = $2";
    const AT_ONCE: i64 = 1000;
    let old: Vec<(String, i64, String)> = reading_on_both!(db, |pool| {
        sqlx::query_as(OLD).bind(SNAPSHOTS_KEPT).bind(before_ms).bind(AT_ONCE).fetch_all(pool).await
    })?;
    let mut forgotten = Vec::new();
    for (id, version, files) in old {
        let files: Vec<String> = serde_json::from_str(&files)
            .map_err(|error| DatasetError::Entry { name: id.clone(), source: error.into() })?;
        on_both!(db, |pool| {
            sqlx::query(FORGET).bind(&id).bind(version).execute(pool).await?;
        });
        forgotten.extend(files);
    }
    Ok(forgotten)
}

fn duration(ms: i64) -> Duration {
    Duration::from_millis(ms.unsigned_abs())
}
