//! Mistakes in documents, told so that who reads one knows what to do.

use std::fmt;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecMistake {
    pub file: String,
    /// Its line, from 1; nothing where the file cannot be read at all.
    pub line: Option<usize>,
    /// The field, for example `panels[2].measures[0].of`; empty for the document as a whole.
    pub at: String,
    /// What is wrong, and what to do: whole sentences.
    pub what: String,
}

impl fmt::Display for SpecMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        if !self.at.is_empty() {
            write!(f, "{}: ", self.at)?;
        }
        f.write_str(&self.what)
    }
}

/// A mistake at a field, wherever the document stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMistake {
    /// The field, for example `panels[2].measures[0].of`; empty for the document as a whole.
    pub at: String,
    /// What is wrong, and what to do: whole sentences.
    pub what: String,
}

impl FieldMistake {
    /// `what` is wrong at the field `at`.
    #[must_use]
    pub fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: at.into(), what: what.into() }
    }
}
