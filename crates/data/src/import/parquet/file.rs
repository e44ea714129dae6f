//! A Parquet file, read in small steps.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use datafusion::parquet::basic::{ConvertedType, Encoding, Type};
use datafusion::parquet::file::metadata::RowGroupMetaData;
use datafusion::parquet::schema::types::ColumnDescPtr;
use rolecall_model::data::ColumnType;

use super::super::error::ImportError;
use super::super::limits::Limits;
use super::super::report::shown;
use super::pieces::pieces;
use super::types::{in_views, text_cells, type_of};

/// The number of rows in memory at the same time.
const ROWS: usize = 4_096;
/// The same where many cells may be large.
const FEW_ROWS: usize = 64;
/// The maximum total size of the texts of a row group, in bytes, for it to be read at once.
const TEXT_BYTES: u64 = 64 << 20;
/// How many bytes of text are passed on in one step.
const PIECE_BYTES: usize = 8 << 20;

/// An opened Parquet file.
pub(in super::super) struct ParquetFile {
    file: File,
    bytes: u64,
    metadata: ArrowReaderMetadata,
    types: Vec<ColumnType>,
    rows: u64,
    limits: Limits,
}

impl ParquetFile {
    /// # Errors
    /// If it is not a Parquet file, or has a column of lists or structures.
    pub fn open(file: &Path, limits: &Limits) -> Result<Self, ImportError> {
        let broken = |_| ImportError::refused("The file is no Parquet file that can be read.");
        let file = File::open(file)?;
        let bytes = file.metadata()?.len();
        // The type information that Arrow's own writers add to the Parquet schema is not needed, and ignoring it means
        // trusting less.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let found = ArrowReaderMetadata::load(&file, options.clone()).map_err(broken)?;
        let rows = u64::try_from(found.metadata().file_metadata().num_rows()).unwrap_or(0);
        if rows > limits.rows {
            return Err(ImportError::too_many_rows(limits));
        }
        if found.schema().fields().len() > limits.columns {
            return Err(ImportError::too_many_columns(limits));
        }
        let column_type = |field: &Arc<Field>| {
            type_of(field.data_type()).ok_or_else(|| {
                let (name, kind) = (shown(field.name().as_bytes()), field.data_type());
                ImportError::refused(format!("The column {name} is of a type that cannot be imported: {kind}."))
            })
        };
        let types = found.schema().fields().iter().map(column_type).collect::<Result<_, _>>()?;
        let options = options.with_schema(schema_to_read(found.schema(), found.parquet_schema().columns()));
        let metadata = ArrowReaderMetadata::try_new(found.metadata().clone(), options).map_err(broken)?;
        Ok(Self { file, bytes, metadata, types, rows, limits: *limits })
    }

    /// The names and types of the columns.
    pub fn columns(&self) -> impl Iterator<Item = (&str, ColumnType)> {
        self.metadata.schema().fields().iter().map(|field| field.name().as_str()).zip(self.types.iter().copied())
    }

    /// The positions of timestamp columns without a zone.
    pub fn positions_of_local_moments(&self) -> impl Iterator<Item = usize> {
        let fields = self.metadata.schema().fields().iter().enumerate();
        let is_local = |data_type: &DataType| matches!(data_type, DataType::Timestamp(_, None));
        fields.filter(move |(_, field)| is_local(field.data_type())).map(|(position, _)| position)
    }

    /// The number of rows in the metadata.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The approximate number of bytes that the first `rows` take in the file.
    pub fn bytes_until(&self, rows: u64) -> u64 {
        let all = self.rows.max(1);
        let bytes = u128::from(self.bytes) * u128::from(rows.min(all)) / u128::from(all);
        u64::try_from(bytes).unwrap_or(self.bytes)
    }

    /// The positions of text columns.
    pub fn positions_of_texts(&self) -> Vec<usize> {
        let fields = self.metadata.schema().fields().iter().enumerate();
        let is_text = |data_type: &DataType| matches!(data_type, DataType::Utf8View | DataType::BinaryView);
        fields.filter(|(_, field)| is_text(field.data_type())).map(|(position, _)| position).collect()
    }

    /// Passes a few rows at a time to `take`, with the number of the first one.
    ///
    /// # Errors
    /// If the file is broken or a cell too large, and errors of `take`.
    pub fn for_each(
        &self,
        take: impl FnMut(&RecordBatch, u64) -> Result<ControlFlow<()>, ImportError>,
    ) -> Result<(), ImportError> {
        self.read(ProjectionMask::all(), take)
    }

    /// The same for the columns at [`positions_of_texts`](Self::positions_of_texts) only.
    ///
    /// # Errors
    /// As [`for_each`](Self::for_each).
    pub fn for_each_of_texts(
        &self,
        take: impl FnMut(&RecordBatch, u64) -> Result<ControlFlow<()>, ImportError>,
    ) -> Result<(), ImportError> {
        self.read(ProjectionMask::roots(self.metadata.parquet_schema(), self.positions_of_texts()), take)
    }

    fn read(
        &self,
        columns: ProjectionMask,
        mut take: impl FnMut(&RecordBatch, u64) -> Result<ControlFlow<()>, ImportError>,
    ) -> Result<(), ImportError> {
        let unchecked = self.unchecked(&columns);
        let mut first_row = 1;
        for (index, group) in self.metadata.metadata().row_groups().iter().enumerate() {
            let reader = self.reader(index, columns.clone(), rows_at_once(group), first_row)?;
            for batch in reader {
                let batch = batch.map_err(|_| broken(first_row))?;
                check_texts(&batch, &unchecked, first_row)?;
                for piece in pieces(&sizes(&batch, first_row, &self.limits)?, PIECE_BYTES) {
                    let rows = batch.slice(piece.start, piece.len());
                    if take(&rows, first_row + piece.start as u64)?.is_break() {
                        return Ok(());
                    }
                }
                first_row += batch.num_rows() as u64;
            }
        }
        Ok(())
    }

    /// Reads one row group alone, so that no batch spans several: many small groups could have large texts together.
    ///
    /// # Errors
    /// If the file is broken from `first_row` on.
    fn reader(
        &self,
        group: usize,
        columns: ProjectionMask,
        rows_at_once: usize,
        first_row: u64,
    ) -> Result<ParquetRecordBatchReader, ImportError> {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.try_clone()?, self.metadata.clone());
        let reader = builder.with_row_groups(vec![group]).with_projection(columns).with_batch_size(rows_at_once);
        reader.build().map_err(|_| broken(first_row))
    }

    /// For each of `columns`, whether the reader leaves its texts unchecked: it checks UTF-8 only in columns declared
    /// as such.
    fn unchecked(&self, columns: &ProjectionMask) -> Vec<bool> {
        let all = self.metadata.parquet_schema().columns().iter().enumerate();
        let read = all.filter(|(position, _)| columns.leaf_included(*position));
        read.map(|(_, column)| column.converted_type() != ConvertedType::UTF8).collect()
    }
}

fn broken(first_row: u64) -> ImportError {
    ImportError::refused(format!("The Parquet file is broken: it cannot be read from row {first_row} on."))
}

/// # Errors
/// If a text of an `unchecked` column, such as JSON, is not UTF-8.
fn check_texts(batch: &RecordBatch, unchecked: &[bool], first_row: u64) -> Result<(), ImportError> {
    let columns = batch.columns().iter().zip(batch.schema_ref().fields()).zip(unchecked);
    for ((array, field), _) in columns.filter(|(_, is_unchecked)| **is_unchecked) {
        let Some(texts) = array.as_string_view_opt() else { continue };
        let is_broken = |cell: Option<&[u8]>| cell.is_some_and(|cell| std::str::from_utf8(cell).is_err());
        if let Some(row) = texts.clone().to_binary_view().iter().position(is_broken) {
            let (name, row) = (shown(field.name().as_bytes()), first_row + row as u64);
            return Err(ImportError::refused(format!(
                "The Parquet file is broken: row {row} of the column {name} is not UTF-8."
            )));
        }
    }
    Ok(())
}

/// The types to read `columns` as; none of them is nested.
fn schema_to_read(schema: &Schema, columns: &[ColumnDescPtr]) -> SchemaRef {
    let field = |(field, column): (&Arc<Field>, &ColumnDescPtr)| {
        let data_type = match (column.physical_type(), field.data_type()) {
            // In nanoseconds, the reader would silently turn dates after 2262 into other ones.
            (Type::INT96, DataType::Timestamp(..)) => DataType::Timestamp(TimeUnit::Microsecond, None),
            (_, data_type) => in_views(data_type),
        };
        field.as_ref().clone().with_data_type(data_type)
    };
    Arc::new(Schema::new(schema.fields().iter().zip(columns).map(field).collect::<Vec<_>>()))
}

/// How many rows of `group` are read in one step, according to the metadata.
fn rows_at_once(group: &RowGroupMetaData) -> usize {
    let texts = || group.columns().iter().filter(|column| column.column_type() == Type::BYTE_ARRAY);
    let sizes = texts().map(|column| u64::try_from(column.uncompressed_size()).unwrap_or(u64::MAX));
    let bytes = sizes.fold(0, u64::saturating_add);
    // These encodings store only the difference from the previous cell, so the texts are longer than the file suggests.
    let are_shortened = texts().any(|column| column.encodings().any(|of| of == Encoding::DELTA_BYTE_ARRAY));
    if bytes <= TEXT_BYTES && !are_shortened {
        return ROWS;
    }
    let rows = u64::try_from(group.num_rows()).unwrap_or(0).max(1);
    let fitting = TEXT_BYTES / (bytes / rows).max(1);
    usize::try_from(fitting).unwrap_or(FEW_ROWS).clamp(1, FEW_ROWS)
}

/// The bytes of text in each row of a batch.
///
/// # Errors
/// If a cell or a row is too large.
fn sizes(batch: &RecordBatch, first_row: u64, limits: &Limits) -> Result<Vec<usize>, ImportError> {
    let mut sizes = vec![0; batch.num_rows()];
    for (array, field) in batch.columns().iter().zip(batch.schema_ref().fields()) {
        for (row, cell) in text_cells(array).into_iter().flatten().enumerate() {
            let bytes = cell.map_or(0, <[u8]>::len);
            if bytes > limits.cell_bytes {
                return Err(ImportError::cell_of_column_too_large(first_row + row as u64, field.name(), limits));
            }
            sizes[row] += bytes;
        }
    }
    if let Some(row) = sizes.iter().position(|size| *size > limits.row_bytes()) {
        return Err(ImportError::row_too_large(first_row + row as u64, limits));
    }
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{ArrayRef, DictionaryArray, StringViewArray};
    use datafusion::arrow::datatypes::Int32Type;
    use datafusion::parquet::arrow::ArrowWriter;
    use datafusion::parquet::file::properties::WriterProperties;

    use super::*;

    fn written(column: ArrayRef, properties: WriterProperties) -> ParquetFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let batch = RecordBatch::try_from_iter([("text", column)]).unwrap();
        let mut writer = ArrowWriter::try_new(file.reopen().unwrap(), batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        ParquetFile::open(file.path(), &Limits::default()).unwrap()
    }

    fn pieces_of(file: &ParquetFile) -> Vec<(u64, usize)> {
        let mut pieces = Vec::new();
        file.for_each(|batch, first_row| {
            pieces.push((first_row, batch.num_rows()));
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
        pieces
    }

    // Case: import/large-parquet
    #[test]
    fn a_repeated_large_cell_is_passed_on_a_few_times_at_once() {
        let text = "x".repeat(900_000);
        let often: DictionaryArray<Int32Type> = std::iter::repeat_n(text.as_str(), 40).collect();
        let file = written(Arc::new(often), WriterProperties::default());
        assert_eq!(rows_at_once(file.metadata.metadata().row_group(0)), ROWS);
        assert_eq!(pieces_of(&file), [(1, 9), (10, 9), (19, 9), (28, 9), (37, 4)]);
    }

    // Case: import/large-parquet
    #[test]
    fn few_rows_are_read_at_once_where_many_cells_may_be_large() {
        let texts = |bytes: usize, count: usize| -> ArrayRef {
            let cell = |number: usize| {
                let number = number.to_string();
                "0".repeat(bytes - number.len()) + &number
            };
            Arc::new((0..count).map(|number| Some(cell(number))).collect::<StringViewArray>())
        };
        let small = written(texts(10, 10_000), WriterProperties::default());
        assert_eq!(rows_at_once(small.metadata.metadata().row_group(0)), ROWS);
        let plain = WriterProperties::builder().set_dictionary_enabled(false).build();
        let large = written(texts(900_000, 80), plain);
        assert_eq!(rows_at_once(large.metadata.metadata().row_group(0)), FEW_ROWS);
        let rows: Vec<usize> = pieces_of(&large).into_iter().map(|(_, rows)| rows).collect();
        assert!(rows.iter().all(|rows| *rows <= 9) && rows.iter().sum::<usize>() == 80, "{rows:?}");
        let shortened =
            WriterProperties::builder().set_dictionary_enabled(false).set_encoding(Encoding::DELTA_BYTE_ARRAY);
        let shortened = written(texts(900_000, 80), shortened.build());
        assert_eq!(rows_at_once(shortened.metadata.metadata().row_group(0)), FEW_ROWS);
    }

    // Case: import/large-parquet
    #[test]
    fn many_small_row_groups_are_never_in_memory_together() {
        let text = "x".repeat(900_000);
        let often: DictionaryArray<Int32Type> = std::iter::repeat_n(text.as_str(), 7).collect();
        let two_each = WriterProperties::builder().set_max_row_group_row_count(Some(2)).build();
        let file = written(Arc::new(often), two_each);
        assert_eq!(pieces_of(&file), [(1, 2), (3, 2), (5, 2), (7, 1)]);
    }
}
