//! Adding rows to the chain. Whoever does holds the row of its ends, so that the chain never forks.

use rolecall_sign_in::db::{Transaction, in_transaction};
use serde_json::Value;

use super::chain::{ChainKeys, ChainedRow, Ends};
use super::entry::{Entry, Kind};

/// Both ends of the chain, which nobody else moves until `transaction` is over.
pub(super) async fn lock_ends(transaction: &mut Transaction) -> Result<Ends, sqlx::Error> {
    const ENDS: &str = "SELECT pruned, pruned_hash, head, head_hash, mac FROM audit_chain WHERE id = 1";
    match transaction {
        // The transaction has the database to itself.
        Transaction::Sqlite(transaction) => sqlx::query_as(ENDS).fetch_one(&mut **transaction).await,
        Transaction::Postgres(transaction) => {
            sqlx::query_as(&format!("{ENDS} FOR UPDATE")).fetch_one(&mut **transaction).await
        }
    }
}

/// Moves the ends of the chain.
pub(super) async fn save_ends(transaction: &mut Transaction, ends: &Ends) -> Result<(), sqlx::Error> {
    const SAVE: &str =
        "UPDATE audit_chain SET pruned = $1, pruned_hash = $2, head = $3, head_hash = $4, mac = $5 WHERE id = 1";
    in_transaction!(transaction, |connection| {
        let save = sqlx::query(SAVE).bind(ends.pruned).bind(&ends.pruned_hash).bind(ends.head).bind(&ends.head_hash);
        save.bind(&ends.mac).execute(connection).await.map(drop)
    })
}

/// Adds `entries` to the chain as a part of `transaction`, as the last thing that it does: from here on others wait for it.
///
/// # Errors
/// When the database does not answer.
pub async fn append(transaction: &mut Transaction, keys: &ChainKeys, entries: &[Entry]) -> Result<(), sqlx::Error> {
    let mut ends = lock_ends(transaction).await?;
    if !ends.is_genuine(keys) {
        tracing::error!(head = ends.head, "the ends of the audit's chain are not as they were left");
        let at_ms = entries.first().map_or(0, |entry| entry.at_ms);
        add(transaction, &mut ends, &Entry::new(Kind::ChainUnverified, at_ms)).await?;
    }
    for entry in entries {
        add(transaction, &mut ends, entry).await?;
    }
    save_ends(transaction, &ends.sealed(keys)).await
}

async fn add(transaction: &mut Transaction, ends: &mut Ends, entry: &Entry) -> Result<(), sqlx::Error> {
    const ADD: &str = "INSERT INTO audit (id, at, kind, actor_id, person_id, provider, ip, details, previous_hash, hash) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let mut row = ChainedRow {
        id: ends.head + 1,
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
