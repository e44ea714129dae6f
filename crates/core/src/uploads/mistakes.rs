//! Mistakes in a form, by field.

use crate::spec_files::FieldMistake;

/// Mistakes in a form, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub struct FormMistakes(Vec<FieldMistake>);

impl FormMistakes {
    /// Adds that `what` is wrong with the field `at`, or with the whole form if that is empty.
    pub fn add(&mut self, at: &str, what: impl Into<String>) {
        self.0.push(FieldMistake::new(at, what));
    }

    /// The value `read` from the field `at`; `None` if invalid, which is added.
    pub fn noted<T>(&mut self, at: &str, read: Result<T, String>) -> Option<T> {
        read.map_err(|what| self.add(at, what)).ok()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &FieldMistake> {
        self.0.iter()
    }

    /// The mistake in the field `name`.
    #[must_use]
    pub fn at(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|mistake| mistake.at == name).map(|mistake| mistake.what.as_str())
    }
}
