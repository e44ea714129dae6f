//! Writes rows in memory to a Parquet file.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::record_batch::RecordBatch;
use rolecall_model::data::{Cell, ColumnType, DataColumn};

use crate::import::{Converted, ImportError, Output};
use crate::schema::{arrow_schema, days_since_1970};

/// The number of rows written in one step.
const AT_ONCE: usize = 8_192;
/// The maximum bytes of text written in one step, whatever the number of rows.
const BYTES_AT_ONCE: usize = 16 << 20;

/// Writes rows of cells to a new Parquet file, which appears only once it is complete.
pub struct RowWriter {
    columns: Vec<DataColumn>,
    /// Rows that are not written yet.
    waiting: Vec<Vec<Cell>>,
    /// The bytes of their texts.
    waiting_bytes: usize,
    output: Output,
    rows: u64,
}

impl RowWriter {
    /// A writer of the new file `into`, whose rows have `columns`.
    ///
    /// # Errors
    /// If the file exists already, or cannot be written.
    pub fn create(into: &Path, columns: Vec<DataColumn>) -> Result<Self, ImportError> {
        let output = Output::create(into, arrow_schema(&columns))?;
        Ok(Self { columns, waiting: Vec::with_capacity(AT_ONCE), waiting_bytes: 0, output, rows: 0 })
    }

    /// Adds a row: for each column, a cell of its type or a missing one. An integer is accepted as a decimal. Cells of
    /// another type, and absent cells, become missing.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn push(&mut self, row: Vec<Cell>) -> Result<(), ImportError> {
        let bytes = |cell: &Cell| if let Cell::Text(text) = cell { text.len() } else { 0 };
        self.waiting_bytes += row.iter().map(bytes).sum::<usize>();
        self.waiting.push(row);
        self.rows += 1;
        if self.waiting.len() >= AT_ONCE || self.waiting_bytes >= BYTES_AT_ONCE { self.write_waiting() } else { Ok(()) }
    }

    /// Completes the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> Result<Converted, ImportError> {
        self.write_waiting()?;
        let Self { columns, output, rows, .. } = self;
        Ok(Converted { columns, rows, bytes: output.finish()? })
    }

    fn write_waiting(&mut self) -> Result<(), ImportError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let column = |(position, column): (usize, &DataColumn)| {
            array(column.column_type, self.waiting.iter().map(|row| row.get(position).unwrap_or(&Cell::Missing)))
        };
        let arrays = self.columns.iter().enumerate().map(column).collect();
        let batch = RecordBatch::try_new(arrow_schema(&self.columns), arrays)?;
        self.waiting.clear();
        self.waiting_bytes = 0;
        self.output.write(&batch)
    }
}

/// The cells of a column.
fn array<'a>(column_type: ColumnType, cells: impl Iterator<Item = &'a Cell>) -> ArrayRef {
    /// Builds an array from the values of cells of this kind.
    macro_rules! built {
        ($builder:expr, $($cell:pat => $value:expr),+) => {{
            let mut builder = $builder;
            for cell in cells {
                match cell {
                    $($cell => builder.append_value($value),)+
                    _ => builder.append_null(),
                }
            }
            Arc::new(builder.finish())
        }};
    }
    match column_type {
        ColumnType::Text => built!(StringBuilder::new(), Cell::Text(text) => text),
        ColumnType::Integer => built!(Int64Builder::new(), Cell::Integer(value) => *value),
        ColumnType::Decimal => {
            #[expect(clippy::cast_precision_loss, reason = "decimals are doubles")]
            let array = built!(Float64Builder::new(),
                Cell::Decimal(value) => *value,
                Cell::Integer(value) => *value as f64);
            array
        }
        ColumnType::Boolean => built!(BooleanBuilder::new(), Cell::Boolean(value) => *value),
        ColumnType::Date => built!(Date32Builder::new(), Cell::Date(day) => days_since_1970(*day)),
        ColumnType::Timestamp => built!(TimestampMicrosecondBuilder::new().with_timezone("UTC"),
            Cell::Timestamp(moment) => moment.timestamp_micros()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::ops::ControlFlow;

    use chrono::{DateTime, NaiveDate};
    use datafusion::arrow::array::AsArray;
    use datafusion::arrow::datatypes::Float64Type;
    use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;
    use crate::import::{Given, Limits, examine};

    #[test]
    fn rows_read_back_unchanged_and_cells_of_another_type_become_missing() {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("rows.parquet");
        let types = [
            ColumnType::Text,
            ColumnType::Integer,
            ColumnType::Decimal,
            ColumnType::Boolean,
            ColumnType::Date,
            ColumnType::Timestamp,
        ];
        let columns = types.iter().map(|of| DataColumn { name: of.to_string(), column_type: *of }).collect();
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        let moment = DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap();
        let whole = vec![
            Cell::Text("ä".to_owned()),
            Cell::Integer(i64::MIN),
            Cell::Decimal(-0.5),
            Cell::Boolean(true),
            Cell::Date(day),
            Cell::Timestamp(moment),
        ];
        let mut writer = RowWriter::create(&into, columns).unwrap();
        writer.push(whole.clone()).unwrap();
        writer.push(vec![Cell::Integer(1), Cell::Text("1".to_owned()), Cell::Decimal(f64::NAN)]).unwrap();
        for _ in 0..AT_ONCE {
            writer.push(whole.clone()).unwrap();
        }
        let written = writer.finish().unwrap();
        assert_eq!(written.rows, AT_ONCE as u64 + 2);
        assert_eq!(written.bytes, into.metadata().unwrap().len());
        let read = examine(&into, &Given::default(), &Limits::default(), |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(read.reading.data_columns(), written.columns);
        assert_eq!(read.rows, written.rows);
        assert_eq!(read.preview[..2], [whole, vec![Cell::Missing; 6]]);
    }

    #[test]
    fn a_file_contains_only_doubles_that_its_statistics_cover() {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("rows.parquet");
        let columns = vec![DataColumn { name: "x".to_owned(), column_type: ColumnType::Decimal }];
        let mut writer = RowWriter::create(&into, columns).unwrap();
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.25] {
            writer.push(vec![Cell::Decimal(value)]).unwrap();
        }
        writer.finish().unwrap();
        let file = ParquetRecordBatchReaderBuilder::try_new(File::open(&into).unwrap()).unwrap();
        let written: Vec<_> = file.build().unwrap().map(Result::unwrap).collect();
        let doubles: Vec<_> = written[0].column(0).as_primitive::<Float64Type>().iter().collect();
        assert_eq!(doubles, [None, None, None, Some(0.0), Some(0.25)]);
        assert!(doubles[3].unwrap().is_sign_positive());
    }
}
