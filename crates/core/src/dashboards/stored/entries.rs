//! Lists of stored dashboards and their versions.

/// A version in the history of a dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its number, from 1.
    pub version: i64,
    /// The title of the dashboard then.
    pub title: String,
    /// A short description of the change; `None` if it may be about a panel that is closed to the person.
    pub change: Option<String>,
    /// The version that it restored.
    pub restored_from: Option<i64>,
    /// The name of the person who made it.
    pub editor: String,
    /// When, Unix milliseconds (UTC).
    pub created_at_ms: i64,
    /// Whether the person can restore it: no panel that is closed to them would change.
    pub can_be_restored: bool,
}

/// A deleted dashboard that is still kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Its name in addresses.
    pub slug: String,
    pub title: String,
    /// When it was deleted, Unix milliseconds (UTC).
    pub deleted_at_ms: i64,
}
