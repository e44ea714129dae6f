//! The stored ends of the chain, their key, and older states of the chain.

use rolecall_core::audit::{Audit, Broken, known_head};
use rolecall_core::data_dir::AUDIT_HEAD;
use rolecall_sign_in::db::Db;
use secrecy::SecretString;

use super::{KEY, audit, without_triggers, write};
use crate::support::{TestClock, TestDb, count, execute, on_both_dialects};

on_both_dialects! {
    rows_at_the_end_cannot_be_taken_away_unseen,
    a_key_that_was_removed_is_told,
    ends_that_were_put_back_to_the_beginning_do_not_make_a_new_chain_whole,
    an_older_state_of_the_chain_is_found,
}

const OTHER_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

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
    // Writing another entry does not repair the chain.
    write(&audit, &clock, 1).await;
    assert_eq!(audit.verify().await.unwrap(), Err(Broken::Unverified(4)));
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
    // While there are rows, every check finds this.
    execute(&database.db, initial_ends(&database.db)).await;
    assert_eq!(audit(&database.db, &clock).verify().await.unwrap(), Err(Broken::Ends));
    // Without rows, only an instance that remembers the head of the chain finds it.
    without_triggers(&database.db, "DELETE FROM audit").await;
    assert!(audit(&database.db, &clock).verify().await.unwrap().is_ok());
    let found = started().verify().await.unwrap();
    assert!(matches!(found, Err(Broken::Older { head: 0, known: 1..=3 })), "{found:?}");
    // The next write reports it, once.
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
