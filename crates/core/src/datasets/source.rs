//! The file that a version was made from, and how it was read.

use std::path::Path;

use rolecall_data::import::Reading;
use rolecall_sign_in::is_invisible;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many digits an SHA-256 has.
const SHA256_DIGITS: usize = 64;
/// How many characters of a file's name are kept.
const NAME_CHARACTERS: usize = 255;

/// A file that is to be imported.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// What it is called, as [`shown_name`] writes it.
    pub name: &'a str,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: &'a str,
}

/// The file that a version was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What it is, and what it did.
    pub file: FileOfVersion,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// What the file with its rows is called in the store.
    pub stored_as: String,
    /// How it was read, with the columns that were left out.
    pub reading: Reading,
}

/// The file that a version was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOfVersion {
    /// What it is called.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// What it did to the data set.
    pub effect: FileEffect,
}

/// What a file did to a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileEffect {
    /// The data set was made of it.
    Made,
    /// Its rows took the place of all others.
    Replaced,
    /// Its rows were added.
    Added,
}

/// A file that was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedFile {
    /// What it is called.
    pub name: String,
    /// When, Unix milliseconds (UTC).
    pub at_ms: i64,
}

/// The same file as one whose rows are in a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameFile {
    /// What it was called then, and when that was, where the version is kept.
    pub imported: Option<ImportedFile>,
}

/// What the rows of a file are called in the store that go to the data set `dataset`. The name has the `sha256` of the file: versions
/// are forgotten, and what is appended to stays.
pub(super) fn stored_name(dataset: &str, sha256: &str) -> String {
    format!("{dataset}-{}{}", Uuid::new_v4().simple(), ending(sha256))
}

/// Whether a file of the store has that name.
pub(super) fn has_rows_of(stored_as: &str, sha256: &str) -> bool {
    stored_as.ends_with(&ending(sha256))
}

/// Whether a file of the store has the rows of one that was imported.
pub(super) fn is_of_a_file(stored_as: &str) -> bool {
    let last = stored_as.strip_suffix(".parquet").and_then(|stem| stem.rsplit('-').next());
    last.is_some_and(|last| last.len() == SHA256_DIGITS)
}

fn ending(sha256: &str) -> String {
    format!("-{sha256}.parquet")
}

/// The name of a file as it can be shown: without folders, not too long; characters that nobody sees, or that turn the direction of
/// text, are made visible.
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
    fn what_is_stored_names_the_file_that_it_is_of() {
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
