//! Whether a file is small enough to be read.

use std::path::Path;

use super::error::ImportError;
use super::limits::Limits;

/// The size of a file in bytes.
///
/// # Errors
/// If it is too large, or cannot be found out.
pub(super) fn size_of(file: &Path, limits: &Limits) -> Result<u64, ImportError> {
    let bytes = file.metadata()?.len();
    if bytes > limits.file_bytes { Err(ImportError::file_too_large(bytes, limits)) } else { Ok(bytes) }
}
