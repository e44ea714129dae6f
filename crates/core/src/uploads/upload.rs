//! An upload, as its folder describes it.

use rolecall_data::import::{Given, ImportReport};
use rolecall_model::Role;
use serde::{Deserialize, Serialize};

use super::decisions::Fields;
use crate::datasets::{DataSetKey, ImportedFile, Target};

/// The longest name of a data set.
const DATASET_CHARACTERS: usize = 64;

/// An upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its name in paths: 32 digits of base 16.
    pub id: String,
    /// Our number of the person who sent it.
    pub owner: i64,
    /// What the file is called, as far as that can be shown. It is used for no path.
    pub file_name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The data set that it becomes, where that is a new one.
    pub new: ProposedDataSet,
    /// What the person decided about how it is read, and what it is read like.
    pub given: Given,
    /// The last file of the data set, where its rows go to one that is there: it is read like that.
    #[serde(default)]
    pub last: Option<ImportedFile>,
    /// The SHA-256 of the file's bytes, in hexadecimal digits, once it is there.
    #[serde(default)]
    pub sha256: String,
    /// Whether the person wants its rows added though those of the same file are there.
    #[serde(default)]
    pub again: bool,
    /// The form as it was sent last, until the file is read as that says: where it cannot be, nothing that was typed is lost.
    #[serde(default)]
    pub typed: Option<Fields>,
    /// How far it is.
    pub state: State,
    /// What came of the last step.
    pub notice: Option<Notice>,
    /// When something was done with it last, Unix milliseconds (UTC).
    pub touched_at_ms: i64,
}

/// What an upload is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A new data set.
    New,
    /// Its rows take the place of those of this data set.
    Replace(DataSetKey),
    /// Its rows are added to them.
    Append(DataSetKey),
}

/// A data set that is to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedDataSet {
    /// Its name in dashboards.
    pub name: String,
    pub title: String,
    /// The lowest role that sees anything of it.
    pub role: Role,
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It comes in.
    Receiving,
    /// It is read, to say what it is.
    Examining,
    /// The person looks at it.
    Preview,
    /// Its rows are written.
    Importing {
        /// What their file is called in the store, once they are brought in.
        file: Option<String>,
    },
    /// It cannot be a table, and the file is deleted: why, as sentences.
    Refused(String),
    /// It is in its data set, and the file is deleted.
    Imported {
        /// The name of the data set.
        dataset: String,
        /// The version that it made.
        version: u64,
    },
}

/// What came of the last step, where that is worth a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The file has mistakes, and nothing was imported.
    Mistakes(ImportReport),
    /// A sentence: why it did not go on.
    Refused(String),
    /// The file cannot be read as a field of the form says.
    Field {
        /// The name of the field.
        at: String,
        /// Why, and what to do, as sentences.
        what: String,
    },
    /// An import was asked for together with changes: the file was read again with them, so that they are seen before anything is
    /// imported.
    ReadAgain,
}

impl Purpose {
    /// The data set that is there already.
    #[must_use]
    pub const fn dataset(&self) -> Option<&DataSetKey> {
        match self {
            Self::New => None,
            Self::Replace(dataset) | Self::Append(dataset) => Some(dataset),
        }
    }
}

impl Upload {
    /// What the import makes of a data set.
    #[must_use]
    pub fn target(&self) -> Target {
        match &self.purpose {
            Purpose::New => {
                let ProposedDataSet { name, title, role } = self.new.clone();
                Target::New { name, title, role }
            }
            Purpose::Replace(dataset) => {
                Target::Replace { dataset: dataset.clone(), new_columns: false, may_be_empty: false }
            }
            Purpose::Append(dataset) if self.again => Target::Append(dataset.clone()),
            Purpose::Append(dataset) => Target::AppendOnce(dataset.clone()),
        }
    }

    /// Whether nothing can be done with it any more: its file is deleted, and it only says what came of that.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.state, State::Imported { .. } | State::Refused(_))
    }

    /// Whether something is done with it that a crash can interrupt.
    #[must_use]
    pub const fn is_in_work(&self) -> bool {
        matches!(self.state, State::Receiving | State::Examining | State::Importing { .. })
    }
}

impl ProposedDataSet {
    /// What a file called `file_name` would make: its name without ending, as title and, as far as that can be one, as name.
    #[must_use]
    pub fn of_file(file_name: &str) -> Self {
        let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).trim();
        let mut name = String::new();
        for character in stem.chars().flat_map(char::to_lowercase) {
            if character.is_ascii_alphanumeric() {
                name.push(character);
            } else if !name.is_empty() && !name.ends_with('-') {
                name.push('-');
            }
        }
        name.truncate(DATASET_CHARACTERS);
        let name = name.trim_end_matches('-');
        let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        Self { name: or(name, "data"), title: or(stem, "Data"), role: Role::Read }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_data_set_follows_from_that_of_the_file() {
        let name = |file: &str| ProposedDataSet::of_file(file).name;
        assert_eq!(name("Sales 2026 (final).csv"), "sales-2026-final");
        assert_eq!(name("Übersicht.xlsx"), "bersicht");
        assert_eq!(name("销售.csv"), "data");
        assert_eq!(name(&format!("{}.csv", "a".repeat(300))).len(), DATASET_CHARACTERS);
        assert_eq!(ProposedDataSet::of_file("销售.csv").title, "销售");
    }
}
