//! Parquet files of others: read some rows at a time, and their columns cast to our types.

mod column;
mod file;
mod types;

pub(super) use column::{column, record_batch, texts};
pub(super) use file::ParquetFile;
pub(super) use types::text_cells;
