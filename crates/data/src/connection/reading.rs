//! Passes rows from a database on to a consumer: first the columns, then each row with its cells in the order of the
//! data set.

use std::collections::BTreeSet;

use rolecall_model::data::{Cell, ColumnType, DataColumn};
use tokio::sync::mpsc::Sender;

use super::error::ConnectionError;
use crate::import::check_columns;

/// The maximum size of a cell in bytes, as for files.
pub(super) const CELL_BYTES: usize = 1_000_000;
/// The maximum size of a row in bytes.
const ROW_BYTES: usize = 4 * CELL_BYTES;

/// A part of a result.
pub(super) enum Piece {
    /// The columns, always the first part.
    Columns(Vec<DataColumn>),
    /// A row with a cell for each column.
    Row(Vec<Cell>),
}

/// Whether the consumer wants more rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum More {
    Wanted,
    Enough,
}

/// Sends rows to the receiver within the limits.
pub(super) struct Reading {
    to: Sender<Piece>,
    /// The wanted columns; `None` means all.
    wanted: Option<Vec<DataColumn>>,
    max_rows: u64,
    /// The maximum number of columns of a data set.
    max_columns: usize,
    /// The number of rows after which no more are wanted.
    enough: Option<u64>,
    rows: u64,
    /// The columns that are sent.
    columns: Vec<DataColumn>,
    /// Their positions in the result of the database.
    places: Vec<usize>,
    /// The columns in which numbers lost digits.
    rounded: BTreeSet<String>,
}

impl Reading {
    /// Reads all rows and columns, up to these limits.
    pub(super) const fn new(to: Sender<Piece>, max_rows: u64, max_columns: usize) -> Self {
        Self {
            to,
            wanted: None,
            max_rows,
            max_columns,
            enough: None,
            rows: 0,
            columns: Vec::new(),
            places: Vec::new(),
            rounded: BTreeSet::new(),
        }
    }

    /// Restricts it to the `wanted` columns, if there are any.
    pub(super) fn of(self, wanted: Option<&[DataColumn]>) -> Self {
        Self { wanted: wanted.map(<[DataColumn]>::to_vec), ..self }
    }

    /// Restricts it to the first `rows` rows.
    pub(super) fn up_to(self, rows: u64) -> Self {
        Self { enough: Some(rows), ..self }
    }

    /// The expected type of the column `name`.
    pub(super) fn wanted_type(&self, name: &str) -> Option<ColumnType> {
        let wanted = self.wanted.as_ref()?.iter().find(|column| column.name == name)?;
        Some(wanted.column_type)
    }

    /// Whether certain columns are expected.
    pub(super) const fn has_wanted(&self) -> bool {
        self.wanted.is_some()
    }

    /// The positions of the columns to read, and the types of their cells.
    pub(super) fn columns(&self) -> impl Iterator<Item = (usize, &DataColumn)> {
        self.places.iter().copied().zip(&self.columns)
    }

    /// Begins with the columns `found` in the database. If certain columns are wanted, all others are left out.
    ///
    /// # Errors
    /// [`ConnectionError::Columns`] if they are not valid for a data set; [`ConnectionError::Changed`] if wanted ones
    /// are missing.
    pub(super) fn begin(&mut self, found: Vec<DataColumn>) -> Result<(), ConnectionError> {
        let (columns, places) = match &self.wanted {
            None => {
                check_columns(&found, self.max_columns).map_err(|what| ConnectionError::Columns(named_by_as(&what)))?;
                let places = (0..found.len()).collect();
                (found, places)
            }
            Some(wanted) => (wanted.clone(), places_of(wanted, &found)?),
        };
        (self.columns, self.places) = (columns, places);
        Ok(())
    }

    /// Sends the columns. On [`More::Enough`] the consumer has left and wants nothing more.
    pub(super) async fn send_columns(&self) -> More {
        taken(self.to.send(Piece::Columns(self.columns.clone())).await.is_ok())
    }

    /// The same for threads that may block.
    pub(super) fn send_columns_blocking(&self) -> More {
        taken(self.to.blocking_send(Piece::Columns(self.columns.clone())).is_ok())
    }

    /// Sends a row.
    ///
    /// # Errors
    /// [`ConnectionError::TooManyRows`]; [`ConnectionError::Column`] for a cell that is too large.
    pub(super) async fn send(&mut self, row: Vec<Cell>) -> Result<More, ConnectionError> {
        self.count(&row)?;
        Ok(self.after(self.to.send(Piece::Row(row)).await.is_ok()))
    }

    /// The same for threads that may block.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub(super) fn send_blocking(&mut self, row: Vec<Cell>) -> Result<More, ConnectionError> {
        self.count(&row)?;
        Ok(self.after(self.to.blocking_send(Piece::Row(row)).is_ok()))
    }

    /// The number of the next row, from 1.
    pub(super) const fn next_row(&self) -> u64 {
        self.rows + 1
    }

    /// Records that a number in the column `name` lost digits.
    pub(super) fn note_rounded(&mut self, name: &str) {
        if !self.rounded.contains(name) {
            self.rounded.insert(name.to_owned());
        }
    }

    /// The columns in which numbers lost digits.
    pub(super) fn into_rounded(self) -> Vec<String> {
        self.rounded.into_iter().collect()
    }

    fn count(&mut self, row: &[Cell]) -> Result<(), ConnectionError> {
        self.rows += 1;
        if self.rows > self.max_rows {
            return Err(ConnectionError::TooManyRows(self.max_rows));
        }
        let mut bytes = 0;
        for (cell, column) in row.iter().zip(&self.columns) {
            let Cell::Text(text) = cell else { continue };
            bytes += text.len();
            if text.len() > CELL_BYTES || bytes > ROW_BYTES {
                let what = format!("has more than 1 MB in row {}. Ask for a part of it.", self.rows);
                return Err(ConnectionError::column(&column.name, what));
            }
        }
        Ok(())
    }

    fn after(&self, is_taken: bool) -> More {
        if self.enough.is_some_and(|enough| self.rows >= enough) { More::Enough } else { taken(is_taken) }
    }
}

const fn taken(is_taken: bool) -> More {
    if is_taken { More::Wanted } else { More::Enough }
}

/// The positions of the `wanted` columns among those `found`.
fn places_of(wanted: &[DataColumn], found: &[DataColumn]) -> Result<Vec<usize>, ConnectionError> {
    let mut changes = Vec::new();
    let mut places = Vec::new();
    for column in wanted {
        let alike = || found.iter().enumerate().filter(|(_, found)| found.name == column.name);
        match (alike().next(), alike().count()) {
            (Some((place, found)), 1) if found.column_type == column.column_type => places.push(place),
            (Some((_, found)), 1) => {
                changes.push(format!("“{}” is {} and was {}", column.name, found.column_type, column.column_type));
            }
            (Some(_), _) => changes.push(format!("“{}” is there twice", column.name)),
            (None, _) => changes.push(format!("“{}” is missing", column.name)),
        }
    }
    if changes.is_empty() { Ok(places) } else { Err(ConnectionError::Changed(changes)) }
}

/// A message about the names of columns, with the way to name them in a SELECT.
fn named_by_as(what: &str) -> String {
    format!("{what} Name columns with AS, for example `count(*) AS orders`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(columns: &[(&str, ColumnType)]) -> Vec<DataColumn> {
        columns.iter().map(|(name, of)| DataColumn { name: (*name).to_owned(), column_type: *of }).collect()
    }

    // Case: queried/max-columns
    #[test]
    fn a_result_may_have_as_many_columns_as_a_data_set() {
        let begin = |most: usize| {
            let found = columns(&[("a", ColumnType::Text), ("b", ColumnType::Text)]);
            Reading::new(tokio::sync::mpsc::channel(1).0, 10, most).begin(found)
        };
        assert!(begin(2).is_ok());
        let told = begin(1).unwrap_err().to_string();
        assert!(told.contains("A data set has at most 1 column."), "{told}");
    }

    #[test]
    fn known_columns_are_matched_by_name_and_others_are_left_out() {
        use ColumnType::{Decimal, Integer, Text};
        let wanted = columns(&[("a", Integer), ("b", Text)]);
        let found = columns(&[("new", Text), ("b", Text), ("a", Integer)]);
        assert_eq!(places_of(&wanted, &found).unwrap(), [2, 1]);
        let other = columns(&[("a", Decimal), ("c", Text)]);
        let told = places_of(&wanted, &other).unwrap_err().to_string();
        assert!(told.contains("“a” is decimal and was integer; “b” is missing"), "{told}");
    }
}
