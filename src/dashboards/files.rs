//! The dashboards in files: `dashboards/*.toml` in the folder of the configuration.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::Path;

use rolecall_model::is_name;
use thiserror::Error;

use super::spec::{Columns, Dashboard, SpecFile, SpecMistake};
use crate::datasets::{Catalogue, is_built_in};

/// The dashboards in files, as far as they can be read, and the mistakes in the others.
#[derive(Debug, Default)]
pub struct DashboardFiles {
    /// What could be read, by name in paths.
    read: Vec<(Dashboard, SpecFile)>,
    /// What is wrong with the others.
    mistakes: Vec<SpecMistake>,
}

/// Why dashboards in files cannot be used.
#[derive(Debug, Error)]
pub enum FilesError {
    /// The folder or a file in it cannot be read.
    #[error("{0} cannot be read: let this user read it")]
    Unreadable(String, #[source] io::Error),
    /// There are mistakes in them.
    #[error("{0}")]
    Mistakes(Mistakes),
}

/// Mistakes in dashboards, one a line.
#[derive(Debug)]
pub struct Mistakes(pub Vec<SpecMistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "The dashboards have a mistake:")?,
            count => write!(f, "The dashboards have {count} mistakes:")?,
        }
        self.0.iter().try_for_each(|mistake| write!(f, "\n  - {mistake}"))
    }
}

impl DashboardFiles {
    /// Reads every `.toml` file of `folder`. Where there is no such folder, there are no dashboards.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read. Mistakes in files are collected.
    pub fn read(folder: &Path) -> Result<Self, FilesError> {
        let mut files = Self::default();
        if folder.is_dir() {
            for (slug, file, text) in texts(folder)? {
                files.add(&slug, &file, text);
            }
        }
        Ok(files)
    }

    fn add(&mut self, slug: &str, file: &str, text: String) {
        if !is_name(slug) {
            let what = "The file's name is the dashboard's in addresses. Use 1 to 64 small letters, digits and hyphens, \
                        such as `sales.toml`.";
            let (file, at, what) = (file.to_owned(), String::new(), what.to_owned());
            self.mistakes.push(SpecMistake { file, line: 1, at, what });
            return;
        }
        match Dashboard::read(slug, file, text) {
            Ok(read) => self.read.push(read),
            Err(mistakes) => self.mistakes.extend(mistakes),
        }
    }

    /// The names of the data sets that they show.
    #[must_use]
    pub fn datasets(&self) -> Vec<&str> {
        let panels = self.read.iter().flat_map(|(dashboard, _)| &dashboard.panels);
        panels.filter_map(|panel| panel.spec.dataset.as_deref()).collect()
    }

    /// The mistakes that were found without the data sets.
    #[must_use]
    pub fn mistakes(&self) -> &[SpecMistake] {
        &self.mistakes
    }

    /// How many dashboards could be read.
    #[must_use]
    pub fn count(&self) -> usize {
        self.read.len()
    }

    /// What does not fit the data sets in `catalogue`. Those that come with Rolecall may still have to be imported; without a
    /// catalogue, none is known.
    #[must_use]
    pub fn check_data(&self, catalogue: Option<&Catalogue>) -> Vec<SpecMistake> {
        let columns_of = |name: &str| match catalogue.map(|catalogue| catalogue.get(name)) {
            Some(Some(dataset)) => Columns::Known(&dataset.data.columns),
            Some(None) if !is_built_in(name) => Columns::NoDataSet,
            _ => Columns::Unknown,
        };
        self.read.iter().flat_map(|(dashboard, file)| dashboard.check_data(file, &columns_of)).collect()
    }

    /// The dashboards, in the order of their titles.
    ///
    /// # Errors
    /// [`FilesError::Mistakes`] where there are any.
    pub fn into_dashboards(self) -> Result<Vec<Dashboard>, FilesError> {
        if !self.mistakes.is_empty() {
            return Err(FilesError::Mistakes(Mistakes(self.mistakes)));
        }
        let mut dashboards: Vec<Dashboard> = self.read.into_iter().map(|(dashboard, _)| dashboard).collect();
        dashboards.sort_by_cached_key(|dashboard| dashboard.spec.title.to_lowercase());
        Ok(dashboards)
    }
}

/// The `.toml` files of `folder` by name: the name without its ending, the path, the text.
fn texts(folder: &Path) -> Result<Vec<(String, String, String)>, FilesError> {
    let unreadable = |path: &Path, error| FilesError::Unreadable(path.display().to_string(), error);
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        if path.extension() != Some(OsStr::new("toml")) {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
        let slug = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        texts.push((slug, path.display().to_string(), text));
    }
    texts.sort();
    Ok(texts)
}
