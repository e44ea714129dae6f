//! Deletes what is no longer needed: database rows first, then files that no version uses.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use super::catalog;
use super::error::DatasetError;
use super::handle::Datasets;
use super::import::INCOMING;

/// How long a deleted data set is kept.
const DELETED_IS_KEPT: Duration = Duration::from_hours(30 * 24);
/// How long the files of a version stay after it was replaced, so that running queries can still read them.
const REPLACED_IS_KEPT: Duration = Duration::from_mins(10);
/// The same for snapshots of queried data sets, of which there can be one every ten seconds: longer than any query
/// takes.
const SNAPSHOT_IS_KEPT: Duration = Duration::from_mins(1);
/// How long an unused file may lie in the store: longer than any import takes between writing and using it.
const UNNAMED_IS_KEPT: Duration = Duration::from_hours(1);

impl Datasets {
    /// Deletes the data sets that were deleted 30 days ago, or whose owner has deleted too many others since; all but
    /// the latest `keep_versions` versions of the others; and unused files and unfinished imports.
    ///
    /// # Errors
    /// When the database or the folder cannot be used. The next run does the rest.
    pub async fn sweep(&self, keep_versions: u32) -> Result<(), DatasetError> {
        let now_ms = self.clock.now_ms();
        while !catalog::forget_deleted(&self.db, before(now_ms, DELETED_IS_KEPT)).await? {}
        catalog::forget_versions(&self.db, keep_versions, before(now_ms, REPLACED_IS_KEPT)).await?;
        self.delete_snapshots(before(now_ms, SNAPSHOT_IS_KEPT)).await?;
        self.delete_unnamed_files(before(now_ms, UNNAMED_IS_KEPT)).await?;
        let incoming = self.folder.join(INCOMING);
        let done = tokio::task::spawn_blocking(move || delete_abandoned(&incoming, before(now_ms, UNNAMED_IS_KEPT)));
        Ok(done.await.map_err(std::io::Error::other)??)
    }

    /// Deletes all but the latest snapshots of queried data sets, with their files.
    async fn delete_snapshots(&self, before_ms: i64) -> Result<(), DatasetError> {
        for name in catalog::forget_snapshots(&self.db, before_ms).await? {
            if let Err(error) = self.store.delete(&name).await {
                tracing::warn!(?error, name, "an old snapshot could not be deleted");
            }
        }
        Ok(())
    }

    /// Deletes the files of the store that no version uses and that were not written since `before_ms`. Files are
    /// listed before the used names are read: a file that becomes used in between is too young, or was used before.
    async fn delete_unnamed_files(&self, before_ms: i64) -> Result<(), DatasetError> {
        let old = self.store.unchanged_since(before_ms).await?;
        let named = catalog::named_files(&self.db).await?;
        for name in old.iter().filter(|name| !named.contains(*name)) {
            match self.store.delete(name).await {
                Ok(()) => tracing::info!(name, "an unused file of a data set was deleted"),
                Err(error) => tracing::warn!(?error, name, "a file of a data set could not be deleted"),
            }
        }
        Ok(())
    }
}

fn before(now_ms: i64, time: Duration) -> i64 {
    now_ms.saturating_sub(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

/// Deletes the folders in `incoming` that were not written since `before_ms`: their process was killed.
fn delete_abandoned(incoming: &Path, before_ms: i64) -> std::io::Result<()> {
    if !incoming.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(incoming)? {
        let folder = entry?.path();
        let is_abandoned = last_written_ms(&folder).is_ok_and(|written_ms| written_ms < before_ms);
        if is_abandoned && let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::warn!(?error, folder = %folder.display(), "an unfinished import could not be deleted");
        }
    }
    Ok(())
}

/// When something in `folder`, or the folder itself, was last written, Unix milliseconds.
fn last_written_ms(folder: &Path) -> std::io::Result<i64> {
    let written_ms = |path: &Path| {
        let written = path.metadata()?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok::<i64, std::io::Error>(i64::try_from(written.as_millis()).unwrap_or(i64::MAX))
    };
    let mut last = written_ms(folder)?;
    for entry in std::fs::read_dir(folder)? {
        last = last.max(written_ms(&entry?.path())?);
    }
    Ok(last)
}
