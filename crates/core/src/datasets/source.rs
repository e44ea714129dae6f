//! The file that a version was made from, and how it was read.

use std::path::Path;

use rolecall_data::import::Reading;
use rolecall_sign_in::is_invisible;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many digits an SHA-256 has.
const SHA256_DIGITS: usize = 64;
/// How many characters of a file name are stored.
const NAME_CHARACTERS: usize = 255;

/// A file that is to be imported.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// Its name, as [`shown_name`] writes it.
    pub name: &'a str,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: &'a str,
}

/// The file that a version was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionSource {
    /// Its name and effect.
    pub file: FileOfVersion,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// The name of the file with its rows in the store.
    pub stored_as: String,
    /// How it was read, including the columns that were left out.
    pub reading: Reading,
}

/// The file that a version was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOfVersion {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// Its effect on the data set.
    pub effect: FileEffect,
}

/// The effect of a file on a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileEffect {
    /// The data set was created from it.
    Made,
    /// Its rows replaced all others.
    Replaced,
    /// Its rows were added.
    Added,
}

/// A file that was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedFile {
    /// Its name.
    pub name: String,
    /// When, Unix milliseconds (UTC).
    pub at_ms: i64,
}

/// A file with the same content as one whose rows are in a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameFile {
    /// Its name then, and when that was, if the version is kept.
    pub imported: Option<ImportedFile>,
}

/// The name in the store for the rows of a file for the data set `dataset`. It contains the `sha256` of the file,
/// because versions are deleted while appended files stay.
pub(super) fn stored_name(dataset: &str, sha256: &str) -> String {
    format!("{dataset}-{}{}", Uuid::new_v4().simple(), ending(sha256))
}

/// Whether a file of the store has a name of that form.
pub(super) fn has_rows_of(stored_as: &str, sha256: &str) -> bool {
    stored_as.ends_with(&ending(sha256))
}

/// Whether a file of the store has the rows of an imported file.
pub(super) fn is_of_a_file(stored_as: &str) -> bool {
    let last = stored_as.strip_suffix(".parquet").and_then(|stem| stem.rsplit('-').next());
    last.is_some_and(|last| last.len() == SHA256_DIGITS)
}

fn ending(sha256: &str) -> String {
    format!("-{sha256}.parquet")
}

/// The name of a file for display: without folders, and shortened; invisible characters, and those that change the
/// direction of text, are made visible.
#[must_use]
pub fn shown_name(file_name: &str) -> String {
    let last = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut shown = String::new();
    for character in last.chars().take(NAME_CHARACTERS) {
        if character.is_control() || is_invisible(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    if shown.is_empty() { "file".to_owned() } else { shown.chars().take(NAME_CHARACTERS).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_name_identifies_the_imported_file() {
        let (one, other) = ("0".repeat(SHA256_DIGITS), "1".repeat(SHA256_DIGITS));
        let stored_as = stored_name("sales", &one);
        assert!(stored_as.starts_with("sales-") && is_of_a_file(&stored_as));
        assert!(has_rows_of(&stored_as, &one) && !has_rows_of(&stored_as, &other));
        assert!(!is_of_a_file(&format!("sales-{}.parquet", Uuid::new_v4().simple())));
    }

    #[test]
    fn a_name_is_shown_without_folders_and_control_characters() {
        assert_eq!(shown_name("C:\\temp\\sales 2026.csv"), "sales 2026.csv");
        assert_eq!(shown_name("../../etc/passwd"), "passwd");
        assert_eq!(shown_name("a\nb\u{202e}.csv"), "a\\nb\\u{202e}.csv");
        assert_eq!(shown_name("folder/"), "file");
        assert_eq!(shown_name(&"é".repeat(300)).chars().count(), NAME_CHARACTERS);
    }
}
