//! Dashboards as documents: read from files, and validated.

mod closed;
mod content;
mod fields;
mod filters;
mod mistaken;
mod panel_data;
mod read;
#[cfg(test)]
mod tests;

pub use closed::ClosedPanels;
pub use content::{Content, Panel, role_of};
pub use fields::is_offered;
pub use filters::{Columns, RESERVED_FIELDS, fits, is_about};
pub use mistaken::MistakenDashboard;
pub use read::{Dashboard, Edition, Origin};
