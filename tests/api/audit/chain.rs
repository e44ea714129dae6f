//! The chain: it never forks, the database refuses changes, and whoever gets past that is found.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rolecall::audit::{Audit, Broken, Entry, Filter, Kind, Verified, known_head};
use rolecall::data_dir::AUDIT_HEAD;
use rolecall_sign_in::db::Db;
use secrecy::SecretString;

use crate::support::{TestClock, TestDb, count, execute, on_both_dialects, until};

on_both_dialects! {
    parallel_writers_of_several_processes_never_fork_the_chain,
    the_database_refuses_changes,
    every_column_that_is_changed_behind_the_database_is_found,
    whatever_is_changed_in_rows_of_parallel_writers_is_found_at_its_first_row,
    a_row_that_is_missing_is_found_wherever_it_was,
    rows_at_the_end_cannot_be_taken_away_unseen,
    old_rows_go_and_the_chain_stays_whole,
    what_is_not_committed_is_not_in_the_audit,
    what_is_lost_is_counted_and_told,
    a_key_that_was_removed_is_told,
    ends_that_were_put_back_to_the_beginning_do_not_make_a_new_chain_whole,
    an_older_state_of_the_chain_is_found,
    rows_that_somebody_adds_are_found_and_writing_goes_on,
    rows_that_were_changed_are_not_let_go,
    rows_of_a_time_come_page_by_page_in_its_order_whatever_the_clocks_said,
}

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const OTHER_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
const DAY: Duration = Duration::from_hours(24);

fn audit(db: &Db, clock: &TestClock) -> Audit {
    Audit::new(db.clone(), &[SecretString::from(KEY)], clock.clock())
}

fn entry(clock: &TestClock, number: i64) -> Entry {
    let entry = Entry::new(Kind::SignedIn, clock.now_ms()).by(number).about(number).at_provider("demo");
    entry.from_address(Some("192.0.2.1".parse().unwrap())).with("number", number)
}

async fn write(audit: &Audit, clock: &TestClock, rows: i64) {
    for number in 1..=rows {
        audit.write(&[entry(clock, number)]).await.unwrap();
    }
}

/// What the database's superuser can do.
pub(super) async fn without_triggers(db: &Db, statement: &str) {
    match db {
        Db::Sqlite(_) => {
            execute(db, "DROP TRIGGER IF EXISTS audit_no_update").await;
            execute(db, "DROP TRIGGER IF EXISTS audit_no_delete").await;
            execute(db, "DROP TRIGGER IF EXISTS audit_no_replace").await;
        }
        Db::Postgres(_) => execute(db, "ALTER TABLE audit DISABLE TRIGGER ALL").await,
    }
    execute(db, statement).await;
}

// Case: audit/parallel
async fn parallel_writers_of_several_processes_never_fork_the_chain(database: &TestDb) {
    const ROWS: i64 = 15;
    let clock = TestClock::starting_now();
    // Each has connections of its own, as another process has.
    let mut writers = Vec::new();
    for _ in 0..4 {
        let db = Db::open(&database.url, &rolecall::schema::migrations()).await.unwrap();
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

/// What somebody does behind the database, and what is to be found then.
fn tampering(db: &Db, rng: &mut StdRng, rows: i64) -> (Vec<String>, Broken) {
    const COLUMNS: [&str; 9] =
        ["at", "kind", "actor_id", "person_id", "provider", "ip", "details", "previous_hash", "hash"];
    // Every row has another value there.
    const DIFFERENT: [&str; 3] = ["details", "previous_hash", "hash"];
    let (one, way) = (rng.gen_range(1..=rows), rng.gen_range(0..6));
    let other = (one - 1 + rng.gen_range(1..rows)) % rows + 1;
    let first = one.min(other);
    // Neither is a value of any row.
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
    // Another one each time; what is found names it.
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

// Case: audit/truncated
async fn rows_at_the_end_cannot_be_taken_away_unseen(database: &TestDb) {
    let clock = TestClock::starting_now();
    let audit = audit(&database.db, &clock);
    write(&audit, &clock, 5).await;
    without_triggers(&database.db, "DELETE FROM audit WHERE id > 3").await;
    assert_eq!(audit.verify().await.unwrap(), Err(Broken::Missing(4)));
    let shorten = "UPDATE audit_chain SET head = 3, head_hash = (SELECT hash FROM audit WHERE id = 3)";
    execute(&database.db, shorten).await;
    assert_eq!(audit.verify().await.unwrap(), Err(Broken::Ends));
    // Nor does what is written next make it good again.
    write(&audit, &clock, 1).await;
    assert_eq!(audit.verify().await.unwrap(), Err(Broken::Unverified(4)));
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
    // What retention let go of cannot be moved by hand.
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

// Case: audit/keys
async fn a_key_that_was_removed_is_told(database: &TestDb) {
    let clock = TestClock::starting_now();
    write(&audit(&database.db, &clock), &clock, 2).await;
    let with = |keys: &[&str]| {
        let keys: Vec<_> = keys.iter().map(|key| SecretString::from(*key)).collect();
        Audit::new(database.db.clone(), &keys, clock.clock())
    };
    assert_eq!(with(&[OTHER_KEY]).verify().await.unwrap(), Err(Broken::Ends));
    assert!(with(&[OTHER_KEY, KEY]).verify().await.unwrap().is_ok());
    write(&with(&[OTHER_KEY, KEY]), &clock, 1).await;
    assert!(with(&[OTHER_KEY]).verify().await.unwrap().is_ok());
}

/// The ends of a chain to which nothing was ever added.
fn initial_ends(db: &Db) -> &'static str {
    match db {
        Db::Sqlite(_) => {
            "UPDATE audit_chain SET pruned = 0, pruned_hash = zeroblob(32), head = 0, head_hash = zeroblob(32), mac = x''"
        }
        Db::Postgres(_) => {
            "UPDATE audit_chain SET pruned = 0, pruned_hash = decode(repeat('00', 32), 'hex'), head = 0, \
             head_hash = decode(repeat('00', 32), 'hex'), mac = ''"
        }
    }
}

// Case: audit/begun-anew
async fn ends_that_were_put_back_to_the_beginning_do_not_make_a_new_chain_whole(database: &TestDb) {
    let (clock, folder) = (TestClock::starting_now(), tempfile::tempdir().unwrap());
    let file = folder.path().join(AUDIT_HEAD);
    let started = || {
        let audit = audit(&database.db, &clock);
        audit.keep_head_in(file.clone()).unwrap();
        audit
    };
    write(&started(), &clock, 3).await;
    // With rows, whoever asks.
    execute(&database.db, initial_ends(&database.db)).await;
    assert_eq!(audit(&database.db, &clock).verify().await.unwrap(), Err(Broken::Ends));
    // Without rows, whoever knew some.
    without_triggers(&database.db, "DELETE FROM audit").await;
    assert!(audit(&database.db, &clock).verify().await.unwrap().is_ok());
    let found = started().verify().await.unwrap();
    assert!(matches!(found, Err(Broken::Older { head: 0, known: 1..=3 })), "{found:?}");
    // What is written next says so, once.
    let writing = started();
    write(&writing, &clock, 2).await;
    assert_eq!(writing.verify().await.unwrap(), Err(Broken::Unverified(1)));
    assert_eq!(count(&database.db, "audit WHERE kind = 'chain_unverified'").await, 1);
}

// Case: audit/put-back
async fn an_older_state_of_the_chain_is_found(database: &TestDb) {
    let (clock, folder) = (TestClock::starting_now(), tempfile::tempdir().unwrap());
    let file = folder.path().join(AUDIT_HEAD);
    let first = audit(&database.db, &clock);
    first.keep_head_in(file.clone()).unwrap();
    write(&first, &clock, 2).await;
    execute(&database.db, "CREATE TABLE kept AS SELECT * FROM audit_chain").await;
    write(&first, &clock, 3).await;
    first.sweep(400).await.unwrap();
    assert_eq!(known_head(&file).unwrap(), 5);
    without_triggers(&database.db, "DELETE FROM audit WHERE id > 2").await;
    let back = "UPDATE audit_chain SET head = (SELECT head FROM kept), head_hash = (SELECT head_hash FROM kept), \
                mac = (SELECT mac FROM kept)";
    execute(&database.db, back).await;
    let next = audit(&database.db, &clock);
    assert!(next.verify().await.unwrap().is_ok(), "nothing else tells");
    next.keep_head_in(file.clone()).unwrap();
    assert_eq!(next.verify().await.unwrap(), Err(Broken::Older { head: 2, known: 5 }));
    write(&next, &clock, 1).await;
    assert_eq!(next.verify().await.unwrap(), Err(Broken::Unverified(3)));
    assert_eq!(known_head(&file).unwrap(), 4);
}

// Case: audit/added
async fn rows_that_somebody_adds_are_found_and_writing_goes_on(database: &TestDb) {
    let clock = TestClock::starting_now();
    let writing = audit(&database.db, &clock);
    // Rows that follow each other as they should: those of another chain.
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
    // No id is left at all: what waits is given up, and does not keep others waiting.
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

// Case: audit/clocks
async fn rows_of_a_time_come_page_by_page_in_its_order_whatever_the_clocks_said(database: &TestDb) {
    let clock = TestClock::starting_now();
    let audit = audit(&database.db, &clock);
    let begun_ms = clock.now_ms();
    // Two instances whose clocks differ write in turn, and some rows have the same time.
    let ahead_ms = |number: i64| if number % 2 == 0 { 40_000 } else { 0 } + 1_000 * (number / 3);
    let entries: Vec<Entry> = (0..120).map(|number| Entry::new(Kind::SignedIn, begun_ms + ahead_ms(number))).collect();
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
