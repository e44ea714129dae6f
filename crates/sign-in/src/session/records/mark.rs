//! The time of the latest revocation, kept in a file outside of the database: a database that knows of none so late was
//! put back to an earlier state.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::private_files;

/// The mark. Clones share it; it is kept nowhere before [`keep_in`](Self::keep_in).
#[derive(Clone, Default)]
pub struct RevocationMark(Arc<Mutex<Option<Kept>>>);

struct Kept {
    file: PathBuf,
    latest_ms: Option<i64>,
}

impl RevocationMark {
    /// Keeps the mark in `file` from now on. Returns the one that is there, Unix milliseconds (UTC).
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub fn keep_in(&self, file: PathBuf) -> io::Result<Option<i64>> {
        let latest_ms = read(&file)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Kept { file, latest_ms });
        Ok(latest_ms)
    }

    /// Notes that something was revoked at `revoked_at_ms`.
    ///
    /// # Errors
    /// When the file cannot be written; then the earlier mark stays.
    pub fn raise(&self, revoked_at_ms: i64) -> io::Result<()> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.as_mut() {
            Some(kept) if kept.latest_ms < Some(revoked_at_ms) => kept.write(revoked_at_ms),
            _ => Ok(()),
        }
    }

    /// Puts the mark where the database stands, `latest_ms`, whatever it was.
    ///
    /// # Errors
    /// When the file cannot be written; then the earlier mark stays.
    pub fn reset(&self, latest_ms: i64) -> io::Result<()> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_mut().map_or(Ok(()), |kept| kept.write(latest_ms))
    }
}

/// The mark in `file`, Unix milliseconds (UTC); `None` where there is none.
///
/// # Errors
/// When there is a file that cannot be read.
pub(super) fn read(file: &Path) -> io::Result<Option<i64>> {
    match fs::read_to_string(file) {
        // What is not a number says nothing. It is replaced at the next revocation.
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Kept {
    /// Written beside and moved into place, so that there is always a whole one.
    fn write(&mut self, latest_ms: i64) -> io::Result<()> {
        if let Some(folder) = self.file.parent() {
            private_files::make_folder(folder)?;
        }
        let beside = self.file.with_extension("new");
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        writeln!(file, "{latest_ms}")?;
        file.sync_all()?;
        fs::rename(&beside, &self.file)?;
        self.latest_ms = Some(latest_ms);
        Ok(())
    }
}
