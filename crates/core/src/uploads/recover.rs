//! Resumes work that was interrupted when a process ended, and deletes abandoned uploads.

use std::time::Duration;

use super::error::UploadError;
use super::files::UploadFolder;
use super::handle::Uploads;
use super::upload::{Notice, State, Upload};
use super::work::{Lease, UNCLEAR, Work, give_up};

/// How long an untouched upload is kept.
const KEPT: Duration = Duration::from_hours(24);
const INTERRUPTED: &str = "This was interrupted. Nothing was imported. Try again.";

impl Uploads {
    /// At the start: resumes interrupted work. On SQLite there is only one process, so nobody else can be doing it.
    pub(super) async fn recover_all(&self) -> Result<(), UploadError> {
        for folder in self.0.folders.all().await? {
            if self.0.datasets.is_of_one_process() {
                give_up(&folder).await;
                // No upload is being received yet.
                if matches!(folder.upload().await, Ok(None)) {
                    folder.remove().await;
                    continue;
                }
                // The committing process is gone, so its commit has succeeded or failed.
                if let Err(error) = self.recover(&folder, Duration::ZERO).await {
                    tracing::error!(?error, "an unfinished upload cannot be resumed");
                }
            }
            self.look_after(&folder).await;
        }
        Ok(())
    }

    /// Deletes uploads that were untouched for a day, and resumes abandoned work. Call it regularly.
    ///
    /// # Errors
    /// When the folder of uploads cannot be read.
    pub async fn sweep(&self) -> Result<(), UploadError> {
        for folder in self.0.folders.all().await? {
            self.look_after(&folder).await;
        }
        Ok(())
    }

    /// Does so for one upload. Failures are logged, and retried the next time.
    async fn look_after(&self, folder: &UploadFolder) {
        if let Err(error) = self.try_look_after(folder).await {
            tracing::error!(?error, "an upload cannot be checked");
        }
    }

    async fn try_look_after(&self, folder: &UploadFolder) -> Result<(), UploadError> {
        let now_ms = self.0.clock.now_ms();
        if Work::on(folder, now_ms).await?.is_some() {
            return Ok(());
        }
        let Some(upload) = folder.upload().await? else {
            // Without an entry it is being created, or was partly deleted, or broken by a crash.
            if folder.age().await.is_some_and(|age| age > KEPT) {
                folder.remove().await;
            }
            return Ok(());
        };
        // Old ones are deleted first: resuming work needs disk space.
        if now_ms.saturating_sub(upload.touched_at_ms) > i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX) {
            folder.remove().await;
        } else if upload.is_in_work() {
            self.recover(folder, UNCLEAR).await?;
        }
        Ok(())
    }

    /// The upload in `folder`, whose work ended without a result: reset to before the work, or marked as imported if
    /// the version exists. `None` if the upload is gone. As long as a version may still appear, which is `unclear`
    /// after the last sign of life, the upload stays unchanged. If the version does not appear, its file is deleted if
    /// nothing is `unclear`, and otherwise left to the sweep of data sets.
    pub(super) async fn recover(
        &self,
        folder: &UploadFolder,
        unclear: Duration,
    ) -> Result<Option<Upload>, UploadError> {
        let lease = Lease::take(folder, &self.0.clock, false).await?;
        let recovered = self.recover_held(folder, unclear).await;
        lease.end().await;
        recovered
    }

    async fn recover_held(&self, folder: &UploadFolder, unclear: Duration) -> Result<Option<Upload>, UploadError> {
        // Another process may have been faster.
        let there = folder.upload().await?;
        let Some(mut upload) = there.clone().filter(Upload::is_in_work) else { return Ok(there) };
        if let State::Importing { file: Some(name) } = &upload.state {
            if let Some(version) = self.0.datasets.version_with(name).await? {
                self.imported(folder, upload, version).await?;
                return folder.upload().await;
            }
            let unclear_ms = i64::try_from(unclear.as_millis()).unwrap_or(i64::MAX);
            if self.0.clock.now_ms().saturating_sub(upload.touched_at_ms) < unclear_ms {
                return Ok(Some(upload));
            }
            if unclear.is_zero() {
                self.0.datasets.discard(name).await?;
            }
        }
        if upload.state == State::Receiving {
            folder.remove().await;
            return Ok(None);
        }
        folder.forget_parquet().await;
        upload.state = State::Preview;
        upload.notice = Some(Notice::Refused(INTERRUPTED.to_owned()));
        self.write(folder, &mut upload).await?;
        Ok(Some(upload))
    }
}
