//! The progress of an import, and how to cancel it.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::error::ImportError;

/// How much of a file has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Rows.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes_read: u64,
    /// The size of the file in bytes.
    pub bytes: u64,
}

/// Called with the rows and bytes read so far; returns an error to cancel the import.
pub(super) type OnProgress<'a> = &'a mut dyn FnMut(u64, u64) -> Result<(), ImportError>;

/// Reports progress, and returns an error if the import was cancelled.
pub(super) fn report_progress(
    told: &mut impl FnMut(Progress) -> ControlFlow<()>,
    progress: Progress,
) -> Result<(), ImportError> {
    match told(progress) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ImportError::Cancelled),
    }
}
