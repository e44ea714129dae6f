//! The external databases, by their names in the configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use rolecall_data::connection::Database;

/// The databases that data sets query. Clones share them, and the limits on concurrent statements.
#[derive(Clone, Debug, Default)]
pub struct Connections(Arc<BTreeMap<String, Database>>);

impl Connections {
    /// These databases, by name.
    #[must_use]
    pub fn new(databases: BTreeMap<String, Database>) -> Self {
        Self(Arc::new(databases))
    }

    /// The one called `name`.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Database> {
        self.0.get(name)
    }

    /// Their names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Each with its name, in the order of these.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Database)> {
        self.0.iter().map(|(name, database)| (name.as_str(), database))
    }
}
