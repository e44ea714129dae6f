//! The newest day of a data set.

use chrono::NaiveDate;
use chrono_tz::Tz;
use rolecall_data::query::QueryError;
use rolecall_model::data::{Aggregate, Cell, GroupQuery, Measure, Query, Select};

use super::dataset::DataSet;
use super::handle::Datasets;
use super::row_rules::RuleViewer;

impl Datasets {
    /// The newest day of `column` among the rows of `dataset` that `viewer` may see, in the time zone `zone` if they
    /// are times; `None` if no row has one.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn newest_day(
        &self,
        dataset: &DataSet,
        column: &str,
        zone: Tz,
        viewer: &RuleViewer,
    ) -> Result<Option<NaiveDate>, QueryError> {
        let measure = Measure {
            compute: Aggregate::Maximum,
            of: Some(column.to_owned()),
            title: None,
            unit: None,
            decimals: None,
            show: Vec::new(),
        };
        let groups = GroupQuery { measures: vec![measure], by: None, split: None, order: None, limit: None };
        let query = Query { filters: Vec::new(), zone: zone.name().to_owned(), select: Select::Groups(groups) };
        let result = self.run(dataset, &query, viewer).await?;
        Ok(match result.rows.first().and_then(|row| row.first()) {
            Some(Cell::Date(day)) => Some(*day),
            Some(Cell::Timestamp(moment)) => Some(moment.with_timezone(&zone).date_naive()),
            _ => None,
        })
    }
}
