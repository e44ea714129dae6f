//! Adds rows to the chain. The row with the chain's ends is locked for that, so the chain never forks.

use rolecall_sign_in::db::{Transaction, in_transaction};
use serde_json::Value;

use super::chain::{ChainKeys, ChainedRow, Ends, Span};
use super::entry::{Entry, EntryKind};
use super::mark::HeadMark;
use super::verify::{Broken, check_ends};

/// The highest possible id is in use, so no row can follow.
#[derive(Debug, thiserror::Error)]
#[error("the audit's chain is broken: no id is left for a row")]
struct NoIdLeft;

/// Whether `error` means that the chain is broken in a way that makes retries pointless.
pub(super) fn is_final(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::AnyDriverError(error) if error.is::<NoIdLeft>())
}

/// The result of adding to the chain.
pub(super) struct Appended {
    /// Its newest row now.
    pub(super) head: i64,
    /// Whether one of the rows records that the chain was tampered with.
    pub(super) is_unverified: bool,
}

/// Both ends of the chain, locked until `transaction` is over.
pub(super) async fn lock_ends(transaction: &mut Transaction) -> Result<Ends, sqlx::Error> {
    const ENDS: &str = "SELECT pruned, pruned_hash, head, head_hash, mac FROM audit_chain WHERE id = 1";
    match transaction {
        // On SQLite the transaction has the database to itself.
        Transaction::Sqlite(transaction) => sqlx::query_as(ENDS).fetch_one(&mut **transaction).await,
        Transaction::Postgres(transaction) => {
            sqlx::query_as(&format!("{ENDS} FOR UPDATE")).fetch_one(&mut **transaction).await
        }
    }
}

/// Stores the new ends of the chain.
pub(super) async fn save_ends(transaction: &mut Transaction, ends: &Ends) -> Result<(), sqlx::Error> {
    const SAVE: &str =
        "UPDATE audit_chain SET pruned = $1, pruned_hash = $2, head = $3, head_hash = $4, mac = $5 WHERE id = 1";
    in_transaction!(transaction, |connection| {
        let save = sqlx::query(SAVE).bind(ends.pruned).bind(&ends.pruned_hash).bind(ends.head).bind(&ends.head_hash);
        save.bind(&ends.mac).execute(connection).await.map(drop)
    })
}

/// Whether one of the `keys` authenticated the ends of the chain, or nothing was ever written.
pub(super) async fn has_seal_of(transaction: &mut Transaction, keys: &ChainKeys) -> Result<bool, sqlx::Error> {
    let ends = lock_ends(transaction).await?;
    let are_rows = span(transaction).await?.newest.is_some();
    Ok(ends.is_genuine(keys, are_rows))
}

/// Adds `entries` to the chain as the last part of `transaction`: from here on other writers wait for it.
pub(super) async fn append(
    transaction: &mut Transaction,
    keys: &ChainKeys,
    mark: &HeadMark,
    entries: &[Entry],
) -> Result<Appended, sqlx::Error> {
    let mut ends = lock_ends(transaction).await?;
    let found = examine(transaction, keys, mark, &ends).await?;
    if let Err(broken) = &found {
        tracing::error!(event = "audit_chain_broken", head = ends.head, %broken, "the audit's chain was changed");
        skip_foreign_rows(transaction, &mut ends).await?;
        let at_ms = entries.first().map_or(0, |entry| entry.at_ms);
        add(transaction, &mut ends, &Entry::new(EntryKind::ChainUnverified, at_ms)).await?;
    }
    for entry in entries {
        add(transaction, &mut ends, entry).await?;
    }
    let appended = Appended { head: ends.head, is_unverified: found.is_err() };
    save_ends(transaction, &ends.sealed(keys)).await?;
    Ok(appended)
}

/// Whether the chain can be continued at `ends`, which are locked. The committed end is stored in `mark`.
pub(super) async fn examine(
    transaction: &mut Transaction,
    keys: &ChainKeys,
    mark: &HeadMark,
    ends: &Ends,
) -> Result<Result<(), Broken>, sqlx::Error> {
    let span = span(transaction).await?;
    if let Err(broken) = check_ends(ends, keys, span.newest.is_some(), mark.head()) {
        return Ok(Err(broken));
    }
    if let Some(id) = span.oldest.filter(|id| *id <= ends.pruned) {
        return Ok(Err(Broken::Added(id)));
    }
    if span.newest.is_some_and(|newest| newest > ends.head) {
        return Ok(Err(Broken::Added(ends.head.saturating_add(1))));
    }
    mark.raise(ends.head);
    Ok(Ok(()))
}

async fn span(transaction: &mut Transaction) -> Result<Span, sqlx::Error> {
    in_transaction!(transaction, |connection| sqlx::query_as(Span::SELECT).fetch_one(connection).await)
}

/// Moves `ends` behind rows that another party added: their ids are taken, and they stay as evidence.
async fn skip_foreign_rows(transaction: &mut Transaction, ends: &mut Ends) -> Result<(), sqlx::Error> {
    const HASH: &str = "SELECT hash FROM audit WHERE id = $1";
    if let Some(newest) = span(transaction).await?.newest.filter(|newest| *newest > ends.head) {
        ends.head_hash = in_transaction!(transaction, |connection| {
            sqlx::query_scalar(HASH).bind(newest).fetch_one(connection).await?
        });
        ends.head = newest;
    }
    Ok(())
}

async fn add(transaction: &mut Transaction, ends: &mut Ends, entry: &Entry) -> Result<(), sqlx::Error> {
    const ADD: &str = "INSERT INTO audit (id, at, kind, actor_id, person_id, provider, ip, details, previous_hash, hash) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let mut row = ChainedRow {
        id: ends.head.checked_add(1).ok_or_else(|| sqlx::Error::AnyDriverError(Box::new(NoIdLeft)))?,
        at: entry.at_ms,
        kind: entry.kind.name().to_owned(),
        actor_id: entry.actor_id,
        person_id: entry.person_id,
        provider: entry.provider.clone(),
        ip: entry.ip.clone(),
        details: Value::Object(entry.details.clone()).to_string(),
        previous_hash: ends.head_hash.clone(),
        hash: vec![],
    };
    row.hash = row.content_hash();
    in_transaction!(transaction, |connection| {
        let add = sqlx::query(ADD).bind(row.id).bind(row.at).bind(&row.kind).bind(row.actor_id).bind(row.person_id);
        let add = add.bind(&row.provider).bind(&row.ip).bind(&row.details).bind(&row.previous_hash).bind(&row.hash);
        add.execute(connection).await?;
    });
    ends.head = row.id;
    ends.head_hash = row.hash;
    Ok(())
}
