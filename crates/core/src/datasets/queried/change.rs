//! Changes of the SELECT of a data set.

use rolecall_model::data::{ColumnType, DataColumn};

use super::super::catalog::{self, NewVersion};
use super::super::dataset::DataSet;
use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::super::rights::Way;
use super::create::{QueryWish, check};
use super::state::StoredQuery;

/// The result of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is in force, with a new snapshot.
    Yes,
    /// It would give the data set these other columns. Nothing was changed: the person must accept them first.
    OtherColumns(Vec<DataColumn>, Vec<ColumnChange>),
}

/// A change of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnChange {
    /// It would be removed.
    Gone(String),
    /// It would be added.
    New(String, ColumnType),
    /// It would get the second type; now it has the first.
    OtherType(String, ColumnType, ColumnType),
}

impl Datasets {
    /// The query of `dataset`.
    ///
    /// # Errors
    /// When the database does not answer; [`DatasetError::Unknown`] for one that is not queried.
    pub async fn query_of(&self, dataset: &DataSet) -> Result<StoredQuery, DatasetError> {
        let query = catalog::stored_query(&self.db, &dataset.data.dataset).await?;
        query.ok_or_else(|| DatasetError::Unknown(dataset.name.clone()))
    }

    /// Sets the query of `dataset` to `wish`, if `revision` is still current. Other columns are only accepted if they
    /// equal `accepted`.
    ///
    /// # Errors
    /// As [`try_query`](Self::try_query); [`DatasetError::Changed`]; [`DatasetError::InFile`].
    pub async fn change_query(
        &self,
        dataset: &DataSet,
        wish: &QueryWish,
        accepted: Option<&[DataColumn]>,
        revision: i64,
        by: i64,
    ) -> Result<Saved, DatasetError> {
        dataset.check_way(Way::Query)?;
        self.put_query(dataset, wish, accepted, revision, Some(by)).await
    }

    /// The same, for its file if there is no person.
    pub(super) async fn put_query(
        &self,
        dataset: &DataSet,
        wish: &QueryWish,
        accepted: Option<&[DataColumn]>,
        revision: i64,
        by: Option<i64>,
    ) -> Result<Saved, DatasetError> {
        check(wish)?;
        let QueryWish { connection, statement, fresh } = wish.clone();
        let taken = self.take(&connection, &statement, None).await?;
        let written = &taken.snapshot.written;
        let changes = changes(&dataset.data.columns, &written.columns);
        if !changes.is_empty() && accepted != Some(&written.columns[..]) {
            return Ok(Saved::OtherColumns(written.columns.clone(), changes));
        }
        let file = self.store_taken(&dataset.name, &taken).await?;
        let files = [file.clone()];
        let version = NewVersion {
            version: dataset.data.version + 1,
            columns: &written.columns,
            files: &files,
            rows: written.rows,
            bytes: written.bytes,
            source: None,
            created_by: by,
            created_at_ms: self.clock.now_ms(),
        };
        let query = StoredQuery { connection, statement, fresh, digest: taken.digest.clone() };
        let id = &dataset.data.dataset;
        let is_saved = match catalog::change_query(&self.db, id, &query, &version, revision, taken.asked_at_ms).await {
            Ok(is_saved) => is_saved,
            Err(error) => self.after_failure(&file, error).await.map(|_| true)?,
        };
        if !is_saved {
            self.discard_taken(&file).await;
        }
        self.log_change(&dataset.name, "query", by, is_saved)?;
        Ok(Saved::Yes)
    }
}

/// The differences between `new` and `old`, ignoring the order of columns.
fn changes(old: &[DataColumn], new: &[DataColumn]) -> Vec<ColumnChange> {
    let named = |columns: &[DataColumn], name: &str| columns.iter().find(|column| column.name == name).cloned();
    let mut changes = Vec::new();
    for column in old {
        match named(new, &column.name) {
            None => changes.push(ColumnChange::Gone(column.name.clone())),
            Some(now) if now.column_type != column.column_type => {
                let name = column.name.clone();
                changes.push(ColumnChange::OtherType(name, column.column_type, now.column_type));
            }
            Some(_) => {}
        }
    }
    let added = new.iter().filter(|column| named(old, &column.name).is_none());
    changes.extend(added.map(|column| ColumnChange::New(column.name.clone(), column.column_type)));
    changes
}
