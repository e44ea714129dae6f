//! What nearly all cells of a column are that is text because of a few others.

use rolecall_model::data::ColumnType;
use serde::{Deserialize, Serialize};

use super::report::shown;

/// A set of types: a bit for each whole number in each style, each decimal in each style, each order of dates and of timestamps,
/// and true and false.
pub(super) type Types = u32;

/// So many cells can be something else before it matters how many are not. After that, one of ten can.
const FEW: u64 = 20;

/// What nearly all cells of a column are that is text because of a few others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearType {
    /// Where the column is in the file, from 0.
    pub position: usize,
    /// What most of its cells are.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// How many are.
    pub fitting: u64,
    /// How many are not empty.
    pub filled: u64,
    /// The line of the file where the first row with another cell begins, from 1. Of a spreadsheet: its row.
    pub line: u64,
    /// That cell, shortened, with control characters made visible.
    pub value: String,
}

/// What cells can be, but for a few of them.
#[derive(Clone, Debug)]
pub(super) struct Near {
    /// Nothing once there are too many others.
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

    /// Takes notice of a cell that is not empty, can be `types`, and is in a row below all that were seen, which begins at `line`. To
    /// find that takes long, so it is asked for once.
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

    /// The first of the others, which is forgotten: a row above it is to be seen.
    pub const fn take_first(&mut self) -> Option<(u64, String)> {
        self.first.take()
    }

    /// The first of the others is `below`, unless another one was seen since.
    pub fn or_first(&mut self, below: Option<(u64, String)>) {
        self.first = self.first.take().or(below);
    }

    /// Whether nearly all cells are what they can be: of three, two at least.
    pub const fn is_nearly(&self) -> bool {
        self.filled > 0 && self.others.saturating_mul(3) <= self.filled
    }

    /// The message about the column at `position`, nearly all of whose cells are of `column_type`.
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
    fn the_line_is_looked_for_once_however_many_cells_are_something_else() {
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
