//! Rows that were changed, added or deleted directly in the database.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rolecall_core::audit::{Broken, Verified};
use rolecall_sign_in::db::Db;

use super::{DAY, audit, entry, without_triggers, write};
use crate::support::{TestClock, TestDb, count, execute, on_both_dialects};

on_both_dialects! {
    every_column_that_is_changed_behind_the_database_is_found,
    whatever_is_changed_in_rows_of_parallel_writers_is_found_at_its_first_row,
    a_row_that_is_missing_is_found_wherever_it_was,
    rows_that_somebody_adds_are_found_and_writing_goes_on,
    rows_that_were_changed_are_not_let_go,
}

// Case: audit/tampered
async fn every_column_that_is_changed_behind_the_database_is_found(database: &TestDb) {
    let clock = TestClock::starting_now();
    let audit = audit(&database.db, &clock);
    let mut rng = StdRng::seed_from_u64(7);
    let bytes = |byte: &str| match &database.db {
        Db::Sqlite(_) => format!("x'{}'", byte.repeat(32)),
        Db::Postgres(_) => format!("decode(repeat('{byte}', 32), 'hex')"),
    };
    let (hash, previous) = (bytes("ab"), bytes("cd"));
    write(&audit, &clock, 9).await;
    for (column, value) in [
        ("at", "at + 1"),
        ("kind", "'signed_out'"),
        ("actor_id", "NULL"),
        ("actor_id", "77"),
        ("person_id", "77"),
        ("person_id", "NULL"),
        ("provider", "NULL"),
        ("provider", "''"),
        ("ip", "'192.0.2.2'"),
        ("details", "'{}'"),
        ("previous_hash", &previous),
        ("hash", &hash),
    ] {
        let id = rng.gen_range(1..=9);
        let before = format!("CREATE TABLE kept AS SELECT * FROM audit WHERE id = {id}");
        execute(&database.db, &before).await;
        without_triggers(&database.db, &format!("UPDATE audit SET {column} = {value} WHERE id = {id}")).await;
        let found = audit.verify().await.unwrap();
        assert_eq!(found, Err(Broken::Changed(id)), "{column} = {value}");
        let back = format!("UPDATE audit SET {column} = (SELECT {column} FROM kept) WHERE id = {id}");
        without_triggers(&database.db, &back).await;
        execute(&database.db, "DROP TABLE kept").await;
        assert_eq!(audit.verify().await.unwrap(), Ok(Verified { rows: 9, pruned: 0 }));
    }
}

/// A random change made directly in the database, and what the check must find then.
fn tampering(db: &Db, rng: &mut StdRng, rows: i64) -> (Vec<String>, Broken) {
    const COLUMNS: [&str; 9] =
        ["at", "kind", "actor_id", "person_id", "provider", "ip", "details", "previous_hash", "hash"];
    // In these columns, every row has a different value.
    const DIFFERENT: [&str; 3] = ["details", "previous_hash", "hash"];
    let (one, way) = (rng.gen_range(1..=rows), rng.gen_range(0..6));
    let other = (one - 1 + rng.gen_range(1..rows)) % rows + 1;
    let first = one.min(other);
    // No row has either of these values.
    let (number, is_null) = (rng.gen_range(1_000..i64::MAX), rng.gen_bool(0.3));
    let bytes = match db {
        Db::Sqlite(_) => format!("x'{number:064x}'"),
        Db::Postgres(_) => format!("decode('{number:064x}', 'hex')"),
    };
    let beyond = rows + number % 7 + 1;
    match way {
        0 | 1 => {
            let column = COLUMNS[rng.gen_range(0..COLUMNS.len())];
            let value = match column {
                "actor_id" | "person_id" | "provider" | "ip" if is_null => "NULL".to_owned(),
                "at" | "actor_id" | "person_id" => number.to_string(),
                "previous_hash" | "hash" => bytes,
                _ => format!("'{number}'"),
            };
            (vec![format!("UPDATE audit SET {column} = {value} WHERE id = {one}")], Broken::Changed(one))
        }
        2 => {
            let column = DIFFERENT[rng.gen_range(0..DIFFERENT.len())];
            let exchange = format!(
                "UPDATE audit SET {column} = (SELECT {column} FROM kept WHERE kept.id = {one} + {other} - audit.id) \
                 WHERE id IN ({one}, {other})"
            );
            (vec![exchange], Broken::Changed(first))
        }
        3 => {
            let moves = [(one, -1), (other, one), (-1, other)];
            let moves = moves.map(|(from, to)| format!("UPDATE audit SET id = {to} WHERE id = {from}"));
            (moves.to_vec(), Broken::Changed(first))
        }
        4 => (vec![format!("UPDATE audit SET id = {beyond} WHERE id = {one}")], Broken::Missing(one)),
        _ if is_null => {
            let copy = format!(
                "INSERT INTO audit SELECT {rows} + 1, at, kind, actor_id, person_id, provider, ip, details, \
                 previous_hash, hash FROM kept WHERE id = {one}"
            );
            (vec![copy], Broken::Changed(rows + 1))
        }
        _ => (vec![format!("DELETE FROM audit WHERE id = {one}")], Broken::Missing(one)),
    }
}

// Case: audit/tampered, audit/missing
async fn whatever_is_changed_in_rows_of_parallel_writers_is_found_at_its_first_row(database: &TestDb) {
    const WRITERS: i64 = 4;
    const EACH: i64 = 6;
    const TRIES: usize = 48;
    let clock = TestClock::starting_now();
    let audit = audit(&database.db, &clock);
    let writers = (0..WRITERS).map(|writer| {
        let (audit, clock) = (audit.clone(), clock.clone());
        tokio::spawn(async move {
            for number in 1..=EACH {
                audit.write(&[entry(&clock, 100 * writer + number)]).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let rows = WRITERS * EACH;
    let whole = Ok(Verified { rows: rows.unsigned_abs(), pruned: 0 });
    assert_eq!(audit.verify().await.unwrap(), whole);
    execute(&database.db, "CREATE TABLE kept AS SELECT * FROM audit").await;
    // A new seed for each run; a failure names it.
    let seed = StdRng::from_entropy().gen_range(0..=u64::MAX);
    let mut rng = StdRng::seed_from_u64(seed);
    for _ in 0..TRIES {
        let (statements, broken) = tampering(&database.db, &mut rng, rows);
        for statement in &statements {
            without_triggers(&database.db, statement).await;
        }
        assert_eq!(audit.verify().await.unwrap(), Err(broken), "seed {seed}: {statements:?}");
        without_triggers(&database.db, "DELETE FROM audit").await;
        without_triggers(&database.db, "INSERT INTO audit SELECT * FROM kept").await;
        assert_eq!(audit.verify().await.unwrap(), whole);
    }
}

// Case: audit/missing
async fn a_row_that_is_missing_is_found_wherever_it_was(database: &TestDb) {
    let clock = TestClock::starting_now();
    let audit = audit(&database.db, &clock);
    write(&audit, &clock, 5).await;
    without_triggers(&database.db, "DELETE FROM audit WHERE id = 3").await;
    assert_eq!(audit.verify().await.unwrap(), Err(Broken::Missing(3)));
    without_triggers(&database.db, "UPDATE audit SET id = id - 1 WHERE id = 4").await;
    assert_eq!(audit.verify().await.unwrap(), Err(Broken::Changed(3)));
    without_triggers(&database.db, "DELETE FROM audit WHERE id < 4").await;
    assert_eq!(audit.verify().await.unwrap(), Err(Broken::Missing(1)));
}

// Case: audit/added
async fn rows_that_somebody_adds_are_found_and_writing_goes_on(database: &TestDb) {
    let clock = TestClock::starting_now();
    let writing = audit(&database.db, &clock);
    // Rows that follow each other correctly, but belong to another continuation of the chain.
    write(&writing, &clock, 3).await;
    execute(&database.db, "CREATE TABLE kept AS SELECT * FROM audit_chain").await;
    write(&writing, &clock, 1).await;
    let back = "UPDATE audit_chain SET head = (SELECT head FROM kept), head_hash = (SELECT head_hash FROM kept), \
                mac = (SELECT mac FROM kept)";
    execute(&database.db, back).await;
    let next = audit(&database.db, &clock);
    assert_eq!(next.verify().await.unwrap(), Err(Broken::Added(4)));
    write(&next, &clock, 1).await;
    assert_eq!(next.verify().await.unwrap(), Err(Broken::Unverified(5)));
    // No id is left for another row: the waiting entries are given up, and do not block others.
    let last = "INSERT INTO audit (id, at, kind, details, previous_hash, hash) \
                SELECT 9223372036854775807, at, kind, details, previous_hash, hash FROM audit WHERE id = 1";
    execute(&database.db, last).await;
    next.note(entry(&clock, 1));
    let tasks = next.keep_up(400);
    assert!(next.flush(Duration::from_secs(30)).await);
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
    assert!(next.verify().await.unwrap().is_err());
}

// Case: audit/changed-and-old
async fn rows_that_were_changed_are_not_let_go(database: &TestDb) {
    let clock = TestClock::starting_now();
    let audit = audit(&database.db, &clock);
    write(&audit, &clock, 4).await;
    without_triggers(&database.db, "UPDATE audit SET details = '{}' WHERE id = 2").await;
    clock.advance(30 * DAY);
    audit.sweep(10).await.unwrap();
    assert_eq!(count(&database.db, "audit").await, 4);
    assert_eq!(audit.verify().await.unwrap(), Err(Broken::Changed(2)));
}
