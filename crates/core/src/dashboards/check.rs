//! Checks the dashboards and data sets in files, without a server.

use std::path::Path;

use rolecall_sign_in::db::Db;

use super::files::DashboardFiles;
use super::stored::slugs;
use crate::datasets::{Catalogue, Connections, DatasetError, DatasetFiles, catalogue};
use crate::spec_files::{FilesError, SpecMistake};

/// The result of a check of the files.
#[derive(Debug)]
pub struct Checked {
    /// How many dashboards are valid, as far as they could be checked.
    pub dashboards: usize,
    /// How many data sets are defined in files.
    pub datasets: usize,
    /// Every mistake.
    pub mistakes: Vec<SpecMistake>,
    /// Whether they were compared with the data sets in the database.
    pub data: DataCheck,
}

/// Whether dashboards were checked against the data sets in the database.
#[derive(Debug)]
pub enum DataCheck {
    /// The dashboards were checked against them.
    Compared,
    /// There is no database to compare them with.
    NoDatabase,
    /// The data sets cannot be read.
    Failed(DatasetError),
}

/// Checks the dashboards in `folder`, also against the data sets in `db`, if given. Data sets defined in files that
/// query one of `connections` are checked, too.
///
/// # Errors
/// When the folder cannot be read.
pub async fn check_files(
    folder: &Path,
    datasets: &DatasetFiles,
    connections: &Connections,
    db: Option<&Db>,
) -> Result<Checked, FilesError> {
    let files = DashboardFiles::read(folder)?;
    let mut mistakes = [files.mistakes(), datasets.mistakes()].concat();
    let (catalogue, data) = match db {
        None => (None, DataCheck::NoDatabase),
        Some(db) => match compared_with(db).await {
            Ok((catalogue, stored)) => {
                mistakes.extend(files.check_names(&stored));
                (Some(catalogue), DataCheck::Compared)
            }
            Err(error) => (None, DataCheck::Failed(error)),
        },
    };
    mistakes.extend(files.check_data(catalogue.as_ref(), datasets));
    mistakes.extend(datasets.check(connections, catalogue.as_ref()));
    Ok(Checked { dashboards: files.count(), datasets: datasets.all().count(), mistakes, data })
}

/// The data sets, and the names of the dashboards that people made.
async fn compared_with(db: &Db) -> Result<(Catalogue, Vec<String>), DatasetError> {
    Ok((catalogue(db).await?, slugs(db).await?))
}
