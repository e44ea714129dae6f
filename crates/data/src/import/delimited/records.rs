//! The records of delimited text.

use csv_core::ReadRecordResult;

use super::super::batch::{BATCH_BYTES, Batch, Rows, line_ends};
use super::super::error::ImportError;
use super::super::limits::{Limits, counted};
use super::super::report::{Mistake, shown};
use super::text::{TextError, TextInput};

/// The maximum number of cells in a record while they are counted.
const MOST_CELLS: usize = 1 << 16;
/// More bytes of a record than any message shows.
const TOLD_BYTES: usize = 1_000;

/// Reads records into batches directly from the text. Records of a wrong length are left out and reported.
pub struct Records {
    input: TextInput,
    reader: csv_core::Reader,
    /// The delimiter and the quote.
    marks: (u8, u8),
    limits: Limits,
    /// The end of each cell of the latest record, counted from its start.
    ends: Vec<usize>,
    /// The record that sets the number of cells: the header, or the first row.
    first: Batch,
    /// Whether `first` is a row that was not returned yet.
    gives_first: bool,
    /// Whether a missing line end at the end of the file was added.
    is_closed: bool,
}

/// A record at the end of a batch.
struct Record {
    /// Its start in the text of the batch.
    start: usize,
    cells: usize,
    last_line: u64,
}

impl Records {
    /// Begins to read. Lines above `header_row` are skipped; if it is zero, the first record is a row.
    ///
    /// # Errors
    /// If there is no such row, or it has too many cells.
    pub fn open(input: TextInput, marks: (u8, u8), header_row: u32, limits: Limits) -> Result<Self, ImportError> {
        let reader = csv_core::ReaderBuilder::new().delimiter(marks.0).quote(marks.1).build();
        let (ends, first) = (vec![0; limits.columns + 1], Batch::default());
        let gives_first = header_row == 0;
        let mut records = Self { input, reader, marks, limits, ends, first, gives_first, is_closed: false };
        let mut first = Batch::default();
        for _ in 0..header_row.max(1) {
            first.clear();
            let Some(record) = records.record(&mut first)? else {
                return Err(ImportError::refused(if header_row > 1 {
                    format!("The file has no row {header_row}, where the names of the columns should be.")
                } else {
                    "The file is empty.".to_owned()
                }));
            };
            first.width = record.cells;
            records.take(&mut first, &record);
        }
        if first.width > limits.columns {
            return Err(ImportError::too_many_columns(&limits));
        }
        records.first = first;
        Ok(records)
    }

    /// The cells of the header, or of the first row.
    pub fn first(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        (0..self.first.width).map(|position| self.first.cell(0, position))
    }

    /// The line where that record begins.
    pub fn first_line(&self) -> u64 {
        self.first.first_line(0)
    }

    /// Appends the text of the next record to a batch, whatever its length, and its cell ends to `ends`.
    fn record(&mut self, batch: &mut Batch) -> Result<Option<Record>, ImportError> {
        let start = batch.used;
        let mut cells = 0;
        loop {
            let line = self.reader.line();
            let piece = match self.input.piece() {
                Ok(piece) => piece,
                Err(TextError::Io(error)) => return Err(error.into()),
                Err(TextError::Malformed) => return Err(ImportError::Encoding { line }),
            };
            if batch.used == batch.data.len() {
                batch.data.resize((batch.data.len() * 2).max(BATCH_BYTES * 9 / 8), 0);
            }
            // A line end is added to the last line. If it becomes part of a cell, a quote was not closed.
            let closes = piece.is_empty() && !self.is_closed;
            let text = if closes { b"\n" } else { piece };
            let (result, read, written, ended) =
                self.reader.read_record(text, &mut batch.data[batch.used..], &mut self.ends[cells..]);
            let ends_line = read > 0 && text[read - 1] == b'\n';
            if closes {
                self.is_closed = read > 0;
            } else {
                self.input.consume(read);
            }
            batch.used += written;
            cells += ended;
            let written = &batch.data[start..batch.used];
            let line = || self.reader.line() - u64::from(ends_line) - line_ends(written);
            self.check_size(written.len(), cells, line)?;
            match result {
                ReadRecordResult::Record => {
                    return Ok(Some(Record { start, cells, last_line: self.reader.line() - u64::from(ends_line) }));
                }
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::InputEmpty if closes && !written.is_empty() => {
                    // The start of the cell that begins here.
                    let start = cells.checked_sub(1).map_or(0, |last| self.ends[last]);
                    let value = written.get(start..written.len() - 1).map(shown);
                    return Err(ImportError::mistake(Mistake {
                        line: line() + 1,
                        column: None,
                        value,
                        reason: "a quotation mark is never closed; perhaps the file is not complete".to_owned(),
                    }));
                }
                ReadRecordResult::OutputEndsFull if cells >= MOST_CELLS => {
                    return Err(ImportError::too_many_columns(&self.limits));
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputFull => {}
            }
        }
    }

    /// Rejects a record or a cell that is too large, as soon as that is known.
    fn check_size(&self, written: usize, cells: usize, line: impl Fn() -> u64) -> Result<(), ImportError> {
        if written <= self.limits.cell_bytes {
            return Ok(());
        }
        let ends = &self.ends[..cells];
        let starts = std::iter::once(&0).chain(ends);
        let is_too_large = |(start, end): (&usize, &usize)| end - start > self.limits.cell_bytes;
        if starts.zip(ends.iter().chain([&written])).any(is_too_large) {
            return Err(ImportError::cell_too_large(line(), &self.limits));
        }
        if written > self.limits.row_bytes() {
            return Err(ImportError::row_too_large(line(), &self.limits));
        }
        Ok(())
    }

    /// Adds a record to a batch as a row, if it has the right number of cells.
    fn take(&self, batch: &mut Batch, record: &Record) {
        if record.cells == batch.width {
            batch.ends.extend(self.ends[..record.cells].iter().map(|end| record.start + end));
            batch.last_lines.push(record.last_line);
            return;
        }
        let text = &batch.data[record.start..batch.used];
        let (line, expected) = (record.last_line - line_ends(text), batch.width);
        batch.report.add_with(|| {
            let value = Some(self.shown(text, record.cells));
            let reason = format!("the row has {} instead of {expected}", counted(record.cells as u64, "cell"));
            Mistake { line, column: None, value, reason }
        });
        batch.used = record.start;
    }

    /// The `text` of the latest record for a message: its cells as they are in the file, cut to the length shown.
    fn shown(&self, text: &[u8], cells: usize) -> String {
        let (delimiter, quote) = self.marks;
        let (mut row, mut start) = (Vec::new(), 0);
        for (index, end) in self.ends[..cells].iter().enumerate() {
            if row.len() > TOLD_BYTES {
                break;
            }
            if index > 0 {
                row.push(delimiter);
            }
            let cell = &text[start..*end];
            start = *end;
            let is_quoted = cell.iter().any(|byte| [delimiter, quote, b'\n', b'\r'].contains(byte));
            if !is_quoted {
                row.extend_from_slice(cell);
                continue;
            }
            row.push(quote);
            for byte in cell.iter().take(TOLD_BYTES) {
                row.extend(std::iter::repeat_n(*byte, if *byte == quote { 2 } else { 1 }));
            }
            row.push(quote);
        }
        shown(&row)
    }
}

impl Rows for Records {
    fn fill(&mut self, batch: &mut Batch) -> Result<(), ImportError> {
        batch.width = self.first.width;
        if std::mem::take(&mut self.gives_first) {
            batch.append(&self.first);
        }
        while !batch.is_full() {
            let Some(record) = self.record(batch)? else { break };
            self.take(batch, &record);
        }
        batch.bytes_read = self.input.bytes_read();
        Ok(())
    }
}
