//! Parquet files from other programs: read in small steps, with their columns cast to our types.

mod column;
mod file;
mod pieces;
mod types;

pub(super) use column::{column, record_batch, texts};
pub(super) use file::ParquetFile;
pub(super) use pieces::pieces;
pub(super) use types::{in_views, text_cells};
