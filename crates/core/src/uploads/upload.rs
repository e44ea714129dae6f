//! An upload, as stored in its folder.

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
    /// Its name in paths: 32 hexadecimal digits.
    pub id: String,
    /// Our number of the person who sent it.
    pub owner: i64,
    /// The name of the file, made safe for display. It is never used as a path.
    pub file_name: String,
    /// Its purpose.
    pub purpose: Purpose,
    /// The data set that it becomes, if it is a new one.
    pub new: ProposedDataSet,
    /// The person's decisions about how to read it, and the template.
    pub given: Given,
    /// The last file of the existing data set that it is for: it is read the same way.
    #[serde(default)]
    pub last: Option<ImportedFile>,
    /// The SHA-256 of the file's bytes, in hexadecimal digits, once complete.
    #[serde(default)]
    pub sha256: String,
    /// Whether the person wants its rows added even if those of the same file are there.
    #[serde(default)]
    pub again: bool,
    /// The latest form, until the file is read that way: if that fails, the input is not lost.
    #[serde(default)]
    pub typed: Option<Fields>,
    /// Its state.
    pub state: State,
    /// The result of the last step.
    pub notice: Option<Notice>,
    /// When it was last worked on, Unix milliseconds (UTC).
    pub touched_at_ms: i64,
}

/// The purpose of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Create a data set.
    New,
    /// Replace the rows of this data set.
    Replace(DataSetKey),
    /// Add its rows to this data set.
    Append(DataSetKey),
}

/// A data set to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedDataSet {
    /// Its name in dashboards.
    pub name: String,
    pub title: String,
    /// The lowest role that may see it.
    pub role: Role,
}

/// The state of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is being received.
    Receiving,
    /// It is being examined.
    Examining,
    /// The person reviews it.
    Preview,
    /// Its rows are written.
    Importing {
        /// The name of their file in the store, once it is moved there.
        file: Option<String>,
    },
    /// It cannot be a table, and the file is deleted: the reasons, as sentences.
    Refused(String),
    /// It is in its data set, and the file is deleted.
    Imported {
        /// The name of the data set.
        dataset: String,
        /// The version that it became.
        version: u64,
    },
}

/// The result of the last step, if it needs a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The file has mistakes, and nothing was imported.
    Mistakes(ImportReport),
    /// Why it did not go on, as a sentence.
    Refused(String),
    /// The file cannot be read as a field of the form says.
    Field {
        /// The name of the field.
        at: String,
        /// Why, and what to do, as sentences.
        what: String,
    },
    /// An import was requested together with changes: the file was examined again with them, so that the person sees
    /// the result before the import.
    ReadAgain,
}

impl Purpose {
    /// The existing data set.
    #[must_use]
    pub const fn dataset(&self) -> Option<&DataSetKey> {
        match self {
            Self::New => None,
            Self::Replace(dataset) | Self::Append(dataset) => Some(dataset),
        }
    }
}

impl Upload {
    /// The effect of the import on a data set.
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

    /// Whether it is finished: its file is deleted, and only the result is left.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.state, State::Imported { .. } | State::Refused(_))
    }

    /// Whether work is in progress that a crash can interrupt.
    #[must_use]
    pub const fn is_in_work(&self) -> bool {
        matches!(self.state, State::Receiving | State::Examining | State::Importing { .. })
    }
}

impl ProposedDataSet {
    /// The data set that a file called `file_name` would become: its name without the extension is the title, and the
    /// name as far as it is valid.
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
    fn the_name_of_a_data_set_is_derived_from_the_file_name() {
        let name = |file: &str| ProposedDataSet::of_file(file).name;
        assert_eq!(name("Sales 2026 (final).csv"), "sales-2026-final");
        assert_eq!(name("Übersicht.xlsx"), "bersicht");
        assert_eq!(name("销售.csv"), "data");
        assert_eq!(name(&format!("{}.csv", "a".repeat(300))).len(), DATASET_CHARACTERS);
        assert_eq!(ProposedDataSet::of_file("销售.csv").title, "销售");
    }
}
