//! Queried data sets defined in files. They have no owner, and their properties are changed only in the file.

use rolecall_model::data::DataColumn;

use super::super::catalog::{self, Description};
use super::super::dataset::DataSet;
use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::change::Saved;
use super::create::{NewQueried, QueryWish};
use super::files::{DatasetFile, DatasetFiles};

impl Datasets {
    /// Sets titles, descriptions and roles of the data sets of `files`. A lower role has to wait until the query
    /// matches the file. Data sets whose file is gone can be changed by administrators from then on, unless the file
    /// comes back. No external database is queried: this runs before anyone can look, so that nothing is open that a
    /// file has closed.
    ///
    /// # Errors
    /// When our own database does not answer.
    pub async fn settle_files(&self, files: &DatasetFiles) -> Result<(), DatasetError> {
        for known in catalog::all(&self.db).await?.iter().filter(|known| known.is_of_file()) {
            match files.all().find(|file| file.dataset.name == known.name) {
                Some(file) => {
                    if !known.is_in_file() {
                        self.put_in_file(known, true).await?;
                    }
                    self.describe_as(&file.dataset).await?;
                }
                None if known.is_in_file() => self.put_in_file(known, false).await?,
                None => {}
            }
        }
        Ok(())
    }

    /// Creates the data set that `file` defines, or sets its query. Other columns are only accepted if they equal
    /// `accepted`.
    ///
    /// # Errors
    /// As [`create_queried`](Self::create_queried) and [`change_query`](Self::change_query); [`DatasetError::Exists`]
    /// if a data set that no file defined has its name. Then nothing is partly created.
    pub async fn follow_file(
        &self,
        file: &DatasetFile,
        accepted: Option<&[DataColumn]>,
    ) -> Result<Saved, DatasetError> {
        let name = file.dataset.name.as_str();
        let known = match self.current(name).await? {
            Some(known) => known,
            None => match self.make_queried(&file.dataset, None).await {
                // Another instance was faster, or somebody took the name.
                Err(DatasetError::Exists(_)) => {
                    self.current(name).await?.ok_or_else(|| DatasetError::Busy(name.to_owned()))?
                }
                made => return made.map(|()| Saved::Yes),
            },
        };
        if !known.is_in_file() {
            return Err(DatasetError::Exists(name.to_owned()));
        }
        self.describe_as(&file.dataset).await?;
        let known = self.current_with(&known.data.dataset).await?;
        let known = known.ok_or_else(|| DatasetError::Busy(name.to_owned()))?;
        let query = &file.dataset.query;
        if self.is_queried_by(&known, query).await? {
            return Ok(Saved::Yes);
        }
        let saved = self.put_query(&known, query, accepted, known.revision, None).await?;
        if saved == Saved::Yes {
            self.describe_as(&file.dataset).await?;
        }
        Ok(saved)
    }

    async fn is_queried_by(&self, known: &DataSet, wish: &QueryWish) -> Result<bool, DatasetError> {
        let query = self.query_of(known).await?;
        let is_same = query.connection == wish.connection && query.statement == wish.statement;
        Ok(is_same && query.fresh == wish.fresh)
    }

    /// Sets title, description and role of the data set from the file of `wanted`. Until its query matches the file,
    /// its rows are those of the old SELECT, so its role is not lowered.
    async fn describe_as(&self, wanted: &NewQueried) -> Result<(), DatasetError> {
        let NewQueried { name, title, description, query, .. } = wanted;
        loop {
            let Some(known) = self.current(name).await?.filter(DataSet::is_in_file) else { return Ok(()) };
            let is_queried_so = self.is_queried_by(&known, query).await?;
            let role = if is_queried_so { wanted.role } else { wanted.role.max(known.role) };
            if known.title == *title && known.description == *description && known.role == role {
                return Ok(());
            }
            let new = Description { title: title.clone(), description: description.clone(), role };
            match self.put_description(&known, new, known.revision, None).await {
                // Another instance did it, or its row rules changed: the next run tells.
                Err(DatasetError::Changed(_)) => {}
                done => return done,
            }
        }
    }

    /// Stores whether the file of `known` exists.
    async fn put_in_file(&self, known: &DataSet, is_there: bool) -> Result<(), DatasetError> {
        let mut transaction = self.db.begin().await?;
        let is_noted = catalog::put_in_file(&mut transaction, &known.data.dataset, is_there).await?;
        let change = if is_there { "file_back" } else { "file_gone" };
        match self.put_in_force(transaction, (&known.name, change, None), None, is_noted).await {
            // Another instance did it.
            Err(DatasetError::Changed(_)) => Ok(()),
            done => done,
        }
    }
}
