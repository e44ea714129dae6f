//! Checks the dashboards in files, without a server.

use std::path::Path;

use rolecall_sign_in::db::Db;

use super::files::{DashboardFiles, FilesError};
use super::spec::SpecMistake;
use crate::datasets::catalogue;

/// What a check of the dashboards in files found.
#[derive(Debug)]
pub struct Checked {
    /// How many are right, as far as can be seen without their data.
    pub dashboards: usize,
    /// Every mistake.
    pub mistakes: Vec<SpecMistake>,
    /// Whether they were compared with the data sets in the database.
    pub with_data: bool,
}

/// Checks the dashboards in `folder`, and whether they fit the data sets in `db`, if there is one and it can be read.
///
/// # Errors
/// When the folder or a file in it cannot be read.
pub async fn check_files(folder: &Path, db: Option<&Db>) -> Result<Checked, FilesError> {
    let files = DashboardFiles::read(folder)?;
    let catalogue = match db {
        Some(db) => catalogue(db).await.ok(),
        None => None,
    };
    let mut mistakes = files.mistakes().to_vec();
    mistakes.extend(files.check_data(catalogue.as_ref()));
    Ok(Checked { dashboards: files.count(), mistakes, with_data: catalogue.is_some() })
}
