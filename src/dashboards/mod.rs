//! The dashboards: which there are, what each role sees of them, and the data behind.
//!
//! Data of a closed panel are never read for who may not see them, let alone sent.

mod catalogue;
mod error;
mod import;
mod notes;
mod open;
mod panel;
mod shared_count;
mod weather;

pub use catalogue::{CATALOGUE, Entry, PanelEntry, find, open_to};
pub use error::DashboardsError;
pub use import::ImportError;
pub use notes::SaveNoteError;
pub use open::Dashboards;
pub use panel::FoundPanel;
