//! Why the application could not start.

use std::path::PathBuf;

use rolecall_apps::AppsError;
use rolecall_config::tls::TlsError;
use rolecall_core::datasets::DatasetError;
use rolecall_core::spec_files::FilesError;
use rolecall_core::uploads::UploadError;
use rolecall_sign_in::AuthError;
use rolecall_sign_in::db::DbError;
use rolecall_sign_in::secret_key::SecretKeyError;
use rolecall_sign_in::session::RestoredError;
use thiserror::Error;

/// Why the application could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The encryption key could be neither read nor created.
    #[error(transparent)]
    SecretKey(#[from] SecretKeyError),
    /// The data folder could be neither created nor made private.
    #[error("the data folder {} cannot be made or used: let it belong to this user", .0.display())]
    DataDir(PathBuf, #[source] std::io::Error),
    /// The certificate cannot be read.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The database could not be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The sign-in could not be set up.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// Apps cannot be reached.
    #[error(transparent)]
    Apps(#[from] AppsError),
    /// The dashboards or data sets in files cannot be used.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The data sets cannot be used.
    #[error(transparent)]
    Datasets(#[from] DatasetError),
    /// The folder of uploads cannot be used.
    #[error("the folder of uploads cannot be used")]
    Uploads(#[from] UploadError),
    /// The list of data sets cannot be read.
    #[error(transparent)]
    Catalogue(std::sync::Arc<DatasetError>),
    /// The check for a database restored from a backup failed.
    #[error("the database could not be checked for a restored backup")]
    Restored(#[from] RestoredError),
    /// The files that browsers load could not be read.
    #[error("the files of the site could not be read")]
    Assets(#[source] std::io::Error),
    /// The session store rejects its table.
    #[error("the session store cannot be set up: {0}")]
    SessionStore(String),
    /// The demonstration provider has no address.
    #[error("the demonstration provider's address cannot be made of the public one")]
    DemoIssuer(#[from] url::ParseError),
}
