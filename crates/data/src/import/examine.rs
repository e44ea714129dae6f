//! What a file is: all of it is read, and nothing is written.

use std::ops::ControlFlow;
use std::path::Path;

use rolecall_model::data::Cell;
use serde::Serialize;

use super::batch::{Batch, for_each_batch};
use super::delimited::{self, Records};
use super::error::ImportError;
use super::headers::check_names;
use super::infer::Guess;
use super::limits::Limits;
use super::progress::{Progress, report_progress};
use super::propose::propose;
use super::reading::{Format, Given, Reading};
use super::report::Report;

/// How many rows are shown.
const SHOWN_ROWS: usize = 50;
/// How many bytes of a cell are shown.
const SHOWN_BYTES: usize = 1_000;

/// What a file was taken for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Examined {
    /// How it is read: what was given, and the rest inferred from all its rows.
    pub reading: Reading,
    /// The first 50 rows: a cell for each of the reading's columns, taken or not. Long texts are cut. What is not of a type that
    /// was given is there as text.
    pub preview: Vec<Vec<Cell>>,
    /// How many rows the file has, without those of a wrong length.
    pub rows: u64,
    /// What a person must decide.
    pub questions: Vec<Question>,
    /// Rows with too few or too many cells, and names that two columns have. With any, the file cannot be imported.
    pub report: Report,
}

/// What cannot be known from a file. The reading holds the proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(tag = "question", rename_all = "snake_case")]
pub enum Question {
    /// The encoding is a guess. Are the names and texts right?
    Encoding,
    /// The decimal mark: every number fits point and comma.
    DecimalMark,
    /// Day and month: every cell of a column fits both orders.
    DateOrder {
        /// Where the column is in the file, from 0.
        position: usize,
    },
}

/// What the rows of a file have shown.
#[derive(Default)]
pub(super) struct Seen {
    /// Of each column.
    pub guesses: Vec<Guess>,
    /// The first rows.
    pub first_rows: Vec<Vec<Vec<u8>>>,
    pub rows: u64,
    pub report: Report,
}

impl Seen {
    pub fn of_columns(columns: usize) -> Self {
        Self { guesses: vec![Guess::default(); columns], ..Self::default() }
    }

    /// Takes notice of a batch of rows.
    ///
    /// # Errors
    /// If there are too many rows.
    fn see(&mut self, batch: &Batch, limits: &Limits) -> Result<(), ImportError> {
        self.rows += batch.rows() as u64;
        if self.rows > limits.rows {
            return Err(ImportError::too_many_rows(limits));
        }
        for (position, guess) in self.guesses.iter_mut().enumerate().filter(|(_, guess)| guess.is_open()) {
            batch.column(position).for_each(|cell| guess.see(cell));
        }
        let room = SHOWN_ROWS - self.first_rows.len();
        for row in 0..batch.rows().min(room) {
            self.first_rows.push((0..batch.width).map(|position| cut(batch.cell(row, position))).collect());
        }
        self.report.absorb(&batch.report);
        Ok(())
    }

    /// Takes notice of a row that was taken for a header.
    pub fn see_first(&mut self, row: &[Vec<u8>]) {
        self.rows += 1;
        for (guess, cell) in self.guesses.iter_mut().zip(row) {
            guess.see(cell);
        }
        self.first_rows.insert(0, row.iter().map(|cell| cut(cell)).collect());
        self.first_rows.truncate(SHOWN_ROWS);
    }
}

/// A cell as far as it is shown.
fn cut(cell: &[u8]) -> Vec<u8> {
    if cell.len() <= SHOWN_BYTES {
        return cell.to_vec();
    }
    let text = String::from_utf8_lossy(&cell[..SHOWN_BYTES]);
    format!("{}…", text.trim_end_matches(char::REPLACEMENT_CHARACTER)).into_bytes()
}

/// Says what a file is, having read all of it.
///
/// # Errors
/// If it cannot be read, is too large, or is no table. Single mistakes are in what is returned.
pub fn examine(
    file: &Path,
    given: &Given,
    limits: &Limits,
    mut progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Examined, ImportError> {
    let bytes = limits.check_file(file)?;
    match given.format.unwrap_or(Format::Csv) {
        Format::Csv => examine_delimited(file, given, limits, &mut |rows, bytes_read| {
            report_progress(&mut progress, Progress { rows, bytes_read, bytes })
        }),
    }
}

/// Examines a text with delimiters. If it turns out not to be UTF-8, it is read again in the likeliest other encoding.
fn examine_delimited(
    file: &Path,
    given: &Given,
    limits: &Limits,
    progress: &mut dyn FnMut(u64, u64) -> Result<(), ImportError>,
) -> Result<Examined, ImportError> {
    let source = delimited::Source::guess(file, given)?;
    match examine_in(&source, given, limits, progress) {
        Err(ImportError::Encoding { .. }) if source.may_be_other() => {
            examine_in(&source.in_likeliest_other_encoding(given)?, given, limits, progress)
        }
        examined => examined,
    }
}

fn examine_in(
    source: &delimited::Source,
    given: &Given,
    limits: &Limits,
    progress: &mut dyn FnMut(u64, u64) -> Result<(), ImportError>,
) -> Result<Examined, ImportError> {
    let records = source.open(given.header_row.unwrap_or(1), limits)?;
    let (first, line) = (first_row(&records), records.first_line());
    let mut seen = Seen::of_columns(first.len());
    for_each_batch(records, |batch| {
        seen.see(batch, limits)?;
        progress(seen.rows, batch.bytes_read)
    })?;
    let header_row = given.header_row.unwrap_or_else(|| u32::from(is_header(&first, &seen.guesses)));
    if header_row == 0 && given.header_row.is_none() {
        seen.see_first(&first);
    }
    let no_names = vec![Vec::new(); first.len()];
    let (reading, mut questions) = propose(if header_row == 0 { &no_names } else { &first }, &seen, given)?;
    let reading = Reading { dialect: Some(source.dialect()), header_row, ..reading };
    if source.charset.is_guess {
        questions.insert(0, Question::Encoding);
    }
    check_names(reading.taken(), line, &mut seen.report);
    let preview = seen.first_rows.iter().map(|row| shown_row(row, &reading)).collect();
    Ok(Examined { reading, preview, rows: seen.rows, questions, report: seen.report })
}

fn first_row(records: &Records) -> Vec<Vec<u8>> {
    records.first().map(<[u8]>::to_vec).collect()
}

/// Whether a first row names the columns: it does unless it fits the types of all of them, and one at least is more than text.
fn is_header(first: &[Vec<u8>], guesses: &[Guess]) -> bool {
    let mut fits = first.iter().zip(guesses).filter_map(|(cell, guess)| guess.fits(cell)).peekable();
    fits.peek().is_none() || !fits.all(|fits| fits)
}

fn shown_row(row: &[Vec<u8>], reading: &Reading) -> Vec<Cell> {
    let cell = |column: &super::ColumnReading| {
        let cell = row.get(column.position).map_or(&[][..], Vec::as_slice);
        let as_text = || Cell::Text(String::from_utf8_lossy(cell).into_owned());
        reading.cell_format(column).value(cell).unwrap_or_else(as_text)
    };
    reading.columns.iter().map(cell).collect()
}
