//! Why a decision was not made.

use rolecall_model::{AppError, Role};
use rolecall_sign_in::session::RecordError;
use thiserror::Error;

/// The message when the database was too busy. A decision is one transaction, so all of it takes effect or none.
pub const NO_TIME: &str = "The database was busy. Nothing was changed.";

/// Why a decision was not made.
#[derive(Debug, Error)]
pub enum DecisionError {
    /// The person, session, grant or request does not exist.
    #[error("there is no such person, session, grant or request")]
    Unknown,
    /// The decision concerns the deciding person's own account or session.
    #[error("{0}")]
    Oneself(&'static str),
    /// No administrator would be left, or none whose role does not expire.
    #[error("{0}")]
    LastAdministrator(&'static str),
    /// The input cannot be used.
    #[error("{0}")]
    Unusable(&'static str),
    /// The same for the form field that is named first.
    #[error("{1}")]
    UnusableField(&'static str, &'static str),
    /// It was decided already, or is over: the current state.
    #[error("{0}")]
    Decided(String),
    /// The person who decides or asks was disabled in the meantime.
    #[error("the person who asked may not do this any more")]
    KeptOut,
    /// The deciding party no longer has the role Admin.
    #[error("who decides does not have the role Admin any more")]
    NoAdministrator,
    /// The database does not answer. Every decision can fail this way; their docs mention only other errors.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl From<sqlx::Error> for DecisionError {
    fn from(error: sqlx::Error) -> Self {
        Self::Record(error.into())
    }
}

impl DecisionError {
    /// The error for a browser; `internal` reports errors on our side.
    #[must_use]
    pub fn for_browser(&self, internal: impl Fn(&(dyn std::error::Error + 'static)) -> AppError) -> AppError {
        match self {
            Self::Unknown => AppError::NotFound,
            Self::Oneself(message) | Self::Unusable(message) => AppError::Invalid { message: (*message).to_owned() },
            Self::UnusableField(field, message) => {
                AppError::InvalidField { field: (*field).to_owned(), message: (*message).to_owned() }
            }
            Self::LastAdministrator(message) => AppError::Conflict { message: (*message).to_owned() },
            Self::Decided(message) => AppError::Conflict { message: message.clone() },
            Self::KeptOut => AppError::SignedOut,
            Self::NoAdministrator => AppError::Forbidden { needed: Role::Admin },
            Self::Record(error) => match internal(error) {
                AppError::Unavailable { .. } => AppError::Unavailable { message: NO_TIME.to_owned() },
                other => other,
            },
        }
    }
}
