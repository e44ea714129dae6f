//! What was in work when a process ended goes on, and what nobody wants any more is deleted.

use std::time::Duration;

use super::error::UploadError;
use super::files::UploadFolder;
use super::handle::Uploads;
use super::upload::{Notice, State, Upload};
use super::work::{Lease, Work, give_up};

/// How long an upload is kept that nobody touches.
const KEPT: Duration = Duration::from_hours(24);
const INTERRUPTED: &str = "This was interrupted. Nothing was imported. Try again.";

impl Uploads {
    /// At the start: takes up what was in work. On SQLite there is one process alone, so nobody else can have it.
    pub(super) async fn recover_all(&self) -> Result<(), UploadError> {
        for folder in self.0.folders.all()? {
            if self.0.datasets.is_of_one_process() {
                give_up(&folder);
            }
            self.look_after(&folder).await;
        }
        Ok(())
    }

    /// Deletes what nobody touched for a day, and takes up what was given up. To be called at times.
    ///
    /// # Errors
    /// When the folder of uploads cannot be read.
    pub async fn sweep(&self) -> Result<(), UploadError> {
        for folder in self.0.folders.all()? {
            self.look_after(&folder).await;
        }
        Ok(())
    }

    /// Does so with one. What fails is told to the log, and tried again next time.
    async fn look_after(&self, folder: &UploadFolder) {
        if let Err(error) = self.try_look_after(folder).await {
            tracing::error!(?error, "an upload cannot be looked after");
        }
    }

    async fn try_look_after(&self, folder: &UploadFolder) -> Result<(), UploadError> {
        let now_ms = self.0.clock.now_ms();
        if Work::on(folder, now_ms)?.is_some() {
            return Ok(());
        }
        let Some(upload) = folder.upload()? else {
            // Without an entry it is just being made, or was left by a deletion that ended early.
            if folder.age().is_some_and(|age| age > KEPT) {
                folder.remove();
            }
            return Ok(());
        };
        if upload.is_in_work() {
            self.recover(folder).await?;
        } else if now_ms.saturating_sub(upload.touched_at_ms) > i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX) {
            folder.remove();
        }
        Ok(())
    }

    /// The upload in `folder`, on which work ended without a result: as if it had not begun, or as imported, where the version is
    /// there. `None` where it is gone.
    pub(super) async fn recover(&self, folder: &UploadFolder) -> Result<Option<Upload>, UploadError> {
        let lease = Lease::take(folder, &self.0.clock, false)?;
        // Somebody else may have been faster.
        let Some(mut upload) = folder.upload()?.filter(Upload::is_in_work) else { return folder.upload() };
        if let State::Importing { file: Some(name) } = &upload.state {
            if let Some(version) = self.0.datasets.version_with(name).await? {
                self.imported(folder, upload, version)?;
                return folder.upload();
            }
            self.0.datasets.discard(name).await?;
        }
        if upload.state == State::Receiving {
            folder.remove();
            return Ok(None);
        }
        folder.forget_parquet();
        upload.state = State::Preview;
        upload.notice = Some(Notice::Refused(INTERRUPTED.to_owned()));
        self.write(folder, &mut upload)?;
        drop(lease);
        Ok(Some(upload))
    }
}
