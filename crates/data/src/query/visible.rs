//! The rows that take part in a query. Every answer is computed from a [`Source`], and the only way to make one is
//! here: so row rules apply to rows, groups, totals, counts and the values that filters offer.

use datafusion::dataframe::DataFrame;
use datafusion::prelude::SessionContext;

use super::check::{Condition, row_rule};
use super::columns::meets;
use super::error::QueryError;
use super::session::all_rows;
use super::version::{DataVersion, RowFilter};

/// The rows of a data set that take part in a query.
pub(super) struct Source {
    /// The rows that are visible and meet all filters.
    pub(super) rows: DataFrame,
    /// The number of rows in the data set.
    pub(super) all_rows: u64,
    unseen: DataFrame,
}

impl Source {
    /// The rows of `version` that meet every one of `rules` and `filters`.
    ///
    /// # Errors
    ///
    /// [`QueryError::RowRule`] for a rule about a column that does not exist; [`QueryError::Unreadable`] if a file is
    /// missing.
    pub(super) async fn visible(
        context: &SessionContext,
        version: &DataVersion,
        rules: &[RowFilter],
        filters: &[Condition],
    ) -> Result<Self, QueryError> {
        let unseen = all_rows(context, version).await?;
        let mut rows = unseen.clone();
        for rule in rules {
            let column = version.columns.iter().find(|column| column.name == rule.column);
            let column = column.ok_or_else(|| QueryError::RowRule(rule.column.clone()))?;
            rows = rows.filter(meets(&row_rule(column, &rule.values)))?;
        }
        for filter in filters {
            rows = rows.filter(meets(filter))?;
        }
        Ok(Self { rows, all_rows: version.rows, unseen })
    }

    /// All rows, including those that may not be seen. Use it only to read bounds of values from the statistics of
    /// files, where no answer depends on it.
    pub(super) fn for_bounds(&self) -> DataFrame {
        self.unseen.clone()
    }
}
