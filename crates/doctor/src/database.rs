//! The database: whether it answers, has the right schema, and can be written.

use rolecall_core::schema;
use rolecall_sign_in::db::{Db, Schema};

use super::report::{Section, counted, innermost};

/// Opens the database at `url` without changing it; `None` if further checks make no sense.
pub(super) async fn check(section: &mut Section<'_>, url: &str) -> Option<Db> {
    let kind = if url.starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" };
    let db = match Db::inspect(url).await {
        Ok(Some(db)) => db,
        Ok(None) => {
            section.note("database.answers", "There is no SQLite file yet: the first start creates it.");
            return None;
        }
        Err(error) => {
            let what = format!("The {kind} database cannot be opened: {}.", innermost(&error));
            section.bad("database.answers", what, remedy(kind));
            return None;
        }
    };
    if let Err(error) = db.ping().await {
        section.bad("database.answers", format!("{kind} does not answer: {}.", innermost(&error)), remedy(kind));
        return None;
    }
    section.good("database.answers", format!("{kind} answers."));
    let is_in_use = check_schema(section, &db).await;
    if is_in_use {
        writing(section, &db).await;
    }
    is_in_use.then_some(db)
}

/// Whether the tables can be used.
async fn check_schema(section: &mut Section<'_>, db: &Db) -> bool {
    const CHECK: &str = "database.schema";
    let list = |versions: &[i64]| versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match db.schema(&schema::migrations()).await {
        Err(error) => {
            section.bad(
                CHECK,
                format!("Its schema cannot be read: {}.", innermost(&error)),
                "Check the permissions of the database user.",
            );
            return false;
        }
        Ok(Schema { broken, .. }) if !broken.is_empty() => {
            let what = format!("Migrations {} failed, or were changed since.", list(&broken));
            section.bad(CHECK, what, "Restore a backup (docs/BACKUPS.md), and start the version that made it.");
        }
        Ok(Schema { unknown, .. }) if !unknown.is_empty() => {
            let what = format!("A newer version of Rolecall migrated it (migrations {}).", list(&unknown));
            section.bad(CHECK, what, "Run that version, or restore a backup from before.");
        }
        Ok(Schema { applied: 0, .. }) => {
            section.note(CHECK, "It is empty: the first start creates the schema.");
            return false;
        }
        Ok(Schema { pending, .. }) if !pending.is_empty() => {
            let what = format!("The next start migrates it (migrations {}).", list(&pending));
            section.warning(CHECK, what, "Make a backup (docs/BACKUPS.md), then start Rolecall.");
            return false;
        }
        Ok(Schema { applied, .. }) => {
            section.good(CHECK, format!("Its schema is up to date ({}).", counted(applied, "migration", "migrations")));
        }
    }
    true
}

async fn writing(section: &mut Section<'_>, db: &Db) {
    const CHECK: &str = "database.writing";
    match db.try_writing().await {
        Ok(()) => section.good(CHECK, "It can be read and written."),
        Err(error) => {
            let remedy = "Give this process permission to write, and check that the disk is not full.";
            section.bad(CHECK, format!("It cannot be written: {}.", innermost(&error)), remedy);
        }
    }
}

fn remedy(kind: &str) -> &'static str {
    match kind {
        "SQLite" => {
            "Correct database_url or data_dir, and give this process permission to read and write the file and its folder."
        }
        _ => "Correct database_url (host, port, user, password and database), and check that the server runs.",
    }
}
