//! Why an upload does not go on.

use std::io;

use thiserror::Error;

use crate::datasets::DatasetError;

/// Why an upload does not go on.
#[derive(Debug, Error)]
pub enum UploadError {
    /// The person has as many as one can have.
    #[error("You have {0} uploads that are not imported yet. Import or delete one of them first.")]
    TooMany(usize),
    /// All uploads together are as large as they may be.
    #[error("Too many files are being uploaded. Try again later.")]
    TooMuch,
    /// The file is larger than files may be.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// The file is no table: why, as sentences.
    #[error("{0} Nothing of it was kept.")]
    NoTable(String),
    /// Something else is being done with it at this moment.
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
    /// The data sets do not answer.
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
