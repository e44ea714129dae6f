//! Finds the type of nearly all cells in a column that is text because of a few others.

use rolecall_model::data::ColumnType;
use serde::{Deserialize, Serialize};

use super::report::shown;

/// A set of types: one bit for each whole number in each style, each decimal in each style, each order of dates and of
/// timestamps, and for booleans.
pub(super) type Types = u32;

/// The number of other cells that is always tolerated. Above it, they may be up to a tenth.
const FEW: u64 = 20;

/// The type of nearly all cells in a column that is text because of a few others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearType {
    /// The position of the column in the file, from 0.
    pub position: usize,
    /// The type of most of its cells.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// The number of cells of that type.
    pub fitting: u64,
    /// The number of cells that are not empty.
    pub filled: u64,
    /// The line, from 1, where the first row with another cell begins; the row of a spreadsheet.
    pub line: u64,
    /// That cell, shortened, with control characters made visible.
    pub value: String,
}

/// The types that fit all cells but a few.
#[derive(Clone, Debug)]
pub(super) struct Near {
    /// Empty once there are too many others.
    types: Types,
    filled: u64,
    others: u64,
    /// The first of the others, with its line.
    first: Option<(u64, String)>,
}

impl Near {
    pub const fn new(types: Types) -> Self {
        Self { types, filled: 0, others: 0, first: None }
    }

    pub const fn types(&self) -> Types {
        self.types
    }

    /// Records a cell that is not empty and fits `types`, in a row below all rows seen so far, which begins at `line`.
    /// Finding the line is slow, so it is called at most once.
    pub fn see(&mut self, types: Types, cell: &[u8], line: impl FnOnce() -> u64) {
        self.filled += 1;
        if self.types & types != 0 {
            self.types &= types;
            return;
        }
        self.others += 1;
        if self.first.is_none() {
            self.first = Some((line(), shown(cell)));
        }
        if self.others > FEW.max(self.filled / 10) {
            self.types = 0;
        }
    }

    /// Takes the first of the others out, because a row above it follows.
    pub const fn take_first(&mut self) -> Option<(u64, String)> {
        self.first.take()
    }

    /// Sets the first of the others to `below`, unless another one was recorded in the meantime.
    pub fn or_first(&mut self, below: Option<(u64, String)>) {
        self.first = self.first.take().or(below);
    }

    /// Whether nearly all cells fit; at least two of three.
    pub const fn is_nearly(&self) -> bool {
        self.filled > 0 && self.others.saturating_mul(3) <= self.filled
    }

    /// The message about the column at `position`, of whose cells nearly all are of `column_type`.
    pub fn near_type(&self, position: usize, column_type: ColumnType) -> Option<NearType> {
        let is_told = self.is_nearly() && column_type != ColumnType::Text;
        let (line, value) = self.first.clone().filter(|_| is_told)?;
        Some(NearType { position, column_type, fitting: self.filled - self.others, filled: self.filled, line, value })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn the_line_is_computed_once_however_many_other_cells_there_are() {
        let (mut near, asked) = (Near::new(1), Cell::new(0));
        for row in 1..=30 {
            let line = || {
                asked.set(asked.get() + 1);
                row
            };
            near.see(u32::from(row % 3 != 0), b"x", line);
        }
        assert_eq!((asked.get(), near.first.map(|(line, _)| line)), (1, Some(3)));
    }
}
