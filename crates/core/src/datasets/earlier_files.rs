//! The files that a data set's rows came from, and how to read the next one.

use rolecall_data::import::{Template, TimeZone};

use super::catalog;
use super::dataset::DataSet;
use super::error::DatasetError;
use super::handle::Datasets;
use super::source::{ImportedFile, SameFile, VersionSource, has_rows_of};

impl Datasets {
    /// How to read a file for the data set `id`, and the last file that it was made from, if known. `None` if there is
    /// no such data set.
    pub async fn template(&self, id: &str) -> Result<Option<(Template, Option<ImportedFile>)>, DatasetError> {
        let Some(dataset) = self.current_with(id).await? else { return Ok(None) };
        let columns = dataset.data.columns;
        Ok(Some(match catalog::sources(&self.db, id).await?.into_iter().next() {
            Some((VersionSource { file, reading, .. }, at_ms)) => {
                (Template { last: Some(reading), columns }, Some(ImportedFile { name: file.name, at_ms }))
            }
            None => (Template { last: None, columns }, None),
        }))
    }

    /// The time zone of the last file that `dataset` was made from, if known.
    pub async fn time_zone(&self, dataset: &DataSet) -> Result<Option<TimeZone>, DatasetError> {
        let last = catalog::sources(&self.db, &dataset.data.dataset).await?.into_iter().next();
        Ok(last.map(|(source, _)| source.reading.time_zone))
    }

    /// The file with this SHA-256 whose rows `dataset` has now.
    pub async fn added_before(&self, dataset: &DataSet, sha256: &str) -> Result<Option<SameFile>, DatasetError> {
        let sources = catalog::sources(&self.db, &dataset.data.dataset).await?;
        let is_same = |(source, _): &(VersionSource, i64)| {
            source.sha256 == sha256 && dataset.data.files.contains(&source.stored_as)
        };
        // The first version with it: a restored version has the file of an earlier one.
        let first = sources.into_iter().rev().find(is_same);
        let imported = first.map(|(source, at_ms)| ImportedFile { name: source.file.name, at_ms });
        let is_there = imported.is_some() || dataset.data.files.iter().any(|file| has_rows_of(file, sha256));
        Ok(is_there.then_some(SameFile { imported }))
    }
}
