//! Which file a database is in.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

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

    /// Whether the file that was opened is still the one at its path. What is written is lost otherwise.
    pub(super) fn is_there(&self) -> bool {
        identity(&self.path).is_ok_and(|found| found == self.identity)
    }
}

fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    path.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
}
