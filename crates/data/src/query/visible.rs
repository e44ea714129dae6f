//! Which rows take part in a query. Every answer is computed from a [`Source`], and there is no other way to make one: so row
//! rules are in force for rows, groups, totals, counts and the values that filters offer.

use datafusion::dataframe::DataFrame;
use datafusion::prelude::SessionContext;

use super::check::{Condition, row_rule};
use super::columns::meets;
use super::error::QueryError;
use super::session::all_rows;
use super::version::{DataVersion, RowFilter};

/// The rows of a data set that take part in a query.
pub(super) struct Source {
    /// The rows that may be seen and meet all filters.
    pub(super) rows: DataFrame,
    /// How many rows the data set has in all.
    pub(super) all_rows: u64,
    unseen: DataFrame,
}

impl Source {
    /// The rows of `version` that meet every one of `rules` and `filters`.
    ///
    /// # Errors
    ///
    /// [`QueryError::RowRule`] for a rule about a column that is not there; [`QueryError::Unreadable`] if a file is not.
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

    /// All rows, also those that may not be seen: only to learn within which bounds values lie, from the statistics of files,
    /// where nothing that is answered depends on it.
    pub(super) fn for_bounds(&self) -> DataFrame {
        self.unseen.clone()
    }
}
