//! Why a decision was not made.

use rolecall_model::{AppError, Role};
use rolecall_sign_in::session::RecordError;
use thiserror::Error;

/// What is said where the database had no time. A decision is one transaction, so all of it is in force or nothing.
pub const NO_TIME: &str = "The database was busy. Nothing was changed.";

/// Why a decision was not made.
#[derive(Debug, Error)]
pub enum DecisionError {
    /// There is nobody, or nothing, of that number.
    #[error("there is no such person, session, grant or request")]
    Unknown,
    /// It would shut out who decides, or is theirs to lose.
    #[error("{0}")]
    Oneself(&'static str),
    /// It would leave nobody with the role Admin who may come in, or nobody who keeps it.
    #[error("{0}")]
    LastAdministrator(&'static str),
    /// What was written cannot be used.
    #[error("{0}")]
    Unusable(&'static str),
    /// The same of what was written into the field that is named first.
    #[error("{1}")]
    UnusableField(&'static str, &'static str),
    /// The same was decided before, or is over: how that stands.
    #[error("{0}")]
    Decided(String),
    /// Whoever decides or asks was kept out meanwhile.
    #[error("the person who asked may not do this any more")]
    KeptOut,
    /// Whoever decides does not have the role Admin any more.
    #[error("who decides does not have the role Admin any more")]
    NoAdministrator,
    /// The database does not answer. Every decision can fail so; only what else can go wrong is said at the functions.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl From<sqlx::Error> for DecisionError {
    fn from(error: sqlx::Error) -> Self {
        Self::Record(error.into())
    }
}

impl DecisionError {
    /// What a browser is told; `internal` tells of what is our own fault.
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
