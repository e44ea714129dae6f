//! Data sets that programs create and fill.

use rolecall_model::Role;
use rolecall_model::data::DataColumn;
use rolecall_sign_in::bearer::ApiCaller;
use uuid::Uuid;

use super::super::catalog::{self, Description, NewDataSet, NewVersion};
use super::super::dataset::{DataSet, DataSetKind};
use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::super::rights::{Changer, Way, check_role};
use super::super::target::check_new_name;
use super::super::title::checked_title;

/// How many retries there are while others change the data set.
const TRIES: usize = 5;

/// A data set as a program defines it.
#[derive(Clone, Debug)]
pub struct NewPushed {
    pub name: String,
    pub title: String,
    /// The lowest role that may see it; without it, the current one, and Read for a new one.
    pub role: Option<Role>,
    pub columns: Vec<DataColumn>,
}

/// The result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutDataset {
    /// It was created, without rows.
    Made,
    /// It existed with these columns, and has this title and role now.
    Kept,
}

impl Datasets {
    /// Creates the data set `new`, or sets title and role of the existing one, for `by`.
    ///
    /// # Errors
    /// [`DatasetError::Exists`] if the name is taken by one that `by` may not see, or by one with other columns;
    /// [`DatasetError::NotYours`]; [`DatasetError::TooMany`]; [`DatasetError::Name`], [`DatasetError::RoleAboveOwn`] or
    /// [`DatasetError::Unusable`] for invalid values.
    pub async fn put_pushed(&self, new: &NewPushed, by: Changer) -> Result<PutDataset, DatasetError> {
        check_new_name(&new.name)?;
        let title = check(new, by, self.limits().columns)?;
        for _ in 0..TRIES {
            let Some(found) = self.current(&new.name).await? else { return self.make(new, title, by).await };
            if self.keep(&found, new, &title, by).await? {
                return Ok(PutDataset::Kept);
            }
            // Somebody else has changed it in the meantime: whether `by` may is checked again.
        }
        Err(DatasetError::Busy(new.name.clone()))
    }

    async fn make(&self, new: &NewPushed, title: String, by: Changer) -> Result<PutDataset, DatasetError> {
        let id = Uuid::new_v4().simple().to_string();
        let first = NewVersion {
            version: 1,
            columns: &new.columns,
            files: &[],
            rows: 0,
            bytes: 0,
            source: None,
            created_by: Some(by.user),
            created_at_ms: self.clock.now_ms(),
        };
        let (name, role) = (&new.name, new.role.unwrap_or(Role::Read));
        let (kind, owner, limit) = (DataSetKind::Pushed, Some(by.user), self.limit_for(by));
        let dataset = NewDataSet { id: &id, name, title: &title, description: "", kind, role, owner, limit };
        if !catalog::create(&self.db, &dataset, &first).await? {
            return Err(DatasetError::Exists(name.clone()));
        }
        self.log_change(name, "created", Some(by.user), true)?;
        Ok(PutDataset::Made)
    }

    /// Sets the title of `found`, and the role of `new` if it has one. `false`: it has changed in the meantime.
    async fn keep(&self, found: &DataSet, new: &NewPushed, title: &str, by: Changer) -> Result<bool, DatasetError> {
        if by.role < Some(found.role) || found.kind != DataSetKind::Pushed || found.data.columns != new.columns {
            return Err(DatasetError::Exists(found.name.clone()));
        }
        found.check_change(Way::Settings, by)?;
        let role = new.role.unwrap_or(found.role);
        if role == found.role && title == found.title {
            return Ok(true);
        }
        let description = found.description.clone();
        let new = Description { title: title.to_owned(), description, role };
        let mut transaction = self.db.begin().await?;
        let is_saved = catalog::describe(&mut transaction, &found.data.dataset, &new, found.revision).await?;
        if is_saved {
            let role = (role != found.role).then_some(role);
            self.put_in_force(transaction, (&found.name, "described", role), Some(by.user), true).await?;
        }
        Ok(is_saved)
    }
}

/// The title of `new`, if it is a valid data set of at most `max_columns`.
fn check(new: &NewPushed, by: Changer, max_columns: usize) -> Result<String, DatasetError> {
    let title = checked_title(&new.title)?;
    if let Some(role) = new.role {
        check_role(role, by.role)?;
    }
    rolecall_data::import::check_columns(&new.columns, max_columns).map_err(DatasetError::Unusable)?;
    Ok(title)
}

impl Datasets {
    /// `caller`, stored as an owner of data sets: a person as the one who signs in, an application as its own entry.
    pub async fn changer(&self, caller: &ApiCaller) -> Result<Changer, DatasetError> {
        let user = caller.number(&self.db, self.clock.now_ms()).await?;
        Ok(Changer { user, role: caller.open_role })
    }
}
