//! Writes the Parquet file.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{Float64Type, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::error::ImportError;
use super::parquet::record_batch;

/// The maximum rows of a row group: several cores share the groups of a file, and each group is skipped or read as a
/// whole.
const GROUP_ROWS: usize = 131_072;
/// The maximum bytes of a row group in memory.
const GROUP_BYTES: usize = 32 << 20;
/// The maximum bytes of unfinished pages in all columns.
const PAGES_BYTES: usize = 32 << 20;

/// A file that appears only once it is complete.
pub(crate) struct Output {
    path: PathBuf,
    writer: Option<ArrowWriter<BufWriter<File>>>,
    is_complete: bool,
}

impl Output {
    /// # Errors
    /// If the file exists already, or cannot be written.
    pub fn create(path: &Path, schema: SchemaRef) -> Result<Self, ImportError> {
        let page = (PAGES_BYTES / schema.fields().len().max(1)).clamp(16 << 10, 1 << 20);
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_data_page_size_limit(page)
            .set_dictionary_page_size_limit(page)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .build();
        let file = BufWriter::with_capacity(1 << 20, File::create_new(path)?);
        let mut output = Self { path: path.to_owned(), writer: None, is_complete: false };
        output.writer = Some(ArrowWriter::try_new(file, schema, Some(properties))?);
        Ok(output)
    }

    /// Writes rows. NaN and infinite doubles become missing values, and minus zero becomes zero: the statistics of the
    /// file do not cover them, and a query that relies on the statistics would count wrongly.
    ///
    /// # Errors
    /// If the disk is full, or the batch has other columns.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ImportError> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        writer.write(&ordinary(batch)?)?;
        if writer.memory_size() > GROUP_BYTES {
            writer.flush()?;
        }
        Ok(())
    }

    /// Completes the file and flushes it to the disk. Returns its size in bytes.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> Result<u64, ImportError> {
        let writer = self.writer.take().ok_or_else(|| io::Error::other("the file is closed"))?;
        let file = writer.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        self.is_complete = true;
        Ok(bytes)
    }
}

/// `batch` with ordinary doubles only.
fn ordinary(batch: &RecordBatch) -> Result<RecordBatch, ImportError> {
    let column = |column: &ArrayRef| -> ArrayRef {
        match column.as_primitive_opt::<Float64Type>() {
            Some(doubles) => {
                Arc::new(doubles.unary_opt::<_, Float64Type>(|value| value.is_finite().then_some(value + 0.0)))
            }
            None => Arc::clone(column),
        }
    };
    record_batch(&batch.schema(), batch.columns().iter().map(column).collect(), batch.num_rows())
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.is_complete {
            self.writer = None;
            if let Err(error) = fs::remove_file(&self.path) {
                tracing::warn!(%error, "an incomplete file of an import could not be removed");
            }
        }
    }
}
