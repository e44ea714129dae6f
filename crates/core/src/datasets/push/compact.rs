//! Merges small files: each request with rows creates one, and a query opens all of them.

use std::path::PathBuf;

use rolecall_data::import::merge;
use rolecall_data::store::StoreError;
use rolecall_sign_in::private_files;
use uuid::Uuid;

use super::super::catalog::{self, NewVersion};
use super::super::dataset::{DataSet, DataSetKey};
use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::super::source::is_of_a_file;

/// How many small files a data set may have.
const MOST_SMALL_FILES: usize = 64;
/// From this size on, in bytes, a file is left alone, so that large files are not rewritten again and again.
const LARGE: u64 = 64 << 20;
/// How many retries there are while rows arrive.
const TRIES: usize = 100;

impl Datasets {
    /// Merges the small files of the data set `key`, if there are too many: in the background, one run at a time.
    pub(super) fn compact_soon(&self, key: &DataSetKey) {
        let is_first = self.compacting.lock().is_ok_and(|mut ids| ids.insert(key.id.clone()));
        if !is_first {
            return;
        }
        let (datasets, DataSetKey { id, name }) = (self.clone(), key.clone());
        tokio::spawn(async move {
            if let Err(error) = datasets.compact(&id).await {
                tracing::warn!(?error, name, "the files of a data set could not be merged");
            }
            if let Ok(mut ids) = datasets.compacting.lock() {
                ids.remove(&id);
            }
        });
    }

    async fn compact(&self, id: &str) -> Result<(), DatasetError> {
        let Some(dataset) = self.current_with(id).await? else { return Ok(()) };
        // Files of imports stay separate: their names tell whether a file was imported already.
        let pushed: Vec<&String> = dataset.data.files.iter().filter(|file| !is_of_a_file(file)).collect();
        if pushed.len() <= MOST_SMALL_FILES {
            return Ok(());
        }
        let mut small = Vec::new();
        for file in pushed {
            if self.store.size(file).await? < LARGE {
                small.push(file.clone());
            }
        }
        if small.len() <= MOST_SMALL_FILES {
            return Ok(());
        }
        let paths: Vec<PathBuf> = small.iter().map(|file| self.store.path(file)).collect::<Result<_, StoreError>>()?;
        let folder = self.incoming()?;
        let (columns, into) = (dataset.data.columns.clone(), folder.path().join("rows.parquet"));
        let written = into.clone();
        let merging = tokio::task::spawn_blocking(move || merge(&paths, &columns, &written));
        let merged = merging.await.map_err(std::io::Error::other)??;
        private_files::close_to_others(&into)?;
        let file = format!("{}-{}.parquet", dataset.name, Uuid::new_v4().simple());
        self.store.bring_in(&file, &into).await?;
        let replaced = self.replace_files(dataset, &small, &file, merged.bytes).await;
        self.forget_catalogue();
        // If the database did not answer, a version may use it.
        if matches!(replaced, Ok(false)) {
            self.store.delete(&file).await?;
        }
        replaced.map(|_| ())
    }

    /// Stores a version with `file` instead of the `small` ones, and the same rows. `false`: they are gone already.
    async fn replace_files(
        &self,
        mut dataset: DataSet,
        small: &[String],
        file: &str,
        bytes: u64,
    ) -> Result<bool, DatasetError> {
        for _ in 0..TRIES {
            let now = &dataset.data;
            if !small.iter().all(|file| now.files.contains(file)) {
                return Ok(false);
            }
            let others: Vec<&String> = now.files.iter().filter(|name| !small.contains(name)).collect();
            let mut all_bytes = bytes;
            for other in &others {
                all_bytes += self.store.size(other).await?;
            }
            let files: Vec<String> = std::iter::once(file.to_owned()).chain(others.into_iter().cloned()).collect();
            let new = NewVersion {
                version: now.version + 1,
                columns: &now.columns,
                files: &files,
                rows: now.rows,
                bytes: all_bytes,
                source: None,
                created_by: None,
                created_at_ms: self.clock.now_ms(),
            };
            if catalog::add_version(&self.db, &dataset, &new).await? {
                return Ok(true);
            }
            match self.current_with(&dataset.data.dataset).await? {
                Some(current) => dataset = current,
                None => return Ok(false),
            }
        }
        Ok(false)
    }
}
