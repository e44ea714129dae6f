//! Whether the database can be written: a database that only answers lets nobody in.

use thiserror::Error;

use super::{Db, on_both};

/// Why it cannot be written.
#[derive(Debug, Error)]
pub enum NotReady {
    /// The file was deleted or replaced. What is written now is lost.
    #[error("the database file is not the one that was opened: it was deleted or replaced")]
    OtherFile,
    /// It does not take a row: full, read-only, locked, or gone.
    #[error("the database cannot be written")]
    NotWritten(#[source] sqlx::Error),
}

impl Db {
    /// Writes a row, and sees that it is kept.
    ///
    /// # Errors
    /// When it is not.
    pub async fn write_a_row(&self) -> Result<(), NotReady> {
        const WRITE: &str = "INSERT INTO readiness (id, writes) VALUES (1, 1) \
                             ON CONFLICT (id) DO UPDATE SET writes = readiness.writes + 1";
        if let Self::Sqlite(pools) = self
            && pools.file.as_ref().is_some_and(|file| !file.is_there())
        {
            return Err(NotReady::OtherFile);
        }
        let written = on_both!(self, |pool| sqlx::query(WRITE).execute(pool).await.map(|_| ()));
        written.map_err(NotReady::NotWritten)
    }
}
