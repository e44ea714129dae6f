//! The external databases: whether they answer, whether their accounts only read, and what files ask of them.

use rolecall_core::datasets::DatasetFiles;
use rolecall_data::connection::{ConnectionError, Database};

use super::report::Section;

/// Asks `database`, the connection called `name`, also what `files` ask of it.
pub(super) async fn check(section: &mut Section<'_>, name: &str, database: &Database, files: &DatasetFiles) {
    const ANSWERS: &str = "connection.answers";
    const FILES: &str = "connection.dataset-files";
    const READS: &str = "connection.only-reads";
    const READS_REMEDY: &str =
        "Make an account for Rolecall that can only read what it is to show (docs/DATASETS.md, Databases).";
    let kind = database.address().kind();
    let url = format!("connections.{name}.url");
    let found = match database.permissions().await {
        Ok(found) => found,
        Err(error) => {
            let remedy = match &error {
                ConnectionError::Account(_) => format!("Correct user and password in {url}."),
                _ => format!("Correct {url}, and check that the database runs and can be reached from here."),
            };
            return section.bad(ANSWERS, format!("{error}"), remedy);
        }
    };
    section.good(ANSWERS, format!("{kind} answers."));
    if found.is_superuser {
        section.warning(READS, "Its account is a superuser: it can do everything there.", READS_REMEDY);
    } else if found.is_read_only() {
        section.good(READS, "Its account only reads.");
    } else {
        let what = format!("Its account can also write, for example {}.", found.writes.join(", "));
        section.warning(READS, what, READS_REMEDY);
    }
    for file in files.all().filter(|file| file.dataset.query.connection == name) {
        let what = match database.preview(&file.dataset.query.statement, 1).await {
            Ok(_) => continue,
            Err(error) => file.mistake_at("query", error.to_string()),
        };
        section.bad(FILES, what.to_string(), "Correct the SELECT, or let the account read what it names.");
    }
}
