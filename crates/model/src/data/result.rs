//! What a query answers.

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

/// What a query answers.
///
/// Of rows: the columns that were asked for.
///
/// Of groups: `by`, `split` and the measures, as far as the query has them, each measure followed by the columns of its `show`.
/// With a split there is a row for every group and series, also where no data row is: the groups in their order, in each the
/// series, largest first, then missing, then [`Cell::Others`]. Groups of steps of time are named by their beginning: a date
/// for steps of a day and more, a timestamp for hours.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueryResult {
    /// The columns.
    pub columns: Vec<ResultColumn>,
    /// The rows, a cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows, or groups of `by`, there are in all, as far as filters and row rules leave them; more than in `rows` where
    /// there was a limit. Without `by`, the number of `rows`.
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
