//! Mistakes in the configuration, each with what to do about it.

use std::fmt;

/// One mistake. Never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The key, or the file that cannot be read.
    pub key: String,
    /// The layer that it comes from; `None` where nothing was given.
    pub layer: Option<String>,
    /// What is wrong; reads on from the key: "is longer than …".
    pub what: String,
    /// What to do: one or more whole sentences.
    pub remedy: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        if let Some(layer) = &self.layer {
            write!(f, " ({layer})")?;
        }
        write!(f, " {}. {}", self.what, self.remedy)
    }
}

/// Every mistake that was found; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub(super) Vec<Mistake>);

impl ConfigErrors {
    /// The mistakes, in the order in which they were found.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "The configuration has a mistake:")?,
            count => write!(f, "The configuration has {count} mistakes:")?,
        }
        self.0.iter().try_for_each(|mistake| write!(f, "\n  - {mistake}"))
    }
}

impl std::error::Error for ConfigErrors {}
