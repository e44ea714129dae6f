//! Some rows of a file, as the bytes of their cells.

use std::sync::mpsc::sync_channel;

use super::error::ImportError;
use super::report::Report;

/// How much text a batch holds before the next one is begun.
pub(super) const BATCH_BYTES: usize = 1 << 20;
/// How many rows a batch holds at most.
pub(super) const BATCH_ROWS: usize = 32_768;

/// How many batches there are at once.
const BATCHES: usize = 3;

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
    /// The line of the file where each row ends.
    pub last_lines: Vec<u64>,
    /// Rows that are not here, because they have too few or too many cells.
    pub report: Report,
    /// How many bytes of the file have been read.
    pub bytes_read: u64,
}

impl Batch {
    /// Forgets the rows, and keeps the memory.
    pub fn clear(&mut self) {
        self.used = 0;
        self.ends.clear();
        self.last_lines.clear();
        self.report = Report::default();
    }

    pub fn rows(&self) -> usize {
        self.last_lines.len()
    }

    pub fn is_full(&self) -> bool {
        self.used >= BATCH_BYTES || self.rows() >= BATCH_ROWS
    }

    /// Adds the rows of another batch of the same width.
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

    /// The cells of a column, from the first row on.
    pub fn column(&self, position: usize) -> impl Iterator<Item = &[u8]> {
        (0..self.rows()).map(move |row| self.cell(row, position))
    }

    pub fn cell(&self, row: usize, position: usize) -> &[u8] {
        let index = row * self.width + position;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.data[start..self.ends[index]]
    }

    /// The line where a row begins: where it ends, less the line ends within its cells.
    pub fn first_line(&self, row: usize) -> u64 {
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

/// Reads a file to its end on a thread of its own, and hands each batch to `take` meanwhile.
///
/// # Errors
/// With what ended the reading, or with that of `take`, which ends it too.
pub(super) fn for_each_batch<R: Rows>(
    mut rows: R,
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
