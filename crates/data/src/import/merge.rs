//! Several Parquet files of ours, written as one.

use std::path::{Path, PathBuf};

use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rolecall_model::data::DataColumn;

use super::converted::Converted;
use super::error::ImportError;
use super::output::Output;
use crate::schema::arrow_schema;

/// Rows that are in memory at once.
const ROWS: usize = 8_192;

/// Writes the rows of `files`, which have `columns`, one file after the other to the new Parquet file `into`. Memory does not grow
/// with them. After an error there is no such file.
///
/// # Errors
/// If a file cannot be read, or the new one not be written.
pub fn merge(files: &[PathBuf], columns: &[DataColumn], into: &Path) -> Result<Converted, ImportError> {
    let mut output = Output::create(into, arrow_schema(columns))?;
    let mut rows = 0;
    for file in files {
        let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(file)?)?.with_batch_size(ROWS);
        for batch in reader.build()? {
            let batch = batch?;
            rows += batch.num_rows() as u64;
            output.write(&batch)?;
        }
    }
    Ok(Converted { columns: columns.to_vec(), rows, bytes: output.finish()? })
}
