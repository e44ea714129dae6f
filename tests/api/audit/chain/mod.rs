//! The chain: it never forks, the database rejects changes, and tampering that gets past that is detected.

mod changed;
mod ends;
mod written;

use std::time::Duration;

use rolecall_core::audit::{Audit, Entry, EntryKind};
use rolecall_sign_in::db::Db;
use secrecy::SecretString;

use crate::support::{TestClock, execute};

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

const DAY: Duration = Duration::from_hours(24);

fn audit(db: &Db, clock: &TestClock) -> Audit {
    Audit::new(db.clone(), &[SecretString::from(KEY)], clock.clock())
}

fn entry(clock: &TestClock, number: i64) -> Entry {
    let entry = Entry::new(EntryKind::SignedIn, clock.now_ms()).by(number).about(number).at_provider("demo");
    entry.from_address(Some("192.0.2.1".parse().unwrap())).with("number", number)
}

async fn write(audit: &Audit, clock: &TestClock, rows: i64) {
    for number in 1..=rows {
        audit.write(&[entry(clock, number)]).await.unwrap();
    }
}

/// Runs a statement with the triggers off, as only the database's superuser can.
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
