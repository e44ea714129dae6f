//! Why a dashboard cannot be shown.

use std::sync::Arc;

use rolecall_data::query::QueryError;
use rolecall_sign_in::session::RecordError;
use thiserror::Error;

use super::stored::StoreError;
use crate::datasets::DatasetError;

/// Why a dashboard or a panel cannot be shown.
#[derive(Debug, Error)]
pub enum DashboardsError {
    /// The database does not answer. Every function on dashboards can fail this way; their docs mention only other
    /// errors.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
    /// The versions of notes cannot be read.
    #[error("the versions of notes cannot be read")]
    Notes(#[from] Arc<sqlx::Error>),
    /// The sign-in records cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The data sets cannot be read.
    #[error("the data sets cannot be read")]
    Datasets(#[from] Arc<DatasetError>),
    /// The dashboards that people made cannot be read.
    #[error("the stored dashboards cannot be read")]
    Stored(#[from] Arc<StoreError>),
    /// The query of a panel failed.
    #[error("the query of a panel has no answer")]
    Query(#[from] QueryError),
}
