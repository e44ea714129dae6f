//! A batch of rows, as the bytes of their cells.

use std::sync::mpsc::sync_channel;

use super::error::ImportError;
use super::report::ImportReport;

/// The size of a batch, in bytes of text, at which the next one is begun.
pub(super) const BATCH_BYTES: usize = 1 << 20;
/// The maximum number of rows in a batch.
pub(super) const BATCH_ROWS: usize = 32_768;

/// The number of batches in memory at the same time.
const BATCHES: usize = 3;

/// The type of a cell in the file. Delimited text does not have types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any text; an empty one is missing.
    Untyped,
    /// There is no value.
    Missing,
    /// A text, even if it is empty or consists of digits.
    Text,
    /// A number with a decimal point.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A date or a timestamp, year first.
    Time,
}

/// A cell outside of a batch.
#[derive(Clone, Debug)]
pub(super) struct OwnedCell {
    pub kind: Kind,
    pub text: Vec<u8>,
}

/// Rows with the same number of cells. The cells are stored one after the other in `data`, in UTF-8.
#[derive(Default)]
pub(super) struct Batch {
    /// The number of cells in a row.
    pub width: usize,
    /// The bytes; those from `used` on are meaningless.
    pub data: Vec<u8>,
    /// How many bytes of `data` are in use.
    pub used: usize,
    /// Where each cell ends, row by row.
    pub ends: Vec<usize>,
    /// The kind of each cell, row by row. If empty, all cells are untyped.
    pub kinds: Vec<Kind>,
    /// The line of the file where each row ends.
    pub last_lines: Vec<u64>,
    /// Rows that were left out because they have too few or too many cells.
    pub report: ImportReport,
    /// How many bytes of the file have been read.
    pub bytes_read: u64,
}

impl Batch {
    /// Removes all rows but keeps the allocated memory.
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

    /// Adds a cell to the current row.
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

    /// Ends the current row.
    pub fn end_row(&mut self, line: u64) {
        self.last_lines.push(line);
    }

    /// Adds the rows of another batch of the same width whose cells are untyped.
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

    /// The line where a row begins: the line where it ends, minus the line ends within its cells.
    pub fn first_line(&self, row: usize) -> u64 {
        if !self.kinds.is_empty() {
            // A row of NDJSON or of a spreadsheet counts as one line, whatever its cells contain.
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

/// A source of rows.
pub(super) trait Rows: Send {
    /// Fills an empty batch with the next rows. A batch that stays empty means the end of the file.
    ///
    /// # Errors
    /// If the file cannot be read further.
    fn fill(&mut self, batch: &mut Batch) -> Result<(), ImportError>;
}

/// Reads a file to its end on a separate thread while `take` processes each batch.
///
/// # Errors
/// The error that ended the reading, or that of `take`, which ends the reading, too.
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
                // Batches are reused, so that memory is not allocated again.
                let mut batch = if made < BATCHES { Batch::default() } else { to_fill.recv().unwrap_or_default() };
                made += 1;
                batch.clear();
                rows.fill(&mut batch)?;
                let is_last = batch.rows() == 0;
                // If the receiver is gone, `take` has failed.
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
            // A reader that has finished does not need it.
            emptied.send(batch).ok();
        }
        drop(emptied);
        let read = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken.and(read)
    })
}
