//! The days that a filter leaves, beside those before them.

use std::sync::Arc;

use rolecall_model::data::QueryResult;

use super::range::DayRange;

/// What the measures of figures are in the days that a filter leaves, and in those before.
#[derive(Clone, Debug)]
pub struct Compared {
    pub days: DayRange,
    pub before: DayRange,
    /// The measures of all rows of these days.
    pub result: Arc<QueryResult>,
    /// The same of the days before.
    pub result_before: Arc<QueryResult>,
}
