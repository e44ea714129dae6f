//! A panel that cannot be shown, while the rest of its dashboard can.

use rolecall_data::query::{QueryError, QueryMistake};
use rolecall_model::Role;

/// Why a panel cannot be shown. It is never cached: the cause may be gone at the next request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// Whether it is temporary.
    pub cause: Cause,
    /// The message for everyone who may see the panel.
    pub text: String,
    /// The exact cause. It names columns and data sets, so it is for administrators and the log only.
    pub details: Vec<String>,
}

/// Whether a panel can be shown later, unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The time limit was reached, or its data cannot be read now.
    NotNow,
    /// Its query exceeds a limit.
    TooMuch,
    /// Its query, or a row rule, does not fit its data set.
    Unfit,
}

/// The message for a panel that must be corrected.
const UNFIT: &str = "This panel does not fit its data. Tell the person who made the dashboard.";
/// The message for data that cannot be read.
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

    /// The message for `error`.
    ///
    /// # Errors
    /// The error itself if the engine failed: then the fault is ours, not the panel's.
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

    /// The same without what `role` may not read.
    pub(super) fn told_to(self, role: Option<Role>) -> Self {
        if role >= Some(Role::Admin) { self } else { Self { details: Vec::new(), ..self } }
    }
}
