//! What a file is before it is read: how large, and of which kind by its first bytes. What it is called says nothing.

use std::path::Path;

use super::delimited::{refuse_other_kinds, start_of};
use super::error::ImportError;
use super::limits::Limits;
use super::reading::Format;

/// The size of a file in bytes.
///
/// # Errors
/// If it is too large, or cannot be found out.
pub(super) fn size_of(file: &Path, limits: &Limits) -> Result<u64, ImportError> {
    let bytes = file.metadata()?.len();
    if bytes > limits.file_bytes { Err(ImportError::file_too_large(bytes, limits)) } else { Ok(bytes) }
}

/// Sees that a file may be a table, by its first bytes alone: no process of its own is needed for that.
///
/// # Errors
/// [`ImportError::Refused`] with what it is; if it cannot be read.
pub fn check_kind(file: &Path) -> Result<(), ImportError> {
    match format_of(file)? {
        Format::Csv => refuse_other_kinds(&start_of(file)?),
        Format::Xlsx | Format::Ndjson | Format::Parquet => Ok(()),
    }
}

/// # Errors
/// If the file cannot be read, or is a list of JSON.
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
