//! The newest row of the chain that this instance knows, in a file outside of the database: older ends mean that the
//! database was restored.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rolecall_sign_in::private_files;
use tokio::time::Instant;

/// How often the file is written at most, while the chain grows.
const WRITE_EVERY: Duration = Duration::from_secs(1);

/// The id of the newest committed row; 0 if none. It is in memory only, before [`keep_in`](Self::keep_in).
#[derive(Default)]
pub(super) struct HeadMark(Mutex<KnownHead>);

#[derive(Default)]
struct KnownHead {
    head: i64,
    file: Option<PathBuf>,
    /// The content of the file.
    written: i64,
    written_at: Option<Instant>,
}

/// The id in `file`; 0 if the file does not exist.
///
/// # Errors
/// If the file exists but cannot be read, or does not contain a number: then the length of the chain is unknown.
pub fn known_head(file: &Path) -> io::Result<i64> {
    match fs::read_to_string(file) {
        Ok(text) => {
            text.trim().parse().map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file holds no number"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

impl HeadMark {
    /// Stores the id in `file` from now on. The file may contain one already.
    pub(super) fn keep_in(&self, file: PathBuf) -> io::Result<()> {
        let written = known_head(&file)?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let head = known.head.max(written);
        *known = KnownHead { head, file: Some(file), written, written_at: None };
        Ok(())
    }

    /// The newest row that this instance knows.
    pub(super) fn head(&self) -> i64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).head
    }

    /// Records that the row `head` is committed. The file is updated, but not for each row.
    pub(super) fn raise(&self, head: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.head = known.head.max(head);
        if known.written_at.is_none_or(|at| at.elapsed() >= WRITE_EVERY) {
            known.write_or_log();
        }
    }

    /// Sets the stored id to the row `head`, even if it is lower: a row of the chain records that.
    pub(super) fn reset(&self, head: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.head = head;
        known.write_or_log();
    }

    /// Writes the latest id to the file, if it is not there yet.
    pub(super) fn write(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_or_log();
    }
}

impl KnownHead {
    fn write_or_log(&mut self) {
        if let Err(error) = self.write() {
            tracing::error!(
                event = "audit_head_not_kept",
                ?error,
                "the newest entry of the audit cannot be noted in a file"
            );
        }
    }

    fn write(&mut self) -> io::Result<()> {
        let Some(file) = self.file.as_ref().filter(|_| self.head != self.written) else { return Ok(()) };
        self.written_at = Some(Instant::now());
        if let Some(folder) = file.parent() {
            private_files::make_folder(folder)?;
        }
        private_files::replace(file, format!("{}\n", self.head).as_bytes())?;
        self.written = self.head;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_dir::AUDIT_HEAD;

    #[tokio::test]
    async fn the_file_is_written_at_most_once_a_second_and_its_id_never_decreases() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(AUDIT_HEAD);
        let mark = HeadMark::default();
        mark.keep_in(file.clone()).unwrap();
        mark.raise(1);
        mark.raise(2);
        assert_eq!((mark.head(), known_head(&file).unwrap()), (2, 1));
        tokio::time::sleep(WRITE_EVERY).await;
        mark.raise(1);
        assert_eq!((mark.head(), known_head(&file).unwrap()), (2, 2));
        mark.raise(3);
        mark.write();
        assert_eq!(known_head(&file).unwrap(), 3);
        mark.reset(1);
        assert_eq!(known_head(&file).unwrap(), 1);
        fs::write(&file, "").unwrap();
        assert!(known_head(&file).is_err());
    }
}
