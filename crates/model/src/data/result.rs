//! The results of queries.

use serde::Serialize;

use super::{Cell, ColumnType};

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResultColumn {
    /// The column of the data set, or the measure's title.
    pub name: String,
    /// What its cells hold.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
}

/// The result of a query.
///
/// A query of rows has the columns that it names.
///
/// A query of groups has `by`, `split` and the measures, as far as they are given. The columns of its `show` follow
/// each measure. With a split, every group has a row for every series, even if no data row belongs to it. Groups are in
/// their order. Within a group, the largest series comes first, and missing values and then [`Cell::Others`] come last.
/// The value of a step of time is its beginning: a date for steps of a day or more, a timestamp for hours.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueryResult {
    /// The columns.
    pub columns: Vec<ResultColumn>,
    /// The rows, a cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows, or groups of `by`, filters and row rules leave in all. With a limit, it can be more than in
    /// `rows`. Without `by`, the number of `rows`.
    pub total: u64,
    /// Whether a number of distinct values is an estimate.
    pub approximate: bool,
}

impl QueryResult {
    /// About how much memory it takes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let cell = |cell: &Cell| size_of::<Cell>() + if let Cell::Text(text) = cell { text.capacity() } else { 0 };
        self.rows.iter().map(|row| size_of::<Vec<Cell>>() + row.iter().map(cell).sum::<usize>()).sum()
    }
}
