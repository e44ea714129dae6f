//! Merges several of our Parquet files into one.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use rolecall_model::data::DataColumn;

use super::convert::Converted;
use super::error::ImportError;
use super::output::Output;
use super::parquet::{in_views, pieces, record_batch, text_cells};
use crate::schema::arrow_schema;

/// The number of rows in memory at the same time.
const ROWS: usize = 8_192;
/// The maximum bytes of text written in one step, whatever the number of rows.
const BYTES: usize = 16 << 20;

/// Writes the rows of `files`, which have `columns`, one file after the other to the new Parquet file `into`. Memory
/// does not grow with their size. After an error that file does not exist.
///
/// # Errors
/// If a file cannot be read, or the new one cannot be written.
pub fn merge(files: &[PathBuf], columns: &[DataColumn], into: &Path) -> Result<Converted, ImportError> {
    let mut output = Output::create(into, arrow_schema(columns))?;
    let mut rows = 0;
    for file in files {
        for_each_piece(&File::open(file)?, |piece| {
            rows += piece.num_rows() as u64;
            output.write(piece)
        })?;
    }
    Ok(Converted { columns: columns.to_vec(), rows, bytes: output.finish()? })
}

/// Passes the rows of `file` to `take`, in pieces of at most [`ROWS`] rows and [`BYTES`] of text, or of a single row.
///
/// In memory a row group is small in the file's own form, where a text that is repeated in each row is stored once. So
/// groups are read one by one as views, and only the rows of one piece get their own copies of the texts.
fn for_each_piece(
    file: &File,
    mut take: impl FnMut(&RecordBatch) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let found = ArrowReaderMetadata::load(file, ArrowReaderOptions::new())?;
    let schema = Arc::new(Schema::new(found.schema().fields().clone()));
    let field = |field: &Arc<Field>| field.as_ref().clone().with_data_type(in_views(field.data_type()));
    let views = Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(views));
    let metadata = ArrowReaderMetadata::try_new(found.metadata().clone(), options)?;
    for group in 0..metadata.metadata().num_row_groups() {
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file.try_clone()?, metadata.clone());
        for batch in reader.with_row_groups(vec![group]).with_batch_size(ROWS).build()? {
            let batch = batch?;
            for piece in pieces(&sizes(&batch), BYTES) {
                take(&out_of_views(&batch.slice(piece.start, piece.len()), &schema)?)?;
            }
        }
    }
    Ok(())
}

/// The bytes of text in each row of `batch`.
fn sizes(batch: &RecordBatch) -> Vec<usize> {
    let mut sizes = vec![0; batch.num_rows()];
    for cells in batch.columns().iter().filter_map(text_cells) {
        for (size, cell) in sizes.iter_mut().zip(cells) {
            *size += cell.map_or(0, <[u8]>::len);
        }
    }
    sizes
}

/// `batch` converted from views to the types of `schema`.
fn out_of_views(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ImportError> {
    let columns = batch.columns().iter().zip(schema.fields()).map(|(column, field)| cast(column, field.data_type()));
    record_batch(schema, columns.collect::<Result<_, _>>()?, batch.num_rows())
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::AsArray as _;
    use datafusion::arrow::datatypes::Int64Type;
    use rolecall_model::data::{Cell, ColumnType};

    use super::*;
    use crate::rows::RowWriter;

    const CHARACTERS: usize = 1_000_000;

    // Case: push/compact-long-texts
    #[test]
    fn only_a_few_long_texts_are_in_memory_at_a_time() {
        let column = |name: &str, column_type| DataColumn { name: name.to_owned(), column_type };
        let columns = [column("text", ColumnType::Text), column("n", ColumnType::Integer)];
        let same = |_: i64| "x".repeat(CHARACTERS);
        let other = |n: i64| "x".repeat(CHARACTERS - 2) + &n.to_string();
        for text in [&same as &dyn Fn(i64) -> String, &other] {
            let folder = tempfile::tempdir().unwrap();
            let (from, into) = (folder.path().join("from.parquet"), folder.path().join("into.parquet"));
            let mut writer = RowWriter::create(&from, columns.to_vec()).unwrap();
            for n in 0..40 {
                writer.push(vec![Cell::Text(text(n)), Cell::Integer(n)]).unwrap();
            }
            writer.finish().unwrap();

            let mut pieces = Vec::new();
            for_each_piece(&File::open(&from).unwrap(), |piece| {
                pieces.push(piece.num_rows());
                Ok(())
            })
            .unwrap();
            assert!(pieces.iter().all(|rows| rows * CHARACTERS <= BYTES), "{pieces:?}");
            assert_eq!(pieces.iter().sum::<usize>(), 40);

            assert_eq!(merge(&[from.clone(), from], &columns, &into).unwrap().rows, 80);
            let mut n = 0;
            for_each_piece(&File::open(&into).unwrap(), |piece| {
                let (texts, numbers) =
                    (piece.column(0).as_string::<i32>(), piece.column(1).as_primitive::<Int64Type>());
                for (found, number) in texts.iter().zip(numbers) {
                    assert_eq!((found, number), (Some(text(n % 40).as_str()), Some(n % 40)));
                    n += 1;
                }
                Ok(())
            })
            .unwrap();
            assert_eq!(n, 80);
        }
    }
}
