//! Examines a file: reads all of it and writes nothing.

use std::ops::ControlFlow;
use std::path::Path;

use rolecall_model::data::{Cell, ColumnType};

use super::batch::{Kind, OwnedCell, Rows, for_each_batch};
use super::delimited::{Source, may_be_in};
use super::error::ImportError;
use super::examined::{Examined, Question};
use super::format::{format_of, size_of};
use super::headers::check_names;
use super::limits::Limits;
use super::ndjson::JsonLines;
use super::parquet::{self, ParquetFile};
use super::progress::{OnProgress, Progress, report_progress};
use super::propose::{Proposal, propose};
use super::reading::{ColumnReading, Format, Given, Reading};
use super::seen::Seen;
use super::template::Deviation;
use super::xlsx::Workbook;

/// Examines a file, reading all of it. A Parquet file declares its types, so only its texts and its first rows are
/// read.
///
/// # Errors
/// If it cannot be read, is too large, or is not a table. Single mistakes are part of the result.
pub fn examine(
    file: &Path,
    given: &Given,
    limits: &Limits,
    mut progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Examined, ImportError> {
    let bytes = size_of(file, limits)?;
    let on_progress: OnProgress =
        &mut |rows, bytes_read| report_progress(&mut progress, Progress { rows, bytes_read, bytes });
    let format = given.format.map_or_else(|| format_of(file), Ok)?;
    if given.last().is_some() {
        examine_like_last(format, file, given, limits, on_progress)
    } else {
        examine_as(format, file, given, limits, on_progress)
    }
}

/// Examines a file with the settings of the last one of its data set as far as possible, and lists the deviations.
fn examine_like_last(
    format: Format,
    file: &Path,
    given: &Given,
    limits: &Limits,
    on_progress: OnProgress,
) -> Result<Examined, ImportError> {
    if given.last().is_some_and(|last| last.format != format) {
        return examine_anew(format, file, given, limits, on_progress, Deviation::Format);
    }
    let mut like_last = given.like_last();
    let mut deviations = Vec::new();
    let inherited = like_last.encoding.clone().filter(|_| given.encoding.is_none());
    if let Some(encoding) = &inherited
        && !may_be_in(file, encoding)?
    {
        like_last.encoding = None;
        deviations.push(Deviation::Encoding);
    }
    let mut result = examine_as(format, file, &like_last, limits, &mut *on_progress);
    if matches!(result, Err(ImportError::Encoding { .. })) && like_last.encoding == inherited && inherited.is_some() {
        like_last.encoding = None;
        deviations.push(Deviation::Encoding);
        result = examine_as(format, file, &like_last, limits, &mut *on_progress);
    }
    match result {
        Ok(examined) if !examined.deviations.contains(&Deviation::Columns) => {
            deviations.extend(&examined.deviations);
            Ok(Examined { deviations, ..examined })
        }
        Ok(_) | Err(ImportError::Refused(_) | ImportError::Mistakes(_) | ImportError::Encoding { .. }) => {
            examine_anew(format, file, given, limits, on_progress, Deviation::Columns)
        }
        Err(error) => Err(error),
    }
}

/// Examines a file without these settings, because of `deviation`.
fn examine_anew(
    format: Format,
    file: &Path,
    given: &Given,
    limits: &Limits,
    on_progress: OnProgress,
    deviation: Deviation,
) -> Result<Examined, ImportError> {
    let examined = examine_as(format, file, &given.unlike_last(), limits, on_progress)?;
    Ok(Examined { deviations: vec![deviation], ..examined })
}

fn examine_as(
    format: Format,
    file: &Path,
    given: &Given,
    limits: &Limits,
    on_progress: OnProgress,
) -> Result<Examined, ImportError> {
    match format {
        Format::Csv => examine_delimited(file, given, limits, on_progress),
        Format::Ndjson => {
            let mut seen = Seen::default();
            let mut rows = JsonLines::open(file, &[], *limits)?;
            see_all(&mut rows, &mut seen, limits, on_progress)?;
            if rows.names().is_empty() && seen.report.is_empty() {
                return Err(ImportError::refused("The file has no objects with names in them."));
            }
            let headers: Vec<Vec<u8>> = rows.names().iter().map(|name| name.clone().into_bytes()).collect();
            let reading = Reading::of(Format::Ndjson);
            examined(reading, &headers, seen, given, 1)
        }
        Format::Xlsx => examine_workbook(file, given, limits, on_progress),
        Format::Parquet => examine_parquet(file, given, limits, on_progress),
    }
}

/// Examines delimited text. If it is not UTF-8, it is read again in the most likely other encoding.
fn examine_delimited(
    file: &Path,
    given: &Given,
    limits: &Limits,
    on_progress: OnProgress,
) -> Result<Examined, ImportError> {
    let source = Source::guess(file, given)?;
    match examine_in(&source, given, limits, on_progress) {
        Err(ImportError::Encoding { .. }) if source.may_be_other() => {
            examine_in(&source.in_likeliest_other_encoding(given)?, given, limits, on_progress)
        }
        examined => examined,
    }
}

fn examine_in(
    source: &Source,
    given: &Given,
    limits: &Limits,
    on_progress: OnProgress,
) -> Result<Examined, ImportError> {
    let mut records = source.open(given.header_row.unwrap_or(1), limits)?;
    let cell = |text: &[u8]| OwnedCell { kind: Kind::Untyped, text: text.to_vec() };
    let (first, line) = (records.first().map(cell).collect::<Vec<_>>(), records.first_line());
    check_like_last(&first, given)?;
    let mut seen = Seen::default();
    seen.widen(first.len());
    see_all(&mut records, &mut seen, limits, on_progress)?;
    let header_row = given.header_row.unwrap_or_else(|| u32::from(seen.is_header(&first)));
    if header_row == 0 && given.header_row.is_none() {
        seen.see_first(&first, line);
    }
    let reading = Reading { dialect: Some(source.dialect()), header_row, ..Reading::of(Format::Csv) };
    let mut examined = examined(reading, &headers(&first, header_row), seen, given, line)?;
    if source.charset.is_guess {
        examined.questions.insert(0, Question::Encoding);
    }
    Ok(examined)
}

fn examine_workbook(
    file: &Path,
    given: &Given,
    limits: &Limits,
    on_progress: OnProgress,
) -> Result<Examined, ImportError> {
    let mut workbook = Workbook::open(file, limits)?;
    let sheets = workbook.sheets();
    let of_last = given.last().and_then(|last| last.sheet.clone()).filter(|sheet| sheets.contains(sheet));
    let sheet = given.sheet.clone().or(of_last).or_else(|| sheets.first().cloned());
    let sheet = sheet.ok_or_else(|| ImportError::refused("The spreadsheet has no sheet with cells."))?;
    let mut rows = workbook.rows(&sheet, given.header_row.unwrap_or(1), *limits)?;
    let (first, row) = (rows.header(), rows.header_row());
    check_like_last(&first, given)?;
    let mut seen = Seen::default();
    seen.widen(first.len());
    if given.header_row == Some(0) {
        rows.unread_header();
    }
    see_all(&mut rows, &mut seen, limits, on_progress)?;
    let number = u32::try_from(row).unwrap_or(u32::MAX);
    let header_row =
        given.header_row.map_or_else(|| if seen.is_header(&first) { number } else { 0 }, |row| row.min(number));
    if header_row == 0 && given.header_row.is_none() {
        seen.see_first(&first, row);
    }
    let reading = Reading { sheet: Some(sheet), header_row, ..Reading::of(Format::Xlsx) };
    let examined = examined(reading, &headers(&first, header_row), seen, given, row)?;
    Ok(Examined { sheets, ..examined })
}

fn examine_parquet(
    file: &Path,
    given: &Given,
    limits: &Limits,
    on_progress: OnProgress,
) -> Result<Examined, ImportError> {
    let file = ParquetFile::open(file, limits)?;
    let schema: Vec<_> = file.columns().map(|(name, column_type)| (name.to_owned(), column_type)).collect();
    let mut seen = Seen::default();
    seen.widen(schema.len());
    see_first_rows(&file, &mut seen)?;
    see_texts(&file, &mut seen, on_progress)?;
    seen.rows = file.rows();
    file.positions_of_local_moments().for_each(|position| seen.guesses[position].see_local_moment());
    let mut given = given.clone();
    for (position, (_, column_type)) in schema.iter().enumerate() {
        given.decide_type(position, *column_type);
    }
    let headers: Vec<Vec<u8>> = schema.into_iter().map(|(name, _)| name.into_bytes()).collect();
    examined(Reading::of(Format::Parquet), &headers, seen, &given, 0)
}

/// Reads the rows for the preview.
fn see_first_rows(file: &ParquetFile, seen: &mut Seen) -> Result<(), ImportError> {
    file.for_each(|batch, first_row| {
        let shown = batch.slice(0, batch.num_rows().min(seen.rows_left()));
        let columns = shown.columns().iter().map(|array| parquet::texts(array, first_row));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        for row in 0..shown.num_rows() {
            seen.show(columns.iter().map(|column| (column.kind(row, 0), column.cell(row, 0))));
        }
        Ok(if seen.rows_left() == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })
}

/// Reads all text columns: a person may say that they are dates.
fn see_texts(file: &ParquetFile, seen: &mut Seen, on_progress: OnProgress) -> Result<(), ImportError> {
    let positions = file.positions_of_texts();
    if positions.is_empty() {
        return Ok(());
    }
    file.for_each_of_texts(|batch, first_row| {
        for (array, position) in batch.columns().iter().zip(&positions) {
            let guess = &mut seen.guesses[*position];
            if guess.is_open() {
                let cells = parquet::text_cells(array).into_iter().flatten().flatten();
                // The file itself declares them as text, so no line is reported.
                cells.for_each(|cell| guess.see(Kind::Text, cell, || 0));
            }
        }
        let rows = first_row - 1 + batch.num_rows() as u64;
        on_progress(rows, file.bytes_until(rows))?;
        Ok(ControlFlow::Continue(()))
    })
}

/// Reads all rows.
fn see_all<R: Rows>(
    rows: &mut R,
    seen: &mut Seen,
    limits: &Limits,
    on_progress: OnProgress,
) -> Result<(), ImportError> {
    for_each_batch(rows, |batch| {
        seen.see(batch, limits)?;
        on_progress(seen.rows, batch.bytes_read)
    })
}

/// Rejects a file with the column names of a different table before all of it is read.
fn check_like_last(first: &[OwnedCell], given: &Given) -> Result<(), ImportError> {
    let is_unlike = given.header_row.is_some_and(|row| given.is_unlike_last(&headers(first, row)));
    if is_unlike { Err(ImportError::refused("The file has none of the columns of the last one.")) } else { Ok(()) }
}

/// The names of the columns; empty without a header.
fn headers(first: &[OwnedCell], header_row: u32) -> Vec<Vec<u8>> {
    let name = |cell: &OwnedCell| if header_row == 0 { Vec::new() } else { cell.text.clone() };
    first.iter().map(name).collect()
}

/// Puts the result together. `reading` has the settings used, and `line` is that of the header.
fn examined(
    reading: Reading,
    headers: &[Vec<u8>],
    mut seen: Seen,
    given: &Given,
    line: u64,
) -> Result<Examined, ImportError> {
    seen.widen(headers.len());
    let Proposal { reading, questions, deviations, near_types, assumes_utc } = propose(reading, headers, &seen, given)?;
    let left_out = seen.report.count;
    check_names(reading.taken(), line, &mut seen.report);
    let preview = seen.first_rows.iter().map(|row| shown_row(row, &reading)).collect();
    let Seen { rows, report, .. } = seen;
    let sheets = Vec::new();
    let examined =
        Examined { reading, sheets, preview, rows, left_out, questions, deviations, near_types, assumes_utc, report };
    Ok(examined)
}

fn shown_row(row: &[OwnedCell], reading: &Reading) -> Vec<Cell> {
    let cell = |column: &ColumnReading| {
        let Some(cell) = row.get(column.position).filter(|cell| cell.kind != Kind::Missing) else {
            return Cell::Missing;
        };
        let as_text = || Cell::Text(String::from_utf8_lossy(&cell.text).into_owned());
        if cell.kind == Kind::Text && column.column_type == ColumnType::Text {
            return as_text();
        }
        reading.cell_format(column).of_kind(cell.kind).value(&cell.text).unwrap_or_else(as_text)
    };
    reading.columns.iter().map(cell).collect()
}
