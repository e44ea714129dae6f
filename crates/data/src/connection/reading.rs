//! Rows on their way from a database: columns first, then each row, with its cells as the data set has them.

use std::collections::BTreeSet;

use rolecall_model::data::{Cell, ColumnType, DataColumn};
use tokio::sync::mpsc::Sender;

use super::error::ConnectionError;
use crate::import::check_columns;

/// The longest cell, in bytes, as in files.
pub(super) const CELL_BYTES: usize = 1_000_000;
/// The largest row.
const ROW_BYTES: usize = 4 * CELL_BYTES;

/// A piece of an answer.
pub(super) enum Piece {
    /// Its columns: the first piece.
    Columns(Vec<DataColumn>),
    /// A row, with a cell for each column.
    Row(Vec<Cell>),
}

/// Whether more rows are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum More {
    Wanted,
    Enough,
}

/// Sends rows to the receiver, within its limits.
pub(super) struct Reading {
    to: Sender<Piece>,
    /// The columns that are wanted; without them, all that there are.
    wanted: Option<Vec<DataColumn>>,
    max_rows: u64,
    /// How many columns a data set may have.
    max_columns: usize,
    /// After how many rows nothing more is wanted.
    enough: Option<u64>,
    rows: u64,
    /// The columns of the answer.
    columns: Vec<DataColumn>,
    /// Which columns of the database these are.
    places: Vec<usize>,
    /// The columns in which numbers lost digits.
    rounded: BTreeSet<String>,
}

impl Reading {
    /// All rows of all columns, of which there are at most so many.
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

    /// The same of these columns alone, where there are some.
    pub(super) fn of(self, wanted: Option<&[DataColumn]>) -> Self {
        Self { wanted: wanted.map(<[DataColumn]>::to_vec), ..self }
    }

    /// The same of the first rows.
    pub(super) fn up_to(self, rows: u64) -> Self {
        Self { enough: Some(rows), ..self }
    }

    /// The type that the column `name` is to have.
    pub(super) fn wanted_type(&self, name: &str) -> Option<ColumnType> {
        let wanted = self.wanted.as_ref()?.iter().find(|column| column.name == name)?;
        Some(wanted.column_type)
    }

    /// Whether the columns are to be these.
    pub(super) const fn has_wanted(&self) -> bool {
        self.wanted.is_some()
    }

    /// Which columns of the database are read, with the types that their cells have.
    pub(super) fn columns(&self) -> impl Iterator<Item = (usize, &DataColumn)> {
        self.places.iter().copied().zip(&self.columns)
    }

    /// Begins with the columns that the database gives. Where columns are wanted, others beside them are left out.
    ///
    /// # Errors
    /// [`ConnectionError::Columns`] for what cannot be those of a data set; [`ConnectionError::Changed`].
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

    /// Sends the columns. What is [`More::Enough`] was not taken, and nothing is wanted any more.
    pub(super) async fn send_columns(&self) -> More {
        taken(self.to.send(Piece::Columns(self.columns.clone())).await.is_ok())
    }

    /// The same where it holds nobody up.
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

    /// The same where it holds nobody up.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub(super) fn send_blocking(&mut self, row: Vec<Cell>) -> Result<More, ConnectionError> {
        self.count(&row)?;
        Ok(self.after(self.to.blocking_send(Piece::Row(row)).is_ok()))
    }

    /// The number of the row that comes next, from 1.
    pub(super) const fn next_row(&self) -> u64 {
        self.rows + 1
    }

    /// Notes that a number of the column `name` lost digits.
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

/// Where the `wanted` columns are among those that were `found`.
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

/// A mistake in the names of columns, with how a SELECT names them.
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
    fn an_answer_has_as_many_columns_as_a_data_set_may() {
        let begin = |most: usize| {
            let found = columns(&[("a", ColumnType::Text), ("b", ColumnType::Text)]);
            Reading::new(tokio::sync::mpsc::channel(1).0, 10, most).begin(found)
        };
        assert!(begin(2).is_ok());
        let told = begin(1).unwrap_err().to_string();
        assert!(told.contains("A data set has at most 1 column."), "{told}");
    }

    #[test]
    fn known_columns_are_found_by_name_and_others_beside_them_are_left_out() {
        use ColumnType::{Decimal, Integer, Text};
        let wanted = columns(&[("a", Integer), ("b", Text)]);
        let found = columns(&[("new", Text), ("b", Text), ("a", Integer)]);
        assert_eq!(places_of(&wanted, &found).unwrap(), [2, 1]);
        let other = columns(&[("a", Decimal), ("c", Text)]);
        let told = places_of(&wanted, &other).unwrap_err().to_string();
        assert!(told.contains("“a” is decimal and was integer; “b” is missing"), "{told}");
    }
}
