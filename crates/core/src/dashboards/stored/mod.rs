//! Dashboards that people make in the browser: their documents with the whole history in the database, and the current
//! ones cached in memory.

mod cache;
mod change;
mod editor;
mod entries;
mod error;
mod history;
mod notes_back;
mod slug;
mod store;
mod sweep;

pub(super) use cache::DashboardCache;
pub use change::New;
pub use editor::{Editor, role_to_change};
pub use entries::{HistoryEntry, Removed};
pub use error::StoreError;
pub use history::Stored;
pub use slug::{candidates, is_reserved, wish};
pub(super) use store::slugs;
