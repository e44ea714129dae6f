//! Why a stored dashboard could not be made, changed or read.

use std::sync::Arc;

use rolecall_model::{AppError, Role};
use thiserror::Error;

use crate::datasets::DatasetError;
use crate::spec_files::FieldMistake;

/// Why a stored dashboard could not be made, changed or read. Nothing was changed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// It does not exist, or not for this person.
    #[error("there is no such dashboard")]
    Unknown,
    /// Its document is invalid.
    #[error("{}", sentences(.0))]
    Mistakes(Vec<FieldMistake>),
    /// Another version was first.
    #[error("This dashboard was changed by somebody else meanwhile.")]
    Changed,
    /// It would change a panel that is closed to the editor, and open from this role on.
    #[error(
        "This would bring back, change or take away a panel that is not open to you. Nothing was changed. An administrator can do it."
    )]
    Closed(Role),
    /// A file has that name now.
    #[error("A file has the address of this dashboard now. Rename the file, or duplicate the dashboard.")]
    NameTaken,
    /// The person owns as many as allowed.
    #[error("You have {0} dashboards, as many as one person can own. Delete one first, or ask an administrator.")]
    TooMany(u32),
    /// The stored document cannot be read by this version of Rolecall.
    #[error("the document of the dashboard {0:?} cannot be read")]
    Document(String, #[source] serde_json::Error),
    /// The data sets cannot be read.
    #[error("the data sets cannot be read")]
    Datasets(#[from] Arc<DatasetError>),
    /// The database does not answer. Every function on stored dashboards can fail this way; their docs mention only
    /// other errors.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    /// The error for a browser; `internal` reports errors on our side.
    #[must_use]
    pub fn for_browser(self, internal: impl FnOnce(&(dyn std::error::Error + 'static)) -> AppError) -> AppError {
        let message = self.to_string();
        match self {
            Self::Unknown => AppError::NotFound,
            Self::Mistakes(_) | Self::Closed(_) | Self::NameTaken | Self::TooMany(_) => AppError::Invalid { message },
            Self::Changed => AppError::Conflict { message },
            error => internal(&error),
        }
    }
}

fn sentences(mistakes: &[FieldMistake]) -> String {
    mistakes.iter().map(|mistake| mistake.what.as_str()).collect::<Vec<_>>().join(" ")
}
