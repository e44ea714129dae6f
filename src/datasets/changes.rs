//! Changes of a data set that leave its rows alone, or take up earlier ones. Each is told to the log with who made it. Whether
//! they may was decided before, of the data set as it was read then: no change is made of one that is not so any more.

use rolecall_model::Role;

use super::catalog::{self, Deleted, Description, Version};
use super::dataset::DataSet;
use super::error::DatasetError;
use super::handle::Datasets;
use super::rights::{Changer, Way, owns};
use super::row_rules::{self, RowRule};
use super::title::{checked_description, checked_title};
use crate::audit::{Entry, Kind};

impl Datasets {
    /// The versions of `dataset` that are kept, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn versions(&self, dataset: &DataSet) -> Result<Vec<Version>, DatasetError> {
        catalog::versions(&self.db, &dataset.data.dataset).await
    }

    /// The name of who owns `dataset`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn owner_of(&self, dataset: &DataSet) -> Result<Option<String>, DatasetError> {
        match dataset.owner {
            Some(owner) => catalog::name_of(&self.db, owner).await,
            None => Ok(None),
        }
    }

    /// Says something else of `dataset`, if `revision` is still the current one.
    ///
    /// # Errors
    /// [`DatasetError::Unusable`]; [`DatasetError::Changed`].
    pub async fn describe(
        &self,
        dataset: &DataSet,
        mut new: Description,
        revision: i64,
        by: i64,
    ) -> Result<(), DatasetError> {
        new.title = checked_title(&new.title)?;
        new.description = checked_description(&new.description)?;
        let is_saved = catalog::describe(&self.db, &dataset.data.dataset, &new, revision).await?;
        self.changed(dataset, "described", by, is_saved).await
    }

    /// Gives `dataset` these rules, if `revision` is still the current one.
    ///
    /// # Errors
    /// [`DatasetError::Unusable`] with the first new rule that does not fit its columns; [`DatasetError::Changed`].
    pub async fn save_rules(
        &self,
        dataset: &DataSet,
        rules: &[RowRule],
        revision: i64,
        by: i64,
    ) -> Result<(), DatasetError> {
        row_rules::check(rules, &dataset.row_rules, &dataset.data.columns).map_err(DatasetError::Unusable)?;
        let is_saved = catalog::save_rules(&self.db, (&dataset.data.dataset, &dataset.name), rules, revision).await?;
        self.changed(dataset, "row_rules", by, is_saved).await
    }

    /// Makes a new version of `dataset` with the rows of the version `from`, if `current` is still the current one.
    ///
    /// # Errors
    /// [`DatasetError::Changed`], also where `from` is not kept any more; [`DatasetError::NotThisWay`].
    pub async fn restore_version(
        &self,
        dataset: &DataSet,
        from: u64,
        current: u64,
        by: i64,
    ) -> Result<(), DatasetError> {
        dataset.check_way(Way::Restore)?;
        let now_ms = self.clock.now_ms();
        let is_restored = catalog::restore_version(&self.db, dataset, from, current, by, now_ms).await?;
        self.changed(dataset, "version_restored", by, is_restored).await
    }

    /// Deletes `dataset`. Its rows are kept for a while.
    ///
    /// # Errors
    /// [`DatasetError::Changed`] where it was changed or deleted meanwhile.
    pub async fn delete(&self, dataset: &DataSet, by: i64) -> Result<(), DatasetError> {
        let (id, now_ms) = (&dataset.data.dataset, self.clock.now_ms());
        let is_deleted = catalog::delete(&self.db, id, dataset.revision, now_ms).await?;
        self.changed(dataset, "deleted", by, is_deleted).await
    }

    /// The deleted data sets that `user`, to whom the doors of `role` are open, may take back, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn deleted(&self, user: i64, role: Option<Role>) -> Result<Vec<Deleted>, DatasetError> {
        let mut deleted = catalog::deleted(&self.db).await?;
        deleted.retain(|deleted| role >= Some(deleted.role) && owns(deleted.owner, user, role));
        Ok(deleted)
    }

    /// Takes the deletion of `deleted` back.
    ///
    /// # Errors
    /// [`DatasetError::Exists`] where another data set has its name by now; [`DatasetError::Changed`] where it is back or gone;
    /// [`DatasetError::TooMany`].
    pub async fn undelete(&self, deleted: &Deleted, by: Changer) -> Result<(), DatasetError> {
        let is_back = catalog::undelete(&self.db, deleted, self.limit_for(by)).await?;
        self.told(&deleted.name, "undeleted", by.user, is_back).await
    }

    async fn changed(&self, dataset: &DataSet, change: &str, by: i64, is_done: bool) -> Result<(), DatasetError> {
        self.told(&dataset.name, change, by, is_done).await
    }

    /// Tells the log of a change that was made, and looks at the catalogue anew.
    pub(super) async fn told(&self, name: &str, change: &str, by: i64, is_done: bool) -> Result<(), DatasetError> {
        self.forget_catalogue().await;
        if !is_done {
            return Err(DatasetError::Changed(name.to_owned()));
        }
        self.note_change(name, change, by);
        Ok(())
    }

    /// Tells the log and the audit of a change that was made.
    fn note_change(&self, name: &str, change: &str, by: i64) {
        tracing::info!(event = "dataset_changed", dataset = name, change, user_id = by);
        if let Some(audit) = &self.audit {
            let entry = Entry::new(Kind::DatasetChanged, self.clock.now_ms()).by(by);
            audit.note(entry.with("dataset", name).with("change", change));
        }
    }
}
