//! Dashboards as documents: read from files, and validated.

mod closed;
mod content;
mod fields;
mod filters;
mod read;
#[cfg(test)]
mod tests;

pub use closed::ClosedPanels;
pub use content::{Content, Panel, role_of};
pub use fields::is_offered;
pub use filters::{Columns, RESERVED_FIELDS, fits, is_about};
pub use read::{Dashboard, Edition, Origin};

pub(super) use read::data_mistakes_beside_others;
