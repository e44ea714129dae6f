//! The file that a version was made from, and how it was read.

use std::path::Path;

use rolecall_data::import::Reading;
use rolecall_sign_in::is_invisible;
use serde::{Deserialize, Serialize};

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

/// What is told of the file that a version was made from.
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
    fn a_name_is_shown_without_folders_and_control_characters() {
        assert_eq!(shown_name("C:\\temp\\sales 2026.csv"), "sales 2026.csv");
        assert_eq!(shown_name("../../etc/passwd"), "passwd");
        assert_eq!(shown_name("a\nb\u{202e}.csv"), "a\\nb\\u{202e}.csv");
        assert_eq!(shown_name("folder/"), "file");
        assert_eq!(shown_name(&"é".repeat(300)).chars().count(), NAME_CHARACTERS);
    }
}
