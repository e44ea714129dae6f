//! Rejects files that are not tables, whatever their names.

use super::super::error::ImportError;
use super::encoding::guess_encoding;

/// The first bytes of other file formats.
const BEGINNINGS: [(&[u8], &str); 13] = [
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"RIFF", "a picture, a sound or a film (RIFF)"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "compressed (gzip): unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed (zstd): unpack it first"),
    (b"BZh", "compressed (bzip2): unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z): unpack it first"),
    (b"PK\x03\x04", "an archive (ZIP): unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Office document: save it as XLSX or CSV first"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
];

/// Rejects a file that is certainly not text.
///
/// # Errors
/// With the format of the file, if known.
pub fn refuse_other_kinds(start: &[u8]) -> Result<(), ImportError> {
    if start.is_empty() {
        return Err(ImportError::refused("The file is empty."));
    }
    // Two letters are too few to distinguish an archive from a text.
    let is_certain = |beginning: &[u8]| !start.is_ascii() || beginning == b"%PDF-";
    let known = BEGINNINGS.iter().find(|(beginning, _)| start.starts_with(beginning) && is_certain(beginning));
    if let Some((_, what)) = known {
        return Err(ImportError::refused(format!("The file is not a table. It is {what}.")));
    }
    let is_wide = guess_encoding(start).encoding != encoding_rs::UTF_8;
    if start.contains(&0) && !is_wide {
        return Err(ImportError::refused("The file is not a table: it is not a text."));
    }
    Ok(())
}
