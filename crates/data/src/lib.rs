//! Data sets of Rolecall: files are imported ([`import`]), databases read ([`connection`]), rows kept as Parquet ([`store`]), and
//! asked ([`query`]).
//!
//! The crate knows no people, no HTTP and no pages. Who may see which rows is decided elsewhere and comes in as values to
//! filter by.

#![warn(missing_docs)]

pub mod connection;
pub mod import;
pub mod query;
mod rows;
pub mod schema;
pub mod store;

pub use rows::RowWriter;
