//! Data sets that programs make and fill.

use rolecall_model::Role;
use rolecall_model::data::DataColumn;
use rolecall_sign_in::db::on_both;
use uuid::Uuid;

use super::super::catalog::{self, NewDataSet, NewVersion};
use super::super::dataset::{DataSet, Kind};
use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::super::target::check_new_name;
use super::account::Pusher;

/// The longest title, in characters.
const LONGEST_TITLE: usize = 200;

/// A data set as a program wants it to be.
#[derive(Clone, Debug)]
pub struct NewPushed {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The lowest role that sees anything of it.
    pub role: Role,
    /// Its columns.
    pub columns: Vec<DataColumn>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutDataset {
    /// It was made, without a row.
    Made,
    /// It was there with these columns, and has this title and role now.
    Kept,
}

impl Datasets {
    /// Makes the data set `new`, or gives the one that is there its title and role, for `by`.
    ///
    /// # Errors
    /// [`DatasetError::Exists`] where the name is taken by one that `by` may not see, or by one with other columns;
    /// [`DatasetError::NotYours`]; [`DatasetError::Name`], [`DatasetError::Unusable`] with what cannot be.
    pub async fn put_pushed(&self, new: &NewPushed, by: Pusher) -> Result<PutDataset, DatasetError> {
        check_new_name(&new.name)?;
        check(new, by)?;
        let found = self.current(&new.name).await?;
        if let Some(found) = found {
            return self.keep(&found, new, by).await.map(|()| PutDataset::Kept);
        }
        let id = Uuid::new_v4().simple().to_string();
        let first = NewVersion {
            version: 1,
            columns: &new.columns,
            files: &[],
            rows: 0,
            bytes: 0,
            created_by: Some(by.user),
            created_at_ms: self.clock.now_ms(),
        };
        let NewPushed { name, title, role, .. } = new;
        let dataset = NewDataSet { id: &id, name, title, kind: Kind::Pushed, role: *role, owner: Some(by.user) };
        if !catalog::create(&self.db, &dataset, &first).await? {
            return Err(DatasetError::Exists(name.clone()));
        }
        self.forget_catalogue().await;
        Ok(PutDataset::Made)
    }

    async fn keep(&self, found: &DataSet, new: &NewPushed, by: Pusher) -> Result<(), DatasetError> {
        if by.role < Some(found.role) || found.kind != Kind::Pushed || found.data.columns != new.columns {
            return Err(DatasetError::Exists(found.name.clone()));
        }
        if !found.may_be_changed_by(by.user, by.role) {
            return Err(DatasetError::NotYours(found.name.clone()));
        }
        self.retitle(&found.data.dataset, new).await?;
        self.forget_catalogue().await;
        Ok(())
    }
}

impl Datasets {
    /// Gives the data set `id` the title and the role of `new`.
    async fn retitle(&self, id: &str, new: &NewPushed) -> Result<(), DatasetError> {
        const RETITLE: &str = "UPDATE datasets SET title = $2, role = $3, revision = revision + 1 \
                               WHERE id = $1 AND deleted_at IS NULL";
        on_both!(&self.db, |pool| {
            sqlx::query(RETITLE).bind(id).bind(&new.title).bind(new.role.key()).execute(pool).await?;
        });
        Ok(())
    }
}

/// Sees that a data set can be as `new` says.
fn check(new: &NewPushed, by: Pusher) -> Result<(), DatasetError> {
    let wish = |what: &str| Err(DatasetError::Unusable(what.to_owned()));
    if new.title.trim().is_empty() || new.title.chars().count() > LONGEST_TITLE {
        return wish("The title has 1 to 200 characters.");
    }
    if by.role < Some(new.role) {
        return wish("The role is higher than your own: you would not see the data set yourself.");
    }
    if let Err(what) = rolecall_data::import::check_columns(&new.columns) {
        return Err(DatasetError::Unusable(what));
    }
    Ok(())
}
