//! The data sets of Rolecall: [`import`] converts files, [`connection`] reads databases, [`store`] keeps rows as
//! Parquet, and [`query`] answers questions about them.
//!
//! The crate knows nothing of people, HTTP or pages. Who may see which rows is decided elsewhere and passed in as
//! values to filter by.

#![warn(missing_docs)]

pub mod connection;
pub mod import;
pub mod query;
mod rows;
pub mod schema;
pub mod store;

pub use rows::RowWriter;
