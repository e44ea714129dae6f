//! What lists say of stored dashboards and their versions.

/// A version in the history of a dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its number, from 1.
    pub version: i64,
    /// The title of the dashboard then.
    pub title: String,
    /// What changed, in a few words; nothing where that may be about a panel that is closed to who asks.
    pub change: Option<String>,
    /// The version whose document it took up again.
    pub restored_from: Option<i64>,
    /// The name of who made it.
    pub editor: String,
    /// When, Unix milliseconds (UTC).
    pub created_at_ms: i64,
    /// Whether who asks can take it up again: no panel that is closed to them would change.
    pub can_be_restored: bool,
}

/// A dashboard that was deleted and is still kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Its name in addresses.
    pub slug: String,
    pub title: String,
    /// When it was deleted, Unix milliseconds (UTC).
    pub deleted_at_ms: i64,
}
