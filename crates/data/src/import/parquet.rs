//! Parquet files of others: read batch by batch, and their columns cast to our types.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, Float64Array};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Float64Type, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use rolecall_model::data::ColumnType;

use super::batch::{Batch, Kind};
use super::columns::ColumnPlan;
use super::error::ImportError;
use super::limits::Limits;
use super::report::{Mistake, Report, shown};
use crate::schema::arrow_type;

/// Rows that are in memory at once.
const ROWS: usize = 4_096;

/// A Parquet file, opened.
pub(super) struct ParquetFile {
    reader: ParquetRecordBatchReader,
    schema: SchemaRef,
    types: Vec<ColumnType>,
    rows: u64,
}

impl ParquetFile {
    /// # Errors
    /// If it is no Parquet file, or has a column of lists, structures or bytes.
    pub fn open(file: &Path, limits: &Limits) -> Result<Self, ImportError> {
        let broken = |_| ImportError::refused("The file is no Parquet file that can be read.");
        // What Arrow's own writers store about types beside the Parquet schema is not needed, and is one thing less to trust.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder =
            ParquetRecordBatchReaderBuilder::try_new_with_options(File::open(file)?, options).map_err(broken)?;
        let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        if rows > limits.rows {
            return Err(ImportError::too_many_rows(limits));
        }
        let schema = builder.schema().clone();
        if schema.fields().len() > limits.columns {
            return Err(ImportError::too_many_columns(limits));
        }
        let column_type = |field: &Arc<datafusion::arrow::datatypes::Field>| {
            type_of(field.data_type()).ok_or_else(|| {
                let (name, kind) = (shown(field.name().as_bytes()), field.data_type());
                ImportError::refused(format!("The column {name} is of a type that cannot be imported: {kind}."))
            })
        };
        let types = schema.fields().iter().map(column_type).collect::<Result<_, _>>()?;
        let reader = builder.with_batch_size(ROWS).build().map_err(broken)?;
        Ok(Self { reader, schema, types, rows })
    }

    /// The names of the columns, and their types.
    pub fn columns(&self) -> impl Iterator<Item = (&str, ColumnType)> {
        self.schema.fields().iter().map(|field| field.name().as_str()).zip(self.types.iter().copied())
    }

    /// How many rows it says that it has.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Hands each batch of rows to `take`, with the number of its first row.
    ///
    /// # Errors
    /// If the file is broken; those of `take`.
    pub fn for_each(
        self,
        mut take: impl FnMut(&RecordBatch, u64) -> Result<ControlFlow<()>, ImportError>,
    ) -> Result<(), ImportError> {
        let mut first_row = 1;
        for batch in self.reader {
            let batch = batch.map_err(|_| {
                ImportError::refused(format!("The Parquet file is broken: it cannot be read from row {first_row} on."))
            })?;
            if take(&batch, first_row)?.is_break() {
                break;
            }
            first_row += batch.num_rows() as u64;
        }
        Ok(())
    }
}

/// What a column of this type becomes.
fn type_of(data_type: &DataType) -> Option<ColumnType> {
    Some(match data_type {
        // Some writers do not say that their texts are texts. Of 64 bits without sign and times of day, text loses nothing.
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::Null
        | DataType::UInt64
        | DataType::Time32(_)
        | DataType::Time64(_) => ColumnType::Text,
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => ColumnType::Integer,
        DataType::Decimal32(digits, 0) | DataType::Decimal64(digits, 0) | DataType::Decimal128(digits, 0)
            if *digits <= 18 =>
        {
            ColumnType::Integer
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => ColumnType::Decimal,
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            ColumnType::Decimal
        }
        DataType::Boolean => ColumnType::Boolean,
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(..) => ColumnType::Timestamp,
        DataType::Dictionary(_, values) => return type_of(values),
        _ => return None,
    })
}

/// A column as the reading wants it. What does not fit is reported.
///
/// # Errors
/// If a cell is too large, or Arrow cannot cast at all.
pub(super) fn column(
    array: &ArrayRef,
    plan: &ColumnPlan,
    first_row: u64,
    limits: &Limits,
    report: &mut Report,
) -> Result<ArrayRef, ImportError> {
    let wanted = plan.format.column_type;
    if type_of(array.data_type()) != Some(wanted) {
        let batch = texts(array, first_row)?;
        let plan = ColumnPlan { position: 0, name: plan.name.clone(), format: plan.format };
        return Ok(plan.array(&batch, report)?);
    }
    let mut cast = match (array.data_type(), wanted) {
        // A moment without zone is one of the reading's zone.
        (DataType::Timestamp(unit, None), ColumnType::Timestamp) => {
            let zone = plan.format.time_zone.0.name();
            let local = cast_to(array, &DataType::Timestamp(*unit, Some(zone.into())))?;
            if local.null_count() > array.null_count() {
                report_lost(array, &local, plan, first_row, report);
            }
            cast_to(&local, &arrow_type(wanted))?
        }
        _ => cast_to(array, &arrow_type(wanted))?,
    };
    if cast.null_count() > array.null_count() {
        report_lost(array, &cast, plan, first_row, report);
    }
    if wanted == ColumnType::Decimal {
        cast = finite(&cast, plan, first_row, report);
    }
    if let Some(texts) = cast.as_string_opt::<i32>()
        && let Some(row) = texts.offsets().lengths().position(|length| length > limits.cell_bytes)
    {
        return Err(ImportError::cell_too_large(first_row + row as u64, limits));
    }
    Ok(cast)
}

fn cast_to(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, ImportError> {
    Ok(cast_with_options(array, to, &CastOptions { safe: true, ..CastOptions::default() })?)
}

/// What a cast could not keep is missing afterwards.
fn report_lost(array: &ArrayRef, cast: &ArrayRef, plan: &ColumnPlan, first_row: u64, report: &mut Report) {
    for row in (0..array.len()).filter(|row| array.is_valid(*row) && cast.is_null(*row)) {
        let (line, column) = (first_row + row as u64, Some(plan.name.clone()));
        report.add_with(|| Mistake { line, column, value: None, reason: plan.format.complaint() });
    }
}

/// "Not a number" is missing; infinity is a mistake.
fn finite(array: &ArrayRef, plan: &ColumnPlan, first_row: u64, report: &mut Report) -> ArrayRef {
    let values = array.as_primitive::<Float64Type>();
    if values.iter().flatten().all(f64::is_finite) {
        return array.clone();
    }
    for (row, value) in values.iter().enumerate() {
        if let Some(value) = value.filter(|value| value.is_infinite()) {
            let (line, column) = (first_row + row as u64, Some(plan.name.clone()));
            let value = Some(value.to_string());
            report.add_with(|| Mistake { line, column, value, reason: plan.format.complaint() });
        }
    }
    Arc::new(values.iter().map(|value| value.filter(|value| value.is_finite())).collect::<Float64Array>())
}

/// A column as the texts of cells.
///
/// # Errors
/// If it has no texts.
pub(super) fn texts(array: &ArrayRef, first_row: u64) -> Result<Batch, ImportError> {
    let texts = cast_to(array, &DataType::Utf8)?;
    let mut batch = Batch { width: 1, ..Batch::default() };
    for (row, text) in texts.as_string::<i32>().iter().enumerate() {
        match text {
            Some(text) => batch.push_cell(Kind::Untyped, text.as_bytes()),
            None => batch.push_cell(Kind::Missing, &[]),
        }
        batch.end_row(first_row + row as u64);
    }
    Ok(batch)
}

/// Columns of equally many rows.
///
/// # Errors
/// If they are not of the schema.
pub(super) fn record_batch(schema: &SchemaRef, arrays: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, ImportError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema.clone(), arrays, &options)?)
}
