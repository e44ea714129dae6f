//! What of a form cannot be used, field by field.

use crate::spec_files::FieldMistake;

/// What of a form cannot be used, in the order in which it was found.
#[derive(Clone, Debug, Default)]
pub struct Mistakes(Vec<FieldMistake>);

impl Mistakes {
    /// Notes that `what` is wrong with the field `at`, or with the form as a whole where that is empty.
    pub fn add(&mut self, at: &str, what: impl Into<String>) {
        self.0.push(FieldMistake::new(at, what));
    }

    /// What was `read` from the field `at`; `None` where it cannot be, which is noted.
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

    /// What is wrong with the field `name`.
    #[must_use]
    pub fn at(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|mistake| mistake.at == name).map(|mistake| mistake.what.as_str())
    }
}
