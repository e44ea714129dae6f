//! The values of a panel as a table of their own, and as files: CSV and XLSX.

mod csv;
mod table;
mod values;
mod xlsx;

pub use csv::{csv, without_formulas};
pub use table::values_table;
pub use values::Values;
pub use xlsx::xlsx;
