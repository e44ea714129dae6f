//! What is written, also by several writers at once, and what is not.

use std::time::Duration;

use rolecall_core::audit::{Broken, Entry, EntryKind, Filter, Verified};
use rolecall_sign_in::db::Db;
use sqlx::{Connection as _, PgConnection};

use super::{DAY, audit, entry, write};
use crate::support::{TestClock, TestDb, count, execute, on_both_dialects, until};

on_both_dialects! {
    parallel_writers_of_several_processes_never_fork_the_chain,
    the_database_refuses_changes,
    old_rows_go_and_the_chain_stays_whole,
    what_is_not_committed_is_not_in_the_audit,
    what_is_lost_is_counted_and_told,
    rows_of_a_time_come_page_by_page_in_its_order_whatever_the_clocks_said,
}

// Case: audit/parallel
async fn parallel_writers_of_several_processes_never_fork_the_chain(database: &TestDb) {
    const ROWS: i64 = 15;
    let clock = TestClock::starting_now();
    // Each writer has its own connections, as another process would.
    let mut writers = Vec::new();
    for _ in 0..4 {
        let db = Db::open(&database.url, &rolecall_core::schema::migrations()).await.unwrap();
        let (audit, clock) = (audit(&db, &clock), clock.clone());
        writers.push(tokio::spawn(async move {
            let halves = [audit.clone(), audit];
            let both = halves.map(|audit| {
                let clock = clock.clone();
                tokio::spawn(async move { write(&audit, &clock, ROWS).await })
            });
            for half in both {
                half.await.unwrap();
            }
            db.close().await;
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let verified = audit(&database.db, &clock).verify().await.unwrap();
    assert_eq!(verified, Ok(Verified { rows: 120, pruned: 0 }));
}

// Case: audit/isolation
#[tokio::test]
async fn on_postgres_parallel_writers_do_not_fail_where_transactions_are_serializable_by_default() {
    const LEVEL: &str = "SHOW default_transaction_isolation";
    let database = TestDb::postgres().await;
    execute(&database.db, "ALTER DATABASE postgres SET default_transaction_isolation TO 'serializable'").await;
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    let of_others: String = sqlx::query_scalar(LEVEL).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(of_others, "serializable");

    let db = Db::open(&database.url, &rolecall_core::schema::migrations()).await.unwrap();
    let Db::Postgres(pools) = &db else { panic!("not PostgreSQL") };
    for pool in [&pools.reading, &pools.writing] {
        let ours: String = sqlx::query_scalar(LEVEL).fetch_one(pool).await.unwrap();
        assert_eq!(ours, "read committed");
    }
    parallel_writers_of_several_processes_never_fork_the_chain(&database).await;
}

// Case: audit/append-only
async fn the_database_refuses_changes(database: &TestDb) {
    let clock = TestClock::starting_now();
    let audit = audit(&database.db, &clock);
    write(&audit, &clock, 3).await;
    let mut statements = vec!["UPDATE audit SET kind = 'started' WHERE id = 2", "DELETE FROM audit WHERE id = 2"];
    match database.db {
        Db::Postgres(_) => statements.extend([
            "TRUNCATE audit",
            "INSERT INTO audit SELECT * FROM audit WHERE id = 2 ON CONFLICT (id) DO UPDATE SET kind = 'started'",
        ]),
        Db::Sqlite(_) => statements.extend([
            "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE id = 2",
            "REPLACE INTO audit SELECT 2, at, kind, 7, 7, provider, ip, details, previous_hash, hash FROM audit WHERE id = 1",
        ]),
    }
    for statement in statements {
        let refused = match &database.db {
            Db::Sqlite(pools) => sqlx::query(statement).execute(&pools.writing).await.map(drop),
            Db::Postgres(pools) => sqlx::query(statement).execute(&pools.writing).await.map(drop),
        };
        let message = refused.unwrap_err().to_string();
        assert!(message.contains("the audit is append-only"), "{statement}: {message}");
    }
    assert_eq!(audit.verify().await.unwrap(), Ok(Verified { rows: 3, pruned: 0 }));
}

// Case: audit/retention
async fn old_rows_go_and_the_chain_stays_whole(database: &TestDb) {
    let clock = TestClock::starting_now();
    let audit = audit(&database.db, &clock);
    let old: Vec<_> = (0..700).map(|number| entry(&clock, number)).collect();
    audit.write(&old).await.unwrap();
    clock.advance(10 * DAY);
    write(&audit, &clock, 2).await;
    audit.sweep(11).await.unwrap();
    assert_eq!(audit.verify().await.unwrap(), Ok(Verified { rows: 702, pruned: 0 }));
    clock.advance(DAY);
    audit.sweep(10).await.unwrap();
    assert_eq!(audit.verify().await.unwrap(), Ok(Verified { rows: 2, pruned: 700 }));
    write(&audit, &clock, 1).await;
    clock.advance(30 * DAY);
    audit.sweep(10).await.unwrap();
    assert_eq!(audit.verify().await.unwrap(), Ok(Verified { rows: 0, pruned: 703 }));
    write(&audit, &clock, 1).await;
    assert_eq!(audit.verify().await.unwrap(), Ok(Verified { rows: 1, pruned: 703 }));
    // The place up to which old entries were deleted cannot be moved by hand.
    execute(&database.db, "UPDATE audit_chain SET pruned = 704, pruned_hash = head_hash").await;
    execute(&database.db, "DELETE FROM audit WHERE id = 704").await;
    assert_eq!(audit.verify().await.unwrap(), Err(Broken::Ends));
}

async fn what_is_not_committed_is_not_in_the_audit(database: &TestDb) {
    let clock = TestClock::starting_now();
    let audit = audit(&database.db, &clock);
    let mut transaction = database.db.begin().await.unwrap();
    audit.append(&mut transaction, &[entry(&clock, 1)]).await.unwrap();
    drop(transaction);
    assert_eq!(audit.verify().await.unwrap(), Ok(Verified { rows: 0, pruned: 0 }));
    write(&audit, &clock, 1).await;
    assert_eq!(audit.verify().await.unwrap(), Ok(Verified { rows: 1, pruned: 0 }));
}

// Case: audit/lost
async fn what_is_lost_is_counted_and_told(database: &TestDb) {
    let clock = TestClock::starting_now();
    let audit = audit(&database.db, &clock);
    for number in 0..8_200 {
        audit.note(entry(&clock, number));
    }
    let writing = audit.keep_up(400);
    until("all is written", async || count(&database.db, "audit WHERE kind = 'signed_in'").await == 8_192).await;
    assert!(audit.flush(Duration::from_secs(30)).await);
    writing.iter().for_each(tokio::task::JoinHandle::abort);
    assert_eq!(count(&database.db, "audit WHERE kind = 'events_lost' AND details = '{\"lost\":8}'").await, 1);
    assert!(audit.verify().await.unwrap().is_ok());
}

// Case: audit/clocks
async fn rows_of_a_time_come_page_by_page_in_its_order_whatever_the_clocks_said(database: &TestDb) {
    let clock = TestClock::starting_now();
    let audit = audit(&database.db, &clock);
    let begun_ms = clock.now_ms();
    // Two instances whose clocks differ write alternately, and some rows have the same time.
    let ahead_ms = |number: i64| if number % 2 == 0 { 40_000 } else { 0 } + 1_000 * (number / 3);
    let entries: Vec<Entry> =
        (0..120).map(|number| Entry::new(EntryKind::SignedIn, begun_ms + ahead_ms(number))).collect();
    audit.write(&entries).await.unwrap();
    let (from_ms, until_ms) = (begun_ms + 5_000, begun_ms + 70_000);
    let filter = Filter { from_ms: Some(from_ms), until_ms: Some(until_ms), ..Filter::default() };
    let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = audit.page(&filter, after).await.unwrap();
        seen.extend(page.rows.iter().map(|row| (row.at_ms, row.id)));
        pages += 1;
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    let expected = (0..120).map(ahead_ms).filter(|at| (5_000..70_000).contains(at)).count();
    assert_eq!((seen.len(), pages), (expected, 2));
    assert!(seen.is_sorted_by(|newer, older| newer > older), "{seen:?}");
    let nothing = Filter { until_ms: Some(begun_ms), ..Filter::default() };
    assert_eq!(audit.page(&nothing, None).await.unwrap().rows, []);
}
