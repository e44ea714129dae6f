//! Folders that go away with the test.

use std::path::{Path, PathBuf};

use rolecall_sign_in::random;

/// A new folder below the system's one for temporary files, removed with everything in it at the end.
pub struct TempFolder(PathBuf);

impl TempFolder {
    /// Makes the folder. Its path is short, since a Unix socket's may have some hundred bytes only.
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("rolecall-{}", &random::id()[..12]));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
