//! What a file is read like whose rows go to a data set that is there.

use rolecall_data::import::Template;

use super::catalog;
use super::error::DatasetError;
use super::handle::Datasets;
use super::source::{ImportedFile, Source};

impl Datasets {
    /// What a file for the data set `id` is read like, and the last file whose rows went to it, where one is known. `None` where there
    /// is no such data set.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn template(&self, id: &str) -> Result<Option<(Template, Option<ImportedFile>)>, DatasetError> {
        let Some(dataset) = self.current_with(id).await? else { return Ok(None) };
        let columns = dataset.data.columns;
        Ok(Some(match catalog::last_source(&self.db, id).await? {
            Some((Source { file, reading }, at_ms)) => {
                (Template { last: Some(reading), columns }, Some(ImportedFile { name: file.name, at_ms }))
            }
            None => (Template { last: None, columns }, None),
        }))
    }
}
