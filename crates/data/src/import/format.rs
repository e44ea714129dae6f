//! Checks a file before it is read: its size, and its format by its first bytes. Its name is ignored.

use std::path::Path;

use super::delimited::{refuse_other_kinds, start_of};
use super::error::ImportError;
use super::limits::Limits;
use super::reading::Format;

/// The size of a file in bytes.
///
/// # Errors
/// If it is too large, or the size cannot be determined.
pub(super) fn size_of(file: &Path, limits: &Limits) -> Result<u64, ImportError> {
    let bytes = file.metadata()?.len();
    if bytes > limits.file_bytes { Err(ImportError::file_too_large(bytes, limits)) } else { Ok(bytes) }
}

/// Checks by its first bytes that a file may be a table. This is safe without a separate process.
///
/// # Errors
/// [`ImportError::Refused`] with the format found, or an I/O error.
pub fn check_kind(file: &Path) -> Result<(), ImportError> {
    match format_of(file)? {
        Format::Csv => refuse_other_kinds(&start_of(file)?),
        Format::Xlsx | Format::Ndjson | Format::Parquet => Ok(()),
    }
}

/// # Errors
/// If the file cannot be read, or is a JSON array.
pub(super) fn format_of(file: &Path) -> Result<Format, ImportError> {
    let start = start_of(file)?;
    if start.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if start.starts_with(b"PK\x03\x04") {
        return Ok(Format::Xlsx);
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
    match text {
        [b'{', rest @ ..] if matches!(rest.trim_ascii_start().first(), Some(b'"' | b'}')) => Ok(Format::Ndjson),
        [b'[', rest @ ..] if rest.trim_ascii_start().first() == Some(&b'{') => {
            Err(ImportError::refused("The file is one list of JSON. Write each object on a line of its own (NDJSON)."))
        }
        _ => Ok(Format::Csv),
    }
}
