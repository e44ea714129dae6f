//! Why an upload failed.

use std::io;

use thiserror::Error;

use crate::datasets::DatasetError;

/// Why an upload failed.
#[derive(Debug, Error)]
pub enum UploadError {
    /// The person has as many as allowed.
    #[error("You have {0} uploads that are not imported yet. Import or delete one of them first.")]
    TooMany(usize),
    /// All uploads together have reached the limit.
    #[error("Too many files are being uploaded. Try again later.")]
    TooMuch,
    /// The file is larger than allowed.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// The file is not a table: the reasons, as sentences.
    #[error("{0} Nothing of it was kept.")]
    NoTable(String),
    /// Another action on it is running.
    #[error("This upload is being worked on. Wait, or cancel that first.")]
    InWork,
    /// There is no such upload for this person.
    #[error("there is no such upload")]
    Unknown,
    /// Its folder cannot be read or written.
    #[error("the folder of an upload cannot be used")]
    Files(#[from] io::Error),
    /// Its description cannot be written as JSON.
    #[error("the description of an upload cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The operation on data sets failed.
    #[error(transparent)]
    Datasets(#[from] DatasetError),
}

impl UploadError {
    /// Whether the disk is full.
    #[must_use]
    pub fn is_for_want_of_space(&self) -> bool {
        matches!(self, Self::Files(error) if error.kind() == io::ErrorKind::StorageFull)
    }
}
