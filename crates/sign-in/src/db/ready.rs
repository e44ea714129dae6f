//! Whether the database can be written: without that nobody can sign in, even if it answers.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Db, on_both};

/// Why it cannot be written.
#[derive(Debug, Error)]
pub enum NotReady {
    /// The file was deleted or replaced. What is written now is lost.
    #[error("the database file is not the one that was opened: it was deleted or replaced")]
    OtherFile,
    /// It does not accept a row: full, read-only, locked, or gone.
    #[error("the database cannot be written")]
    NotWritten(#[source] sqlx::Error),
}

impl Db {
    /// Writes a row, and checks that it was stored.
    ///
    /// # Errors
    /// When it was not.
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

/// Which file was opened.
#[derive(Clone, Debug)]
pub struct OpenedFile {
    path: PathBuf,
    /// Device and number on it.
    identity: (u64, u64),
}

impl OpenedFile {
    pub(super) fn of(path: &Path) -> std::io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(path)? })
    }

    /// Whether the file that was opened is still the one at its path. If not, writes are lost.
    pub(super) fn is_there(&self) -> bool {
        identity(&self.path).is_ok_and(|found| found == self.identity)
    }
}

fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    path.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
}
