//! The effect of an import on a data set, and whether it is allowed.

use rolecall_model::{Role, is_name};

use super::built_in::is_built_in;
use super::dataset::{DataSet, DataSetKey};
use super::error::DatasetError;
use super::handle::Datasets;
use super::rights::{Changer, Way, check_role};
use super::source::FileEffect;

/// How many characters of a name are kept before the number that makes it unique. With the number it has at most 64.
const STEM_CHARACTERS: usize = 60;
/// The last number that is tried.
const MOST_TRIED: u32 = 50;

/// The effect of an import on a data set.
#[derive(Clone, Debug)]
pub enum Target {
    /// A new one.
    New {
        /// Its name: small letters, digits and hyphens.
        name: String,
        title: String,
        /// The lowest role that may see it.
        role: Role,
    },
    /// The rows replace the existing ones.
    Replace {
        dataset: DataSetKey,
        /// Whether the columns of the file replace the existing ones, too. Otherwise they are matched by name, and have
        /// the types of the data set, so that no dashboard breaks.
        new_columns: bool,
        /// Whether a file without rows may empty the data set.
        may_be_empty: bool,
    },
    /// The rows are added to the existing ones. Columns are matched by name, and have the types of the data set.
    Append(DataSetKey),
    /// The same, unless the data set has the rows of a file with the same content.
    AppendOnce(DataSetKey),
}

impl Target {
    /// The name of the data set.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::New { name, .. } => name,
            Self::Replace { dataset, .. } | Self::Append(dataset) | Self::AppendOnce(dataset) => &dataset.name,
        }
    }

    /// The effect of a file on the data set.
    pub(super) const fn effect(&self) -> FileEffect {
        match self {
            Self::New { .. } => FileEffect::Made,
            Self::Replace { .. } => FileEffect::Replaced,
            Self::Append(_) | Self::AppendOnce(_) => FileEffect::Added,
        }
    }

    /// Whether the data set keeps its columns.
    #[must_use]
    pub const fn keeps_columns(&self) -> bool {
        match self {
            Self::New { .. } => false,
            Self::Replace { new_columns, .. } => !*new_columns,
            Self::Append(_) | Self::AppendOnce(_) => true,
        }
    }

    /// Whether a file with this number of `rows` is acceptable.
    pub(super) fn check_rows(&self, rows: u64) -> Result<(), DatasetError> {
        match self {
            Self::Replace { dataset, may_be_empty: false, .. } if rows == 0 => {
                Err(DatasetError::NoRows(dataset.name.clone()))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a new data set can be called `name`, judged without the catalogue.
///
/// # Errors
/// [`DatasetError::Name`]; [`DatasetError::Reserved`] for the names of data sets that come with Rolecall, imported or
/// not.
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
    /// Whether a new data set can be called `name` now.
    ///
    /// # Errors
    /// As [`check_new_name`]; [`DatasetError::Exists`].
    pub async fn check_free_name(&self, name: &str) -> Result<(), DatasetError> {
        check_new_name(name)?;
        match self.current(name).await? {
            Some(_) => Err(DatasetError::Exists(name.to_owned())),
            None => Ok(()),
        }
    }

    /// `name` if it is free for a new data set, and otherwise with the first number that makes it free: `sales-2`. If
    /// some dozens of numbers are taken, it stays unchanged.
    pub async fn free_name(&self, name: &str) -> Result<String, DatasetError> {
        let stem = name.get(..STEM_CHARACTERS).unwrap_or(name).trim_end_matches('-');
        let numbered = (2..=MOST_TRIED).map(|number| format!("{stem}-{number}"));
        for name in std::iter::once(name.to_owned()).chain(numbered) {
            match self.check_free_name(&name).await {
                Ok(()) => return Ok(name),
                Err(DatasetError::Name(_) | DatasetError::Exists(_) | DatasetError::Reserved(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(name.to_owned())
    }

    /// The data set called `name`, from a target.
    ///
    /// # Errors
    /// [`DatasetError::Unknown`].
    pub async fn key_of(&self, name: &str) -> Result<DataSetKey, DatasetError> {
        let found = self.current(name).await?.ok_or_else(|| DatasetError::Unknown(name.to_owned()))?;
        Ok(found.key())
    }

    /// The data set that `target` changes; `None` for a new one. Without `by` it is the command, which may change all.
    pub(super) async fn before(&self, target: &Target, by: Option<Changer>) -> Result<Option<DataSet>, DatasetError> {
        match target {
            Target::New { name, role, .. } => {
                check_new_name(name)?;
                if let Some(by) = by {
                    check_role(*role, by.role)?;
                }
                self.check_free_name(name).await?;
                Ok(None)
            }
            Target::Replace { dataset, .. } | Target::Append(dataset) | Target::AppendOnce(dataset) => {
                let found = self.current_with(&dataset.id).await?;
                let found = found.ok_or_else(|| DatasetError::Unknown(dataset.name.clone()))?;
                match by {
                    Some(by) => found.check_change(Way::File, by)?,
                    None => found.check_way(Way::File)?,
                }
                Ok(Some(found))
            }
        }
    }
}
