//! A panel that cannot be shown, while the rest of its dashboard can.

use rolecall_data::query::{QueryError, QueryMistake};
use rolecall_model::Role;

/// Why a panel cannot be shown. It is never kept: what was wrong may be right at the next question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// Whether that ends by itself.
    pub cause: Cause,
    /// What everybody is told who may see the panel.
    pub text: String,
    /// What exactly is wrong. It names columns and data sets, so it is for administrators, and for the log.
    pub details: Vec<String>,
}

/// Whether a panel can be shown later as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It did not get done in time, or its data cannot be read now.
    NotNow,
    /// Its query asks for more than a query may.
    TooMuch,
    /// Its query, or a row rule, does not fit its data set.
    Unfit,
}

/// What is told of a panel that somebody has to correct.
const UNFIT: &str = "This panel does not fit its data. Tell the person who made the dashboard.";
/// What is told of data that cannot be read.
const UNREADABLE: &str = "The data of this panel cannot be read right now. Try again later.";

impl Unavailable {
    /// There is no data set called `name`.
    pub(super) fn no_data_set(name: &str) -> Self {
        Self::unfit(vec![format!("There is no data set “{name}”.")])
    }

    /// The query does not fit the columns.
    pub(super) fn mistakes(mistakes: &[QueryMistake]) -> Self {
        Self::unfit(mistakes.iter().map(ToString::to_string).collect())
    }

    fn unfit(details: Vec<String>) -> Self {
        Self { cause: Cause::Unfit, text: UNFIT.to_owned(), details }
    }

    /// What is told of `error`.
    ///
    /// # Errors
    /// The error itself where the engine failed: that is nobody's panel, and our fault.
    pub(super) fn because_of(error: QueryError) -> Result<Self, QueryError> {
        let text = error.to_string();
        Ok(match error {
            QueryError::Mistakes(mistakes) => Self::mistakes(&mistakes),
            QueryError::RowRule(_) => Self::unfit(vec![text]),
            QueryError::TooSlow(_) => Self { cause: Cause::NotNow, text, details: Vec::new() },
            QueryError::Unreadable(_) => {
                Self { cause: Cause::NotNow, text: UNREADABLE.to_owned(), details: vec![text] }
            }
            QueryError::TooLarge | QueryError::TooManyGroups => {
                Self { cause: Cause::TooMuch, text, details: Vec::new() }
            }
            QueryError::Failed(_) => return Err(error),
        })
    }

    /// The same as `role` may read it.
    pub(super) fn told_to(self, role: Option<Role>) -> Self {
        if role >= Some(Role::Admin) { self } else { Self { details: Vec::new(), ..self } }
    }
}
