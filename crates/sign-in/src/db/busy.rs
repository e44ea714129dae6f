//! Failures that pass: everybody waits for the database, or somebody else has locked it.

use std::error::Error;

/// What SQLite answers while another process writes (`SQLITE_BUSY`), in its forms.
const SQLITE_BUSY: [&str; 4] = ["5", "261", "517", "773"];

/// Whether `error` comes from a database that had no time: trying again in a moment helps.
pub fn is_busy(error: &(dyn Error + 'static)) -> bool {
    let is_busy = |error: &(dyn Error + 'static)| match error.downcast_ref() {
        Some(sqlx::Error::PoolTimedOut) => true,
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|code| SQLITE_BUSY.contains(&&*code)),
        _ => false,
    };
    let mut cause = Some(error);
    while let Some(error) = cause {
        if is_busy(error) {
            return true;
        }
        cause = error.source();
    }
    false
}
