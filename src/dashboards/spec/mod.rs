//! Dashboards as documents: read from files, and turned into panels that can be asked for.

mod content;
mod fields;
mod file;
mod mistake;
mod read;
#[cfg(test)]
mod tests;

pub use content::{Content, Panel};
pub use fields::is_offered;
pub use file::SpecFile;
pub use mistake::{FieldMistake, SpecMistake};
pub use read::{Columns, Dashboard, Edition, Origin};
