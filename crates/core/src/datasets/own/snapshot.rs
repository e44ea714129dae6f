//! Snapshots of the data about Rolecall itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rolecall_data::RowWriter;
use rolecall_data::import::{Converted, ImportError};
use rolecall_model::Role;
use rolecall_model::data::{Cell, DataColumn};
use rolecall_sign_in::db::Db;
use rolecall_sign_in::private_files;
use strum::IntoEnumIterator as _;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::super::catalog::{self, NewDataSet, NewVersion};
use super::super::dataset::{DataSet, DataSetKind};
use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::contents::OwnData;
use crate::request_id;

/// How old a displayed snapshot may be.
const FRESH_MS: i64 = 10 * 1000;
/// A snapshot that took long to make may be older: this many times as long as that took.
const TIMES_ITS_MAKING: i64 = 20;
/// How many rows are buffered for writing.
const WAITING: usize = 4_096;

impl Datasets {
    /// Creates the data sets about Rolecall itself that are among `wanted` and missing, or that have other columns than
    /// in this version.
    ///
    /// # Errors
    /// When database or files cannot be used.
    pub async fn make_own_data(&self, wanted: &[&str]) -> Result<(), DatasetError> {
        let known = catalog::all(&self.db).await?;
        for own in OwnData::iter().filter(|own| wanted.contains(&own.name())) {
            let known = known.iter().find(|known| known.data.dataset == own.name());
            if known.is_none_or(|known| known.data.columns != own.columns()) {
                self.snapshot(own, known).await?;
            }
        }
        Ok(())
    }

    /// `dataset` as it is shown now: for data about Rolecall itself, and queried data, a snapshot that is fresh enough.
    /// While none can be made, it is the last one.
    pub async fn up_to_date(&self, dataset: &Arc<DataSet>) -> Arc<DataSet> {
        // Boxed, because it is rare and large: otherwise every panel would reserve the space.
        if let Some(state) = &dataset.query {
            return Box::pin(self.up_to_date_query(dataset, state)).await;
        }
        self.own_up_to_date(dataset).await
    }

    /// The same for data about Rolecall itself alone: other data sets stay as they are, and no other database is asked.
    pub async fn own_up_to_date(&self, dataset: &Arc<DataSet>) -> Arc<DataSet> {
        let Some(own) = own_data(dataset) else { return Arc::clone(dataset) };
        if self.is_fresh(dataset, Duration::ZERO) {
            return Arc::clone(dataset);
        }
        match Box::pin(self.refreshed(own, dataset)).await {
            Ok(refreshed) => refreshed,
            Err(error) => {
                tracing::warn!(?error, dataset = own.name(), "data about Rolecall itself could not be read");
                Arc::clone(dataset)
            }
        }
    }

    /// The same for each of `datasets`, in their order.
    pub async fn all_own_up_to_date(&self, datasets: Vec<Arc<DataSet>>) -> Vec<Arc<DataSet>> {
        let mut shown = Vec::with_capacity(datasets.len());
        for dataset in datasets {
            shown.push(self.own_up_to_date(&dataset).await);
        }
        shown
    }

    /// The current snapshot, made again if it is too old. That continues even if the caller is gone.
    async fn refreshed(&self, own: OwnData, shown: &Arc<DataSet>) -> Result<Arc<DataSet>, DatasetError> {
        let failures = self.refreshes.of(own).failures();
        let (datasets, shown) = (self.clone(), Arc::clone(shown));
        let refreshing = request_id::spawn(async move { datasets.refreshed_in_turn(own, shown, failures).await });
        refreshing.await.map_err(std::io::Error::other)?
    }

    /// The same, with the lock; the one that is `shown` if another attempt failed while this waited.
    async fn refreshed_in_turn(
        &self,
        own: OwnData,
        shown: Arc<DataSet>,
        failures: u64,
    ) -> Result<Arc<DataSet>, DatasetError> {
        let lock = self.refreshes.of(own);
        let Some(mut took) = lock.next(failures).await else { return Ok(shown) };
        let refreshed = self.refreshed_now(own, shown, &mut took).await;
        if refreshed.is_err() {
            lock.failed();
        }
        refreshed
    }

    /// The same now: it may have been made again in the meantime. The last one `took` that long.
    async fn refreshed_now(
        &self,
        own: OwnData,
        shown: Arc<DataSet>,
        took: &mut Duration,
    ) -> Result<Arc<DataSet>, DatasetError> {
        let Some(known) = self.known(own).await? else { return Ok(shown) };
        if self.is_fresh(&known, *took) {
            return Ok(Arc::new(known));
        }
        let begun = Instant::now();
        self.snapshot(own, Some(&known)).await?;
        *took = begun.elapsed();
        Ok(Arc::new(self.known(own).await?.unwrap_or(known)))
    }

    async fn known(&self, own: OwnData) -> Result<Option<DataSet>, DatasetError> {
        catalog::by_id(&self.db, own.name()).await
    }

    fn is_fresh(&self, dataset: &DataSet, making: Duration) -> bool {
        let making_ms = i64::try_from(making.as_millis()).unwrap_or(i64::MAX);
        let fresh_ms = FRESH_MS.max(making_ms.saturating_mul(TIMES_ITS_MAKING));
        (0..fresh_ms).contains(&(self.clock.now_ms() - dataset.updated_at_ms))
    }

    /// Builds the version after that of `known` from the database's current content; without one, the first.
    async fn snapshot(&self, own: OwnData, known: Option<&DataSet>) -> Result<(), DatasetError> {
        let folder = self.incoming()?;
        let into = folder.path().join("rows.parquet");
        let created_at_ms = self.clock.now_ms();
        let written = write(&self.db, own, into.clone()).await?;
        private_files::close_to_others(&into)?;
        let files = [format!("{}-{}.parquet", own.name(), Uuid::new_v4().simple())];
        self.store.bring_in(&files[0], &into).await?;
        let version = NewVersion {
            version: known.map_or(0, |known| known.data.version) + 1,
            columns: &written.columns,
            files: &files,
            rows: written.rows,
            bytes: written.bytes,
            source: None,
            created_by: None,
            created_at_ms,
        };
        // If another instance stores the same version at the same moment, its file is equivalent; the sweep deletes
        // ours.
        if let Some(known) = known {
            catalog::add_version(&self.db, known, &version).await?;
        } else {
            let (id, title) = (own.name(), own.title());
            let (kind, role) = (DataSetKind::BuiltIn, Role::Admin);
            let new = NewDataSet { id, name: id, title, description: "", kind, role, owner: None, limit: None };
            catalog::create(&self.db, &new, &version).await?;
        }
        self.forget_catalogue();
        Ok(())
    }
}

/// Which of the data sets about Rolecall itself it is.
fn own_data(dataset: &DataSet) -> Option<OwnData> {
    if dataset.kind == DataSetKind::BuiltIn { dataset.data.dataset.parse().ok() } else { None }
}

/// Reads the rows here, and writes them to the new file `into` on a thread that may block.
async fn write(db: &Db, own: OwnData, into: PathBuf) -> Result<Converted, DatasetError> {
    let (rows, mut read) = mpsc::channel::<Vec<Cell>>(WAITING);
    let columns: Vec<DataColumn> = own.columns();
    let writing = tokio::task::spawn_blocking(move || -> Result<Converted, ImportError> {
        let mut writer = RowWriter::create(&into, columns)?;
        while let Some(row) = read.blocking_recv() {
            writer.push(row)?;
        }
        writer.finish()
    });
    let reading = own.rows(db, &rows).await;
    drop(rows);
    let written = writing.await.map_err(std::io::Error::other)??;
    reading?;
    Ok(written)
}
