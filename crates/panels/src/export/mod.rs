//! The values of a panel as a table, and as files: CSV and XLSX.

mod csv;
mod noise;
mod values;
mod xlsx;

pub use csv::{csv, without_formulas};
pub use values::{Values, values_table};
pub use xlsx::xlsx;
