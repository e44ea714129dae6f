//! Casts the columns of a Parquet file to those of the data set.

use std::sync::Arc;

use chrono::DateTime;
use chrono_tz::Tz;
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, TimestampMicrosecondArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, SchemaRef, TimeUnit, TimestampMicrosecondType};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use rolecall_model::data::ColumnType;

use super::super::batch::{Batch, Kind};
use super::super::cells::in_zone;
use super::super::columns::ColumnPlan;
use super::super::error::ImportError;
use super::super::report::{ImportReport, Mistake, shown};
use super::types::{kind_of, text_cells, type_of};
use crate::schema::arrow_type;

/// How cells that are not text are formatted.
const FORMAT: FormatOptions = FormatOptions::new();

/// A column with the type of the reading. Cells that do not fit are reported.
///
/// # Errors
/// If Arrow does not support the cast.
pub(in super::super) fn column(
    array: &ArrayRef,
    plan: &ColumnPlan,
    first_row: u64,
    report: &mut ImportReport,
) -> Result<ArrayRef, ImportError> {
    let wanted = plan.format.column_type;
    if type_of(array.data_type()) != Some(wanted) {
        let batch = texts(array, first_row)?;
        let plan = ColumnPlan { position: 0, name: plan.name.clone(), format: plan.format };
        return Ok(plan.array(&batch, report)?);
    }
    let cast = match (array.data_type(), wanted) {
        (DataType::Timestamp(_, None), ColumnType::Timestamp) => moments(array, plan.format.time_zone.0)?,
        _ => cast_to(array, &arrow_type(wanted))?,
    };
    if cast.null_count() > array.logical_null_count() {
        report_lost(array, &cast, plan, first_row, report);
    }
    if wanted == ColumnType::Decimal {
        report_infinite(&cast, plan, first_row, report);
    }
    Ok(cast)
}

fn cast_to(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, ImportError> {
    Ok(cast_with_options(array, to, &CastOptions { safe: true, ..CastOptions::default() })?)
}

/// Timestamps without a zone are in the reading's zone. Arrow would not convert those in the hour that a clock change
/// repeats.
fn moments(array: &ArrayRef, zone: Tz) -> Result<ArrayRef, ImportError> {
    let local = cast_to(array, &DataType::Timestamp(TimeUnit::Microsecond, None))?;
    let moment = |micros: i64| in_zone(DateTime::from_timestamp_micros(micros)?.naive_utc(), zone);
    let moments: TimestampMicrosecondArray = local.as_primitive::<TimestampMicrosecondType>().unary_opt(moment);
    Ok(Arc::new(moments.with_timezone("UTC")))
}

/// Reports cells that became missing in a cast.
fn report_lost(array: &ArrayRef, cast: &ArrayRef, plan: &ColumnPlan, first_row: u64, report: &mut ImportReport) {
    let missing = array.logical_nulls();
    let is_lost = |row: &usize| cast.is_null(*row) && missing.as_ref().is_none_or(|missing| missing.is_valid(*row));
    for row in (0..array.len()).filter(is_lost) {
        let (line, column) = (first_row + row as u64, Some(plan.name.clone()));
        report.add_with(|| Mistake { line, column, value: source_value(array, row), reason: plan.format.complaint() });
    }
}

/// A cell of the file, for messages.
fn source_value(array: &ArrayRef, row: usize) -> Option<String> {
    if let Some(bytes) = array.as_binary_view_opt() {
        return Some(shown(bytes.value(row)));
    }
    let formatter = ArrayFormatter::try_new(array, &FORMAT).ok()?;
    Some(shown(text_of(array, &formatter, row).ok()?.as_bytes()))
}

/// A cell that is not text, as text. A timestamp outside of the calendar is its number.
fn text_of(array: &ArrayRef, formatter: &ArrayFormatter, row: usize) -> Result<String, ImportError> {
    if let Ok(text) = formatter.value(row).try_to_string() {
        return Ok(text);
    }
    let number = cast_to(&array.slice(row, 1), &DataType::Int64)?;
    Ok(number.as_primitive::<Int64Type>().value(0).to_string())
}

/// Reports infinite numbers as mistakes. NaN becomes missing when it is [written](super::super::output::Output::write).
fn report_infinite(array: &ArrayRef, plan: &ColumnPlan, first_row: u64, report: &mut ImportReport) {
    for (row, value) in array.as_primitive::<Float64Type>().iter().enumerate() {
        if let Some(value) = value.filter(|value| value.is_infinite()) {
            let (line, column) = (first_row + row as u64, Some(plan.name.clone()));
            let value = Some(value.to_string());
            report.add_with(|| Mistake { line, column, value, reason: plan.format.complaint() });
        }
    }
}

/// A column as a batch of text cells.
///
/// # Errors
/// If it is not a text column.
pub(in super::super) fn texts(array: &ArrayRef, first_row: u64) -> Result<Batch, ImportError> {
    let mut batch = Batch { width: 1, ..Batch::default() };
    let kind = kind_of(array.data_type());
    let mut push = |row: usize, cell: Option<&[u8]>| {
        batch.push_cell(if cell.is_some() { kind } else { Kind::Missing }, cell.unwrap_or_default());
        batch.end_row(first_row + row as u64);
    };
    if let Some(cells) = text_cells(array) {
        cells.enumerate().for_each(|(row, cell)| push(row, cell));
        return Ok(batch);
    }
    let (missing, formatter) = (array.logical_nulls(), ArrayFormatter::try_new(array, &FORMAT)?);
    for row in 0..array.len() {
        let is_missing = missing.as_ref().is_some_and(|missing| missing.is_null(row));
        let text = if is_missing { None } else { Some(text_of(array, &formatter, row)?) };
        push(row, text.as_deref().map(str::as_bytes));
    }
    Ok(batch)
}

/// Columns with the same number of rows as a batch.
///
/// # Errors
/// If they do not match the schema.
pub(in super::super) fn record_batch(
    schema: &SchemaRef,
    arrays: Vec<ArrayRef>,
    rows: usize,
) -> Result<RecordBatch, ImportError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema.clone(), arrays, &options)?)
}
