//! How far an import is, and the way to stop it.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::error::ImportError;

/// How far a file has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Rows.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes_read: u64,
    /// Bytes that the file has.
    pub bytes: u64,
}

/// Is told rows and bytes that are read, and fails if the import shall stop.
pub(super) type OnProgress<'a> = &'a mut dyn FnMut(u64, u64) -> Result<(), ImportError>;

/// Tells how far the import is, and makes a wish to stop an error.
pub(super) fn report_progress(
    told: &mut impl FnMut(Progress) -> ControlFlow<()>,
    progress: Progress,
) -> Result<(), ImportError> {
    match told(progress) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ImportError::Cancelled),
    }
}
