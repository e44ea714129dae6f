//! Collects what the rows of a file show.

use super::batch::{Batch, Kind, OwnedCell};
use super::error::ImportError;
use super::infer::Guess;
use super::limits::Limits;
use super::report::ImportReport;

/// The number of rows in the preview.
const SHOWN_ROWS: usize = 50;
/// The number of bytes shown of a cell.
const SHOWN_BYTES: usize = 1_000;

/// What the rows of a file have shown so far.
#[derive(Default)]
pub(super) struct Seen {
    /// A guess for each column.
    pub guesses: Vec<Guess>,
    /// The first rows. Long cells are cut, and early rows may have fewer cells.
    pub first_rows: Vec<Vec<OwnedCell>>,
    pub rows: u64,
    pub report: ImportReport,
}

impl Seen {
    /// Records a batch of rows.
    ///
    /// # Errors
    /// If there are too many rows.
    pub fn see(&mut self, batch: &Batch, limits: &Limits) -> Result<(), ImportError> {
        self.rows += batch.rows() as u64;
        if self.rows > limits.rows {
            return Err(ImportError::too_many_rows(limits));
        }
        self.widen(batch.width);
        for (position, guess) in self.guesses.iter_mut().take(batch.width).enumerate() {
            if guess.is_open() {
                for (row, (kind, cell)) in batch.cells(position).enumerate() {
                    guess.see(kind, cell, || batch.first_line(row));
                }
            }
        }
        for row in 0..batch.rows().min(self.rows_left()) {
            self.show((0..batch.width).map(|position| (batch.kind(row, position), batch.cell(row, position))));
        }
        self.report.absorb(&batch.report);
        Ok(())
    }

    /// How many more rows the preview needs.
    pub fn rows_left(&self) -> usize {
        SHOWN_ROWS.saturating_sub(self.first_rows.len())
    }

    /// Adds a row to the preview.
    pub fn show<'a>(&mut self, cells: impl Iterator<Item = (Kind, &'a [u8])>) {
        self.first_rows.push(cells.map(|(kind, cell)| cut(kind, cell)).collect());
    }

    /// Records a row that was taken for a header, at `line`.
    pub fn see_first(&mut self, row: &[OwnedCell], line: u64) {
        self.rows += 1;
        self.widen(row.len());
        for (guess, cell) in self.guesses.iter_mut().zip(row) {
            guess.see_above(cell.kind, &cell.text, line);
        }
        self.first_rows.insert(0, row.iter().map(|cell| cut(cell.kind, &cell.text)).collect());
        self.first_rows.truncate(SHOWN_ROWS);
    }

    /// Ensures at least this number of columns.
    pub fn widen(&mut self, width: usize) {
        if self.guesses.len() < width {
            self.guesses.resize(width, Guess::default());
        }
    }

    /// Whether a first row is a header: it is, unless it fits the types of all columns and at least one of these is not
    /// text.
    pub fn is_header(&self, first: &[OwnedCell]) -> bool {
        let fits = first.iter().zip(&self.guesses).filter_map(|(cell, guess)| guess.fits(cell.kind, &cell.text));
        let mut fits = fits.peekable();
        fits.peek().is_none() || !fits.all(|fits| fits)
    }
}

/// A cell, cut for the preview.
fn cut(kind: Kind, cell: &[u8]) -> OwnedCell {
    if cell.len() <= SHOWN_BYTES {
        return OwnedCell { kind, text: cell.to_vec() };
    }
    let text = String::from_utf8_lossy(&cell[..SHOWN_BYTES]);
    OwnedCell { kind, text: format!("{}…", text.trim_end_matches(char::REPLACEMENT_CHARACTER)).into_bytes() }
}
