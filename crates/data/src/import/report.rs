//! The mistakes in a file, for messages.

use serde::{Deserialize, Serialize};

/// The number of mistakes that are reported in full.
const TOLD: usize = 100;
/// The number of characters shown of a value.
const VALUE_CHARACTERS: usize = 60;

/// A mistake in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// The line, from 1, where the row begins; the row of a spreadsheet.
    pub line: u64,
    /// The column's name in the file, unless the mistake concerns the whole row.
    pub column: Option<String>,
    /// The cell, shortened, with control characters made visible.
    pub value: Option<String>,
    /// What is wrong, as the end of a sentence: "is not a whole number".
    pub reason: String,
}

/// The first mistakes of a file, and their total number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The first 100, in the order of the file.
    pub mistakes: Vec<Mistake>,
    /// The number of all mistakes.
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

    /// Adds the mistakes of `other`, which come later in the file.
    pub(super) fn absorb(&mut self, other: &Self) {
        let room = TOLD.saturating_sub(self.mistakes.len());
        self.count += other.count;
        self.mistakes.extend(other.mistakes.iter().take(room).cloned());
    }

    /// Sorts the mistakes in the order of the file.
    pub(super) fn sort(&mut self) {
        self.mistakes.sort_by_key(|mistake| mistake.line);
    }

    /// Whether there are no mistakes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// A value for messages: at most 60 characters, with control characters as `\n` or `\u{1}`.
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
