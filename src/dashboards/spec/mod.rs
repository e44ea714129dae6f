//! Dashboards as documents: read from files, and turned into panels that can be asked for.

mod closed;
mod columns;
mod content;
mod fields;
mod filters;
mod read;
#[cfg(test)]
mod tests;

pub use closed::ClosedPanels;
pub use columns::{Columns, fits};
pub use content::{Content, Panel, role_of};
pub use fields::is_offered;
pub use filters::{RESERVED_FIELDS, is_about};
pub use read::{Dashboard, Edition, Origin};
