//! Some rows of a file, as the bytes of their cells.

use std::sync::mpsc::sync_channel;

use super::error::ImportError;
use super::report::ImportReport;

/// How much text a batch holds before the next one is begun.
pub(super) const BATCH_BYTES: usize = 1 << 20;
/// How many rows a batch holds at most.
pub(super) const BATCH_ROWS: usize = 32_768;

/// How many batches are in memory at the same time.
const BATCHES: usize = 3;

/// What a file says of a cell. A text with delimiters says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing is said: the text may be anything, and is missing if it is empty.
    Untyped,
    /// There is no value.
    Missing,
    /// A text, also an empty one, or one of digits.
    Text,
    /// A number with a point before the fraction.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A day or a moment, year first.
    Time,
}

/// A cell outside of a batch.
#[derive(Clone, Debug)]
pub(super) struct OwnedCell {
    pub kind: Kind,
    pub text: Vec<u8>,
}

/// Rows of equally many cells. The cells lie one after the other in `data`, in UTF-8.
#[derive(Default)]
pub(super) struct Batch {
    /// How many cells a row has.
    pub width: usize,
    /// The bytes; those after `used` mean nothing.
    pub data: Vec<u8>,
    /// How many bytes of `data` are cells.
    pub used: usize,
    /// Where each cell ends, row by row.
    pub ends: Vec<usize>,
    /// The kind of each cell, row by row. Empty: all are untyped.
    pub kinds: Vec<Kind>,
    /// The line of the file where each row ends.
    pub last_lines: Vec<u64>,
    /// Rows that are not here, because they have too few or too many cells.
    pub report: ImportReport,
    /// How many bytes of the file have been read.
    pub bytes_read: u64,
}

impl Batch {
    /// Forgets the rows, and keeps the memory.
    pub fn clear(&mut self) {
        self.used = 0;
        self.ends.clear();
        self.kinds.clear();
        self.last_lines.clear();
        self.report = ImportReport::default();
    }

    pub fn rows(&self) -> usize {
        self.last_lines.len()
    }

    pub fn is_full(&self) -> bool {
        self.used >= BATCH_BYTES || self.rows() >= BATCH_ROWS
    }

    /// Adds a cell to the row that is begun.
    pub fn push_cell(&mut self, kind: Kind, text: &[u8]) {
        let end = self.used + text.len();
        if self.data.len() < end {
            self.data.resize(end.max(2 * self.data.len()), 0);
        }
        self.data[self.used..end].copy_from_slice(text);
        self.used = end;
        self.ends.push(end);
        self.kinds.push(kind);
    }

    /// Ends the row.
    pub fn end_row(&mut self, line: u64) {
        self.last_lines.push(line);
    }

    /// Adds the rows of another batch of the same width, whose cells are untyped.
    pub fn append(&mut self, other: &Self) {
        let (start, end) = (self.used, self.used + other.used);
        if self.data.len() < end {
            self.data.resize(end, 0);
        }
        self.data[start..end].copy_from_slice(&other.data[..other.used]);
        self.ends.extend(other.ends.iter().map(|end| start + end));
        self.last_lines.extend(&other.last_lines);
        self.used = end;
    }

    /// The cells of a column with their kinds, from the first row on.
    pub fn cells(&self, position: usize) -> impl Iterator<Item = (Kind, &[u8])> {
        (0..self.rows()).map(move |row| (self.kind(row, position), self.cell(row, position)))
    }

    pub fn kind(&self, row: usize, position: usize) -> Kind {
        self.kinds.get(row * self.width + position).copied().unwrap_or(Kind::Untyped)
    }

    pub fn cell(&self, row: usize, position: usize) -> &[u8] {
        let index = row * self.width + position;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.data[start..self.ends[index]]
    }

    /// The line where a row begins: where it ends, less the line ends within its cells.
    pub fn first_line(&self, row: usize) -> u64 {
        if !self.kinds.is_empty() {
            // A line of NDJSON and a row of a spreadsheet are one, whatever is in their cells.
            return self.last_lines[row];
        }
        let start = (row * self.width).checked_sub(1).map_or(0, |index| self.ends[index]);
        let end = self.ends[(row + 1) * self.width - 1];
        self.last_lines[row] - line_ends(&self.data[start..end])
    }
}

/// How many line ends there are in `bytes`.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// A file that gives its rows.
pub(super) trait Rows: Send {
    /// Puts the next rows into an empty batch. Without any, the file is at its end.
    ///
    /// # Errors
    /// If the file cannot be read any further.
    fn fill(&mut self, batch: &mut Batch) -> Result<(), ImportError>;
}

/// Reads a file to its end on a separate thread, while `take` processes each batch.
///
/// # Errors
/// With what ended the reading, or with that of `take`, which ends it too.
pub(super) fn for_each_batch<R: Rows>(
    rows: &mut R,
    mut take: impl FnMut(&Batch) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    std::thread::scope(|scope| {
        let (filled, to_take) = sync_channel::<Batch>(BATCHES);
        let (emptied, to_fill) = sync_channel::<Batch>(BATCHES);
        let reading = scope.spawn(move || {
            let mut made = 0;
            loop {
                // Memory is used again, so that the pages of it are not asked for anew.
                let mut batch = if made < BATCHES { Batch::default() } else { to_fill.recv().unwrap_or_default() };
                made += 1;
                batch.clear();
                rows.fill(&mut batch)?;
                let is_last = batch.rows() == 0;
                // If nobody takes it, the one who took has failed.
                if filled.send(batch).is_err() || is_last {
                    return Ok(());
                }
            }
        });
        let mut taken = Ok(());
        for batch in to_take {
            taken = take(&batch);
            if taken.is_err() {
                break;
            }
            // A reader that is done does not want it.
            emptied.send(batch).ok();
        }
        drop(emptied);
        let read = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken.and(read)
    })
}
