//! The days that a filter leaves, beside others.

use std::sync::Arc;

use rolecall_model::data::QueryResult;

use super::range::DayRange;

/// What the figures of a panel are to be compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Comparing {
    /// With what the panel's document says: the step of time before the last, or nothing.
    #[default]
    Usual,
    /// With nothing, though the document says otherwise.
    Nothing,
    /// They are those of all `days` of a column, and are compared with those of the days `before`, or with nothing.
    Days { column: String, days: DayRange, before: Option<DayRange> },
}

/// What the figures of a panel are compared with.
#[derive(Clone, Debug)]
pub enum Compared {
    /// With what the panel's document says, which their steps of time hold.
    Usual,
    /// With nothing, though the document says otherwise.
    Nothing,
    /// They are those of all `days`, and are compared with those of other days, or with nothing.
    Days {
        days: DayRange,
        /// The measures of all rows of these days.
        result: Arc<QueryResult>,
        /// The other days, and the same of them.
        before: Option<(DayRange, Arc<QueryResult>)>,
    },
}
