//! Why a dashboard has no answer.

use rolecall_sign_in::session::RecordError;
use thiserror::Error;

/// Why a dashboard could not be opened.
#[derive(Debug, Error)]
pub enum DashboardsError {
    /// The database does not answer.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
    /// The sign-in records cannot be counted.
    #[error(transparent)]
    Record(#[from] RecordError),
}
