//! Changes to a data set that leave its rows alone, or restore earlier ones. Each is logged with the person who made
//! it. The right to change it was checked on the data set as it was read: the change fails if that has changed since.

use rolecall_model::Role;
use rolecall_sign_in::db::Transaction;

use super::catalog::{self, Deleted, DeletedOf, Description, Version};
use super::dataset::DataSet;
use super::error::DatasetError;
use super::handle::Datasets;
use super::rights::{Changer, Way, owns};
use super::row_rules::{self, RowRule};
use super::title::{checked_description, checked_title};
use crate::audit::{Entry, EntryKind};
use crate::request_id::CurrentRequest;

impl Datasets {
    /// The versions of `dataset` that are kept, the latest first.
    pub async fn versions(&self, dataset: &DataSet) -> Result<Vec<Version>, DatasetError> {
        catalog::versions(&self.db, &dataset.data.dataset).await
    }

    /// The name of the owner of `dataset`.
    pub async fn owner_of(&self, dataset: &DataSet) -> Result<Option<String>, DatasetError> {
        match dataset.owner {
            Some(owner) => catalog::name_of(&self.db, owner).await,
            None => Ok(None),
        }
    }

    /// Changes the properties of `dataset`, if `revision` is still current.
    ///
    /// # Errors
    /// [`DatasetError::Unusable`]; [`DatasetError::Changed`]; [`DatasetError::InFile`].
    pub async fn describe(
        &self,
        dataset: &DataSet,
        new: Description,
        revision: i64,
        by: i64,
    ) -> Result<(), DatasetError> {
        dataset.check_way(Way::Settings)?;
        self.put_description(dataset, new, revision, Some(by)).await
    }

    /// The same, for its file if there is no person.
    pub(super) async fn put_description(
        &self,
        dataset: &DataSet,
        mut new: Description,
        revision: i64,
        by: Option<i64>,
    ) -> Result<(), DatasetError> {
        new.title = checked_title(&new.title)?;
        new.description = checked_description(&new.description)?;
        let mut transaction = self.db.begin().await?;
        let is_saved = catalog::describe(&mut transaction, &dataset.data.dataset, &new, revision).await?;
        let role = (new.role != dataset.role).then_some(new.role);
        self.put_in_force(transaction, (&dataset.name, "described", role), by, is_saved).await
    }

    /// Sets the rules of `dataset`, if `revision` is still current.
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
        dataset.check_way(Way::RowRules)?;
        row_rules::check(rules, &dataset.row_rules, &dataset.data.columns).map_err(DatasetError::Unusable)?;
        let (mut transaction, id) = (self.db.begin().await?, dataset.data.dataset.as_str());
        let is_saved = catalog::save_rules(&mut transaction, (id, &dataset.name), rules, revision).await?;
        self.put_in_force(transaction, (&dataset.name, "row_rules", None), Some(by), is_saved).await
    }

    /// Makes a new version of `dataset` with the rows of the version `from`, if `current` is still current.
    ///
    /// # Errors
    /// [`DatasetError::Changed`], also if `from` is no longer kept; [`DatasetError::NotThisWay`].
    pub async fn restore_version(
        &self,
        dataset: &DataSet,
        from: u64,
        current: u64,
        by: i64,
    ) -> Result<(), DatasetError> {
        dataset.check_way(Way::Restore)?;
        let (mut transaction, now_ms) = (self.db.begin().await?, self.clock.now_ms());
        let is_restored = catalog::restore_version(&mut transaction, dataset, from, current, by, now_ms).await?;
        self.put_in_force(transaction, (&dataset.name, "version_restored", None), Some(by), is_restored).await
    }

    /// Deletes `dataset`. Its rows are kept for a while.
    ///
    /// # Errors
    /// [`DatasetError::Changed`] if it was changed or deleted in the meantime; [`DatasetError::InFile`].
    pub async fn delete(&self, dataset: &DataSet, by: i64) -> Result<(), DatasetError> {
        dataset.check_way(Way::Settings)?;
        let (mut transaction, now_ms) = (self.db.begin().await?, self.clock.now_ms());
        let is_deleted = catalog::delete(&mut transaction, &dataset.data.dataset, dataset.revision, now_ms).await?;
        self.put_in_force(transaction, (&dataset.name, "deleted", None), Some(by), is_deleted).await
    }

    /// The deleted data sets that `by` may restore, the latest `most` first.
    pub async fn deleted(&self, by: Changer, most: u32) -> Result<Vec<Deleted>, DatasetError> {
        let is_admin = by.role >= Some(Role::Admin);
        let of = if is_admin { DeletedOf::All(most) } else { DeletedOf::Owner(by.user, most) };
        self.deleted_of(of, by).await
    }

    /// The deleted data set `id`, if `by` may restore it.
    pub async fn deleted_one(&self, id: &str, by: Changer) -> Result<Option<Deleted>, DatasetError> {
        Ok(self.deleted_of(DeletedOf::Id(id), by).await?.pop())
    }

    async fn deleted_of(&self, of: DeletedOf<'_>, by: Changer) -> Result<Vec<Deleted>, DatasetError> {
        let mut deleted = catalog::deleted(&self.db, of).await?;
        deleted.retain(|deleted| by.role >= Some(deleted.role) && owns(deleted.owner, by.user, by.role));
        Ok(deleted)
    }

    /// Restores `deleted`.
    ///
    /// # Errors
    /// [`DatasetError::Exists`] if another data set has taken its name; [`DatasetError::Changed`] if it was restored
    /// already or is gone; [`DatasetError::TooMany`].
    pub async fn undelete(&self, deleted: &Deleted, by: Changer) -> Result<(), DatasetError> {
        let mut transaction = self.db.begin().await?;
        let is_back = catalog::undelete(&mut transaction, deleted, self.limit_for(by)).await?;
        self.put_in_force(transaction, (&deleted.name, "undeleted", None), Some(by.user), is_back).await
    }

    /// Commits the change in `transaction`, if it `is_done`, with its audit entry; `role` is the new one.
    ///
    /// # Errors
    /// [`DatasetError::Changed`] if it is not: then nothing is changed.
    pub(super) async fn put_in_force(
        &self,
        mut transaction: Transaction,
        (name, change, role): (&str, &str, Option<Role>),
        by: Option<i64>,
        is_done: bool,
    ) -> Result<(), DatasetError> {
        if !is_done {
            self.forget_catalogue();
            return Err(DatasetError::Changed(name.to_owned()));
        }
        if let Some(audit) = &self.audit {
            let entry = self.entry(name, change, by);
            let entry = role.iter().fold(entry, |entry, role| entry.with("role", role.key()));
            audit.append(&mut transaction, &[entry]).await?;
        }
        let committed = transaction.commit().await;
        // If the answer was lost, the commit may still have succeeded.
        self.forget_catalogue();
        committed?;
        tracing::info!(event = "dataset_changed", dataset = name, change, user_id = by);
        Ok(())
    }

    /// Logs a change, and makes the next call read the catalogue again.
    pub(super) fn log_change(
        &self,
        name: &str,
        change: &str,
        by: Option<i64>,
        is_done: bool,
    ) -> Result<(), DatasetError> {
        self.forget_catalogue();
        if !is_done {
            return Err(DatasetError::Changed(name.to_owned()));
        }
        self.note_change(name, change, by);
        Ok(())
    }

    /// Logs and audits a change by a person or, without one, by the operator.
    pub(super) fn note_change(&self, name: &str, change: &str, by: Option<i64>) {
        tracing::info!(event = "dataset_changed", dataset = name, change, user_id = by);
        if let Some(audit) = &self.audit {
            audit.note(self.entry(name, change, by));
        }
    }

    /// The audit entry of a change; without a person it is the operator, on the command line or in a file.
    fn entry(&self, name: &str, change: &str, by: Option<i64>) -> Entry {
        let entry = Entry::new(EntryKind::DatasetChanged, self.clock.now_ms());
        let entry = entry.from_address(CurrentRequest::client()).with("dataset", name).with("change", change);
        match by {
            Some(by) => entry.by(by),
            None => entry.with("by", "operator"),
        }
    }
}
