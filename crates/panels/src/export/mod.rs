//! The values of a panel as a table of their own, and as files: CSV and XLSX.

mod csv;
mod noise;
mod values;
mod xlsx;

pub use csv::{csv, without_formulas};
pub use values::{Values, values_table};
pub use xlsx::xlsx;
