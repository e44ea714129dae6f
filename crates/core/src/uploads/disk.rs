//! Blocking work on the disk, and files that are written completely or not at all.

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use serde::de::DeserializeOwned;
use tempfile::NamedTempFile;

use super::error::UploadError;

/// Runs `work` on a thread that may block.
pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, UploadError> + Send + 'static,
) -> Result<T, UploadError> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// The same for work that only logs its failures.
pub(super) async fn done_on_disk(work: impl FnOnce() + Send + 'static) {
    if let Err(error) = tokio::task::spawn_blocking(work).await {
        tracing::warn!(?error, "files of an upload could not be deleted");
    }
}

pub(super) fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != ErrorKind::NotFound
    {
        tracing::warn!(?error, path = %path.display(), "a file of an upload could not be deleted");
    }
}

pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, UploadError> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let understood = serde_json::from_slice(&text);
    if let Err(error) = &understood {
        tracing::warn!(?error, path = %path.display(), "a file of an upload cannot be understood");
    }
    Ok(understood.ok())
}

pub(super) fn readable<T: DeserializeOwned>(path: &Path) -> Option<T> {
    read(path).unwrap_or_else(|error| {
        tracing::warn!(?error, path = %path.display(), "a file of an upload cannot be read");
        None
    })
}

/// A temporary file, private from the start, with `text` flushed to disk.
pub(super) fn json_file(folder: &Path, text: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Waits until the list of files in `folder` is on disk.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
