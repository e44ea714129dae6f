//! Why an operation on data sets failed.

use std::io::ErrorKind;

use rolecall_data::connection::ConnectionError;
use rolecall_data::import::{Examined, ImportError};
use rolecall_data::query::QueryError;
use rolecall_data::store::StoreError;
use rolecall_model::{AppError, Role};
use thiserror::Error;

use super::dataset::DataSetKind;

/// Why an operation on data sets failed.
#[derive(Debug, Error)]
pub enum DatasetError {
    /// The database does not answer. Every function on data sets can fail this way; their docs mention only other
    /// errors.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
    /// The stored entry of a data set cannot be read.
    #[error("the entry of the data set {name:?} cannot be read")]
    Entry {
        /// The data set.
        name: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The files cannot be read or written.
    #[error("the store of data sets cannot be used")]
    Store(#[from] StoreError),
    /// The file cannot be imported.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A data set that comes with Rolecall could not be imported.
    #[error("the built-in data set {0:?} cannot be imported")]
    BuiltIn(&'static str, #[source] Box<Self>),
    /// The engine cannot be started.
    #[error("queries cannot be run")]
    Engine(#[from] QueryError),
    /// The name is not valid.
    #[error(
        "“{0}” cannot be the name of a data set. Use 1 to 64 small letters, digits and hyphens, such as sales-2026."
    )]
    Name(String),
    /// There is a data set with that name.
    #[error("There is a data set “{0}” already. Choose another name, or replace its rows or append to them.")]
    Exists(String),
    /// The name belongs to a data set that comes with Rolecall.
    #[error("“{0}” is the name of a data set that comes with Rolecall. Choose another name.")]
    Reserved(String),
    /// A file without rows would empty the data set.
    #[error("The file has no rows, so “{0}” would be empty. If you want that, say so (--empty).")]
    NoRows(String),
    /// The data set already has the rows of the same file.
    #[error("The rows of this file are in “{0}” already.")]
    AddedBefore(String),
    /// There is no such data set.
    #[error("There is no data set “{0}”.")]
    Unknown(String),
    /// Data sets that come with Rolecall cannot be changed.
    #[error("“{0}” comes with Rolecall and cannot be changed. Import your rows under another name.")]
    BuiltInStays(String),
    /// Data sets of this kind cannot be changed this way.
    #[error("The rows of “{name}” cannot be changed in this way: {}.", kind.source())]
    NotThisWay {
        /// The data set.
        name: String,
        kind: DataSetKind,
    },
    /// It is defined by a file.
    #[error("“{0}” is in the file config/datasets/{0}.toml. Change that file, then start Rolecall again.")]
    InFile(String),
    /// Its owner has as many as one person may.
    #[error(
        "One person can own {0} data sets, and this limit is reached. Delete one that nobody needs, or ask an administrator."
    )]
    TooMany(u32),
    /// The role is higher than that of the person who chose it.
    #[error("You cannot choose the role {0}: it is higher than your own.")]
    RoleAboveOwn(Role),
    /// The configuration has no connection with that name.
    #[error("There is no connection “{0}” in the configuration.")]
    NoConnection(String),
    /// A connection returned no rows.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// Somebody else has changed it since it was read.
    #[error("“{0}” was changed by somebody else meanwhile. Look at it again, then make your change.")]
    Changed(String),
    /// The new value is not valid.
    #[error("{0}")]
    Unusable(String),
    /// Somebody else owns it.
    #[error("Only the owner of “{0}” or an administrator can change it.")]
    NotYours(String),
    /// A request with this idempotency key is in progress.
    #[error("A request with this Idempotency-Key is being worked on. Wait a moment, then send it again.")]
    KeyInUse,
    /// The idempotency key was used for another request.
    #[error("This Idempotency-Key was used for another request. Each request needs a key of its own.")]
    KeyOfAnother,
    /// Too many programs are sending rows, so one more would wait too long.
    #[error("Many requests with rows are worked on at this moment. Send this one again in some seconds.")]
    TooManyAtOnce,
    /// Others keep changing the data set.
    #[error("“{0}” is being changed by others at this moment. Try again.")]
    Busy(String),
    /// The file is ambiguous, and nobody has decided how to read it.
    #[error("The file can be read in more than one way.")]
    Ambiguous(Box<Examined>),
    /// The file for an import cannot be written.
    #[error("a file for the import cannot be written")]
    Files(#[from] std::io::Error),
}

impl DatasetError {
    /// The error for a browser; `internal` reports errors on our side.
    #[must_use]
    pub fn for_browser(self, internal: impl FnOnce(&(dyn std::error::Error + 'static)) -> AppError) -> AppError {
        let message = self.to_string();
        match self {
            Self::Unknown(_) => AppError::NotFound,
            Self::Changed(_) | Self::Busy(_) => AppError::Conflict { message },
            Self::Name(_)
            | Self::Exists(_)
            | Self::Reserved(_)
            | Self::NoRows(_)
            | Self::AddedBefore(_)
            | Self::Ambiguous(_)
            | Self::BuiltInStays(_)
            | Self::NotThisWay { .. }
            | Self::InFile(_)
            | Self::TooMany(_)
            | Self::RoleAboveOwn(_)
            | Self::NotYours(_)
            | Self::NoConnection(_)
            | Self::Unusable(_) => AppError::Invalid { message },
            Self::Connection(error) if !error.is_ours() => AppError::Invalid { message },
            error => internal(&error),
        }
    }

    /// The message for administrators if a snapshot failed because of it.
    pub(super) fn for_administrators(&self) -> String {
        match self {
            Self::Connection(error) if !error.is_ours() => error.to_string(),
            Self::NoConnection(_) => self.to_string(),
            _ => "Rolecall could not keep the rows. Its log says why.".to_owned(),
        }
    }
}

impl DatasetError {
    /// The error for the log: without messages from outside, which may contain values.
    #[must_use]
    pub fn for_log(&self) -> String {
        match self {
            Self::Connection(ConnectionError::Write(error)) | Self::Import(error) => error.for_log(),
            Self::Connection(error) => error.kind().to_owned(),
            Self::Unusable(_) => "unusable".to_owned(),
            error => format!("{error:?}"),
        }
    }

    /// The column that it is about.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Connection(ConnectionError::Column { column, .. }) => Some(column),
            _ => None,
        }
    }

    /// Whether the disk is full.
    #[must_use]
    pub fn is_for_want_of_space(&self) -> bool {
        match self {
            Self::Files(error) | Self::Store(StoreError::Io(error)) => error.kind() == ErrorKind::StorageFull,
            Self::Import(error) | Self::Connection(ConnectionError::Write(error)) => error.is_for_want_of_space(),
            _ => false,
        }
    }
}
