//! Converts a file to Parquet.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::sync_channel;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use rolecall_model::data::DataColumn;
use serde::{Deserialize, Serialize};

use super::batch::{Batch, Rows, for_each_batch};
use super::columns::ColumnPlan;
use super::delimited::Source;
use super::error::ImportError;
use super::format::size_of;
use super::headers::{check_names, letters};
use super::infer::index_of;
use super::limits::Limits;
use super::ndjson::JsonLines;
use super::output::Output;
use super::parquet::{self, ParquetFile};
use super::progress::{OnProgress, Progress, report_progress};
use super::reading::{Format, Reading};
use super::report::ImportReport;
use super::xlsx::Workbook;
use crate::schema::arrow_schema;

/// The number of batches in the channel to the writer.
const WAITING: usize = 2;

/// A written Parquet file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Converted {
    /// The columns, in their order.
    pub columns: Vec<DataColumn>,
    /// The number of rows.
    pub rows: u64,
    /// The size of the Parquet file in bytes.
    pub bytes: u64,
}

/// Reads a file with the settings of `reading` and writes it to the new Parquet file `into`. After an error that file
/// does not exist.
///
/// # Errors
/// [`ImportError::Mistakes`] with every wrong cell and row; other errors if the file cannot be read at all.
pub fn convert(
    file: &Path,
    reading: &Reading,
    into: &Path,
    limits: &Limits,
    mut progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Converted, ImportError> {
    let bytes = size_of(file, limits)?;
    let mut report = ImportReport::default();
    check_names(reading.taken(), u64::from(reading.header_row), &mut report);
    if !report.is_empty() {
        return Err(ImportError::Mistakes(report));
    }
    if index_of(reading.numbers).is_none() {
        return Err(ImportError::refused("Numbers cannot have these marks for decimals and thousands."));
    }
    let columns = reading.data_columns();
    let on_progress: OnProgress =
        &mut |rows, bytes_read| report_progress(&mut progress, Progress { rows, bytes_read, bytes });
    let (rows, bytes) = match reading.format {
        Format::Csv => {
            let unknown = || ImportError::refused("How the text is written is not known.");
            let dialect = reading.dialect.as_ref().ok_or_else(unknown)?;
            let mut records = Source::of(file, dialect)?.open(reading.header_row, limits)?;
            check_sources(records.first(), reading, false)?;
            write(&mut records, reading, into, limits, on_progress)?
        }
        Format::Ndjson => {
            write(&mut JsonLines::open(file, &reading.columns, *limits)?, reading, into, limits, on_progress)?
        }
        Format::Xlsx => {
            let mut workbook = Workbook::open(file, limits)?;
            let sheet =
                reading.sheet.as_ref().ok_or_else(|| ImportError::refused("Which sheet is read is not known."))?;
            let mut rows = workbook.rows(sheet, reading.header_row, *limits)?;
            let header = rows.header();
            check_sources(header.iter().map(|cell| cell.text.as_slice()), reading, true)?;
            if reading.header_row == 0 {
                rows.unread_header();
            }
            rows.widen(reading.columns.iter().map(|column| column.position + 1).max().unwrap_or(0));
            write(&mut rows, reading, into, limits, on_progress)?
        }
        Format::Parquet => {
            let file = ParquetFile::open(file, limits)?;
            check_sources(file.columns().map(|(name, _)| name.as_bytes()), reading, false)?;
            write_parquet(&file, reading, into, limits, on_progress)?
        }
    };
    Ok(Converted { columns, rows, bytes })
}

/// Checks that every column is where the reading expects it. Only spreadsheets may have columns to the right of their
/// header.
fn check_sources<'a>(
    headers: impl Iterator<Item = &'a [u8]>,
    reading: &Reading,
    has_more: bool,
) -> Result<(), ImportError> {
    let headers: Vec<String> = headers.map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
    let mut positions = HashSet::new();
    for column in reading.taken() {
        let is_named =
            |header: &String| reading.header_row == 0 && reading.format != Format::Parquet || *header == column.source;
        let is_there = headers.get(column.position).map_or(has_more && column.source.is_empty(), is_named);
        if !is_there || !positions.insert(column.position) {
            let (column, letters) = (&column.name, letters(column.position));
            return Err(ImportError::refused(format!("The column {column} is not where it should be: at {letters}.")));
        }
    }
    Ok(())
}

/// Casts the columns of a Parquet file and writes them.
fn write_parquet(
    file: &ParquetFile,
    reading: &Reading,
    into: &Path,
    limits: &Limits,
    on_progress: OnProgress,
) -> Result<(u64, u64), ImportError> {
    let schema = arrow_schema(&reading.data_columns());
    let mut output = Output::create(into, schema.clone())?;
    let plan = plan(reading);
    let (mut rows, mut report) = (0, ImportReport::default());
    file.for_each(|batch, first_row| {
        let mut found = ImportReport::default();
        let array = |plan: &ColumnPlan| parquet::column(batch.column(plan.position), plan, first_row, &mut found);
        let arrays = plan.iter().map(array).collect::<Result<Vec<_>, _>>()?;
        found.sort();
        report.absorb(&found);
        if report.is_empty() {
            output.write(&parquet::record_batch(&schema, arrays, batch.num_rows())?)?;
        }
        rows += batch.num_rows() as u64;
        if rows > limits.rows {
            return Err(ImportError::too_many_rows(limits));
        }
        on_progress(rows, file.bytes_until(rows))?;
        Ok(ControlFlow::Continue(()))
    })?;
    if report.is_empty() { Ok((rows, output.finish()?)) } else { Err(ImportError::Mistakes(report)) }
}

/// Reads on one thread, builds columns on this one, and writes on a third.
fn write(
    source: &mut impl Rows,
    reading: &Reading,
    into: &Path,
    limits: &Limits,
    on_progress: OnProgress,
) -> Result<(u64, u64), ImportError> {
    let schema = arrow_schema(&reading.data_columns());
    let mut output = Output::create(into, schema.clone())?;
    let plan = plan(reading);
    let (mut rows, mut report) = (0, ImportReport::default());
    let written = std::thread::scope(|scope| {
        let (made, to_write) = sync_channel::<RecordBatch>(WAITING);
        let writing = scope.spawn(move || -> Result<Output, ImportError> {
            to_write.iter().try_for_each(|batch| output.write(&batch))?;
            Ok(output)
        });
        let read = for_each_batch(source, |batch| {
            rows += batch.rows() as u64;
            if rows > limits.rows {
                return Err(ImportError::too_many_rows(limits));
            }
            let record_batch = arrange(batch, &plan, &schema, &mut report)?;
            // If the writer is gone, joining it returns the reason.
            if report.is_empty() && made.send(record_batch).is_err() {
                return Err(ImportError::Cancelled);
            }
            on_progress(rows, batch.bytes_read)
        });
        drop(made);
        let output = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        read.map(|()| output)
    });
    if report.is_empty() { Ok((rows, written?.finish()?)) } else { Err(with_mistakes(written, report)) }
}

/// The error for a file with mistakes: all of them, and the one that ended the reading.
fn with_mistakes(written: Result<Output, ImportError>, mut report: ImportReport) -> ImportError {
    match written {
        Ok(_) => ImportError::Mistakes(report),
        Err(ImportError::Mistakes(last)) => {
            report.absorb(&last);
            ImportError::Mistakes(report)
        }
        Err(error) => error,
    }
}

fn plan(reading: &Reading) -> Vec<ColumnPlan> {
    let plan = |column: &super::reading::ColumnReading| {
        let name = if column.source.is_empty() { &column.name } else { &column.source };
        ColumnPlan { position: column.position, name: name.clone(), format: reading.cell_format(column) }
    };
    reading.taken().map(plan).collect()
}

fn arrange(
    batch: &Batch,
    plan: &[ColumnPlan],
    schema: &SchemaRef,
    report: &mut ImportReport,
) -> Result<RecordBatch, ImportError> {
    let mut found = batch.report.clone();
    let arrays = plan.iter().map(|column| column.array(batch, &mut found)).collect::<Result<Vec<_>, _>>()?;
    found.sort();
    report.absorb(&found);
    parquet::record_batch(schema, arrays, batch.rows())
}
