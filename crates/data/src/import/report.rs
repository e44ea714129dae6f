//! The mistakes of a file, as they are told.

use serde::{Deserialize, Serialize};

/// How many mistakes are told in full.
const TOLD: usize = 100;
/// How many characters of a value are told.
const VALUE_CHARACTERS: usize = 60;

/// One mistake of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// The line of the file where the row begins, from 1. Of a spreadsheet: its row.
    pub line: u64,
    /// The column's name in the file, unless the mistake concerns the whole row.
    pub column: Option<String>,
    /// The cell, shortened, with control characters made visible.
    pub value: Option<String>,
    /// What is wrong, as the end of a sentence: "is not a whole number".
    pub reason: String,
}

/// The first mistakes of a file, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The first 100, in the order of the file.
    pub mistakes: Vec<Mistake>,
    /// All.
    pub count: u64,
}

impl ImportReport {
    pub(super) fn add(&mut self, mistake: Mistake) {
        self.add_with(|| mistake);
    }

    /// Counts a mistake, and builds its message only if it will be reported.
    pub(super) fn add_with(&mut self, mistake: impl FnOnce() -> Mistake) {
        self.count += 1;
        if self.mistakes.len() < TOLD {
            self.mistakes.push(mistake());
        }
    }

    /// Adds those of `other`, which come later in the file.
    pub(super) fn absorb(&mut self, other: &Self) {
        let room = TOLD.saturating_sub(self.mistakes.len());
        self.count += other.count;
        self.mistakes.extend(other.mistakes.iter().take(room).cloned());
    }

    /// Puts the mistakes into the order of the file.
    pub(super) fn sort(&mut self) {
        self.mistakes.sort_by_key(|mistake| mistake.line);
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// A value as a person can read it: at most 60 characters, control characters as `\n` or `\u{1}`.
pub(super) fn shown(value: &[u8]) -> String {
    let start = &value[..value.len().min(VALUE_CHARACTERS * 4)];
    let text = String::from_utf8_lossy(start);
    let mut characters = text.trim_end_matches(char::REPLACEMENT_CHARACTER).chars();
    let mut shown = String::new();
    for character in characters.by_ref().take(VALUE_CHARACTERS) {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    if characters.next().is_some() || start.len() < value.len() {
        shown.push('…');
    }
    shown
}
