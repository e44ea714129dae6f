//! Bookmarks: what is stored about a person and a dashboard or an app.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// A dashboard or an app by its name in addresses, as text `dashboard/sales`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Thing(String);

impl Thing {
    const DASHBOARD: &str = "dashboard/";
    const APP: &str = "app/";

    /// The dashboard `slug`.
    #[must_use]
    pub fn dashboard(slug: &str) -> Self {
        Self(format!("{}{slug}", Self::DASHBOARD))
    }

    /// The app called `name`.
    #[must_use]
    pub fn app(name: &str) -> Self {
        Self(format!("{}{name}", Self::APP))
    }

    /// The name of the dashboard, if it is one.
    #[must_use]
    pub fn as_dashboard(&self) -> Option<&str> {
        self.0.strip_prefix(Self::DASHBOARD)
    }

    /// The name of the app, if it is one.
    #[must_use]
    pub fn as_app(&self) -> Option<&str> {
        self.0.strip_prefix(Self::APP)
    }

    /// Its text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Thing {
    fn from(written: String) -> Self {
        Self(written)
    }
}

/// What is stored about a person and one thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Whether it is a favourite of the person.
    pub is_favourite: bool,
    /// When the person last looked at it, Unix milliseconds (UTC).
    pub visited_at_ms: Option<i64>,
}

/// A person's bookmarks of all things.
#[derive(Debug, Default)]
pub struct Marks(Mutex<HashMap<Thing, Mark>>);

impl Marks {
    /// The bookmark of `thing`.
    #[must_use]
    pub fn of(&self, thing: &Thing) -> Mark {
        self.all().get(thing).copied().unwrap_or_default()
    }

    pub(super) fn set_visited(&self, thing: &Thing, at_ms: i64) {
        let mut all = self.all();
        let mark = all.entry(thing.clone()).or_default();
        mark.visited_at_ms = mark.visited_at_ms.max(Some(at_ms));
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Thing, Mark>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FromIterator<(Thing, Mark)> for Marks {
    fn from_iter<I: IntoIterator<Item = (Thing, Mark)>>(marks: I) -> Self {
        Self(Mutex::new(marks.into_iter().collect()))
    }
}
