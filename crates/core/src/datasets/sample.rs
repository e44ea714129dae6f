//! The first rows of a data set and its number of missing values, as a person may see them.

use std::sync::Arc;

use rolecall_data::query::{MAX_MEASURES, QueryError};
use rolecall_model::data::{Aggregate, Cell, GroupQuery, Measure, Query, QueryResult, RowQuery, Select};

use super::dataset::DataSet;
use super::handle::Datasets;
use super::row_rules::RuleViewer;

/// How many columns of the first rows are shown.
pub const SAMPLE_COLUMNS: usize = 50;
/// How many rows are shown.
pub const SAMPLE_ROWS: u32 = 50;
/// In data sets with more cells than this, missing ones are not counted.
const MOST_CELLS: u64 = 50_000_000;

impl Datasets {
    /// The first [`SAMPLE_ROWS`] of the rows of `dataset` that `viewer` may see, of its first [`SAMPLE_COLUMNS`]; the
    /// total counts all that they may see.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn sample(&self, dataset: &DataSet, viewer: &RuleViewer) -> Result<Arc<QueryResult>, QueryError> {
        let columns = dataset.data.columns.iter().take(SAMPLE_COLUMNS).map(|column| column.name.clone()).collect();
        let rows = RowQuery { columns, order: Vec::new(), offset: 0, limit: SAMPLE_ROWS };
        self.run(dataset, &in_utc(Select::Rows(rows)), viewer).await
    }

    /// How many cells of each column are missing in the rows that `viewer` may see. `None` if there are too many to
    /// count for a page.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn missing(&self, dataset: &DataSet, viewer: &RuleViewer) -> Result<Option<Vec<u64>>, QueryError> {
        let columns = &dataset.data.columns;
        if dataset.data.rows.saturating_mul(columns.len() as u64) > MOST_CELLS {
            return Ok(None);
        }
        let mut missing = Vec::with_capacity(columns.len());
        // The first measure counts all rows.
        for columns in columns.chunks(MAX_MEASURES - 1) {
            let counted = columns.iter().map(|column| Some(column.name.clone()));
            let measures = [None].into_iter().chain(counted).map(count).collect();
            let groups = GroupQuery { measures, by: None, split: None, order: None, limit: None };
            let result = self.run(dataset, &in_utc(Select::Groups(groups)), viewer).await?;
            let counts: Vec<u64> = result.rows.first().into_iter().flatten().map(number).collect();
            if let [all, counts @ ..] = &counts[..] {
                missing.extend(counts.iter().map(|count| all.saturating_sub(*count)));
            }
        }
        Ok(Some(missing))
    }
}

fn in_utc(select: Select) -> Query {
    Query { filters: Vec::new(), zone: "UTC".to_owned(), select }
}

/// The number of rows, or of those with a value in the column `of`.
fn count(of: Option<String>) -> Measure {
    Measure { compute: Aggregate::Count, of, title: None, unit: None, decimals: None, show: Vec::new() }
}

fn number(cell: &Cell) -> u64 {
    match cell {
        Cell::Integer(number) => number.unsigned_abs(),
        _ => 0,
    }
}
