//! The errors of queries.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use datafusion::error::DataFusionError;
use tokio::task::JoinError;

/// A part of a query that does not fit its data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryMistake {
    /// The place: a path in the query, such as `measures[0].of` or `filters[2].at_least`.
    pub at: String,
    /// What is wrong and how to fix it, in a sentence or two for the author of the query.
    pub problem: String,
}

impl Display for QueryMistake {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.problem)
    }
}

/// Why a query has no result. The texts may be shown to the person who asked, except for `RowRule`, which names a
/// column, and `Unreadable` and `Failed`, which belong in the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The query does not fit the data set.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Mistakes(Vec<QueryMistake>),
    /// A row rule names a column that the data set does not have, so no rows are shown.
    #[error(
        "A row rule of this data set names the column “{0}”, which it does not have. Nothing is shown until that is corrected."
    )]
    RowRule(String),
    /// The query took too long, including the time it waited for a place.
    #[error("This took longer than {} seconds. Choose fewer rows with a filter, or ask again later.", .0.as_secs())]
    TooSlow(Duration),
    /// The query needs more memory than queries may take.
    #[error("This needs more memory than a query may take. Choose fewer rows with a filter, or group by fewer values.")]
    TooLarge,
    /// There are more groups times series than [`MAX_RESULT_ROWS`](super::MAX_RESULT_ROWS).
    #[error("This makes more than 100,000 points. Choose a longer step of time, a shorter period, or fewer series.")]
    TooManyGroups,
    /// A file of the data set is missing or cannot be read.
    #[error("These data cannot be read right now: {0}")]
    Unreadable(String),
    /// The engine failed.
    #[error("The query failed: {0}")]
    Failed(String),
}

impl From<DataFusionError> for QueryError {
    fn from(error: DataFusionError) -> Self {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::TooLarge,
            DataFusionError::ObjectStore(_) | DataFusionError::ParquetError(_) | DataFusionError::IoError(_) => {
                Self::Unreadable(error.strip_backtrace())
            }
            _ => Self::Failed(error.strip_backtrace()),
        }
    }
}

impl From<JoinError> for QueryError {
    fn from(error: JoinError) -> Self {
        Self::Failed(format!("a query ended: {error}"))
    }
}
