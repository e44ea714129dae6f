//! What an import makes of a data set, and whether it may.

use rolecall_model::{Role, is_name};

use super::built_in::is_built_in;
use super::catalog;
use super::dataset::{DataSet, Kind};
use super::error::DatasetError;
use super::handle::Datasets;

/// What an import makes of a data set.
#[derive(Clone, Debug)]
pub enum Target {
    /// A new one.
    New {
        /// Its name: small letters, digits and hyphens.
        name: String,
        /// Its title.
        title: String,
        /// The lowest role that sees anything of it.
        role: Role,
    },
    /// The rows take the place of those that are there.
    Replace {
        /// The name of the data set.
        name: String,
        /// Whether the columns of the file take the place of those that are there, too. Otherwise they are matched by name, and
        /// have the types of the data set, so that no dashboard loses what it shows.
        new_columns: bool,
        /// Whether a file without rows may empty the data set.
        may_be_empty: bool,
    },
    /// The rows are added to those that are there. Columns are matched by name, and have the types of the data set.
    Append(String),
}

impl Target {
    /// The name of the data set.
    #[must_use]
    pub fn name(&self) -> &str {
        let (Self::New { name, .. } | Self::Replace { name, .. } | Self::Append(name)) = self;
        name
    }

    /// Whether the data set has the columns afterwards that it had before.
    #[must_use]
    pub const fn keeps_columns(&self) -> bool {
        match self {
            Self::New { .. } => false,
            Self::Replace { new_columns, .. } => !*new_columns,
            Self::Append(_) => true,
        }
    }

    /// Whether a file with so many `rows` will do.
    pub(super) fn check_rows(&self, rows: u64) -> Result<(), DatasetError> {
        match self {
            Self::Replace { name, may_be_empty: false, .. } if rows == 0 => Err(DatasetError::NoRows(name.clone())),
            _ => Ok(()),
        }
    }
}

/// Whether a new data set can be called `name`, as far as can be told without the catalogue.
///
/// # Errors
/// [`DatasetError::Name`]; [`DatasetError::Reserved`] for the names of what comes with Rolecall, imported or not.
pub fn check_new_name(name: &str) -> Result<(), DatasetError> {
    if !is_name(name) {
        return Err(DatasetError::Name(name.to_owned()));
    }
    if is_built_in(name) {
        return Err(DatasetError::Reserved(name.to_owned()));
    }
    Ok(())
}

impl Datasets {
    /// The data set that `target` changes; `None` for a new one.
    pub(super) async fn before(&self, target: &Target) -> Result<Option<DataSet>, DatasetError> {
        let name = target.name();
        if let Target::New { .. } = target {
            check_new_name(name)?;
        }
        let found = catalog::all(&self.db).await?.into_iter().find(|dataset| dataset.name == name);
        match (target, found) {
            (Target::New { .. }, Some(_)) => Err(DatasetError::Exists(name.to_owned())),
            (Target::New { .. }, None) => Ok(None),
            (_, None) => Err(DatasetError::Unknown(name.to_owned())),
            (_, Some(found)) if found.kind == Kind::BuiltIn => Err(DatasetError::BuiltInStays(name.to_owned())),
            (_, found) => Ok(found),
        }
    }
}
