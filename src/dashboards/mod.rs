//! The dashboards: which there are, what each role sees of them, and the data behind.
//!
//! Data of a closed panel are never read for who may not see them, let alone sent.

mod catalogue;
mod import;
mod notes;
mod open;
mod panel;
mod shared_count;
mod weather;

pub use catalogue::{CATALOGUE, Entry, find, open_to};
pub use import::ImportError;
pub use notes::SaveNoteError;
pub use open::{Dashboards, DashboardsError};
pub use panel::{FoundPanel, PanelEntry};
