//! The rows of a file become a version of a data set: all of them, or none.

use std::sync::{Arc, Mutex};

use rolecall_data::import::{Examined, Progress};
use rolecall_model::Role;
use rolecall_sign_in::guard;
use rolecall_sign_in::session::SignIn;

use super::error::UploadError;
use super::examine::{notice_of, tell};
use super::files::UploadFolder;
use super::handle::Uploads;
use super::upload::{Notice, State, Upload};
use super::work::{Ended, Holder, Lease};
use crate::datasets::{DatasetError, Prepared};

const CANCELLED: &str = "The import was cancelled. Nothing was changed.";
const NOT_ALLOWED: &str = "You may not do this any more, so nothing was imported: your sign-in has ended, or your role or the \
                           data set has changed.";

impl Uploads {
    /// Begins to import `upload` for the person of `sign_in`, as it was examined. The result is in its folder, later.
    ///
    /// # Errors
    /// [`UploadError::InWork`]; when its folder cannot be written.
    pub(super) fn import(
        &self,
        folder: &UploadFolder,
        mut upload: Upload,
        examined: Examined,
        sign_in: &SignIn,
    ) -> Result<(), UploadError> {
        let mut lease = Lease::take(folder, &self.0.clock, false)?;
        // It may have been imported since it was shown, or that may not be certain yet.
        if folder.upload()?.is_none_or(|now| now.state != State::Preview) {
            return Err(UploadError::InWork);
        }
        upload.state = State::Importing { file: None };
        upload.notice = None;
        self.write(folder, &mut upload)?;
        let (uploads, folder, sign_in_id) = (self.clone(), folder.clone(), sign_in.id.clone());
        tokio::spawn(async move {
            let progress = Arc::new(Mutex::new(Progress::default()));
            // What is wrong with the rows tells something of the data set, so that this is judged before, and after, again.
            let prepared = if uploads.may_import(&upload, &sign_in_id).await {
                lease.during(&progress, uploads.prepare(&folder, &upload, examined, &progress)).await
            } else {
                Err(Ended::NotAllowed)
            };
            let holder = lease.holder();
            let ending = uploads.end_import(&folder, upload, prepared, &sign_in_id, &holder);
            if let Err(error) = lease.keep(ending).await {
                tracing::error!(?error, "what came of an import could not be stored with the upload");
            }
        });
        Ok(())
    }

    async fn prepare(
        &self,
        folder: &UploadFolder,
        upload: &Upload,
        examined: Examined,
        progress: &Arc<Mutex<Progress>>,
    ) -> Result<Prepared, DatasetError> {
        // It is never closed.
        let _turn = self.0.reading.acquire().await;
        folder.forget_parquet();
        let (rows, parquet) = (folder.rows(), folder.parquet());
        self.0.datasets.prepare(&rows, examined.reading, &upload.target(), &parquet, tell(progress)).await
    }

    async fn end_import(
        &self,
        folder: &UploadFolder,
        mut upload: Upload,
        prepared: Result<Result<Prepared, DatasetError>, Ended>,
        sign_in_id: &str,
        holder: &Holder,
    ) -> Result<(), UploadError> {
        let refused = |text: &str| Some(Notice::Refused(text.to_owned()));
        upload.notice = match prepared {
            Err(Ended::Lost) => return Ok(()),
            Err(Ended::Cancelled) => refused(CANCELLED),
            Err(Ended::NotAllowed) => refused(NOT_ALLOWED),
            Ok(Err(error)) => Some(notice_of(error)),
            Ok(Ok(_)) if !self.may_import(&upload, sign_in_id).await => refused(NOT_ALLOWED),
            Ok(Ok(prepared)) => return self.bring_in(folder, upload, prepared, holder).await,
        };
        if !holder.is_held() {
            return Ok(());
        }
        folder.forget_parquet();
        upload.state = State::Preview;
        self.write(folder, &mut upload)
    }

    /// Whether the person may still do what `upload` is for.
    async fn may_import(&self, upload: &Upload, sign_in_id: &str) -> bool {
        let role = match guard::still_open_role(&self.0.auth, sign_in_id, false).await {
            Ok(role) => role,
            Err(error) => {
                tracing::error!(?error, "whether somebody may still import cannot be told");
                return false;
            }
        };
        if role < Some(Role::Write) {
            return false;
        }
        let Some(name) = upload.purpose.dataset() else { return role >= Some(upload.new.role) };
        match self.0.datasets.current(name).await {
            Ok(dataset) => dataset.is_some_and(|dataset| dataset.may_be_changed_by(upload.owner, role)),
            Err(error) => {
                tracing::error!(?error, "whether somebody may still import cannot be told");
                false
            }
        }
    }

    /// Makes the version. From here on the entry names the file, so that after a crash anybody can tell what came of it.
    async fn bring_in(
        &self,
        folder: &UploadFolder,
        mut upload: Upload,
        prepared: Prepared,
        holder: &Holder,
    ) -> Result<(), UploadError> {
        if !holder.is_held() {
            return Ok(());
        }
        upload.state = State::Importing { file: Some(prepared.name.clone()) };
        self.write(folder, &mut upload)?;
        let target = upload.target();
        match self.0.datasets.bring_in(prepared, &target, Some(upload.owner)).await {
            Ok(imported) => self.imported(folder, upload, imported.version),
            // The version may be there, though nobody said so: whoever looks next finds out.
            Err(DatasetError::Database(error)) => {
                tracing::error!(?error, "whether an upload was imported is not certain");
                Ok(())
            }
            Err(error) => {
                folder.forget_parquet();
                upload.state = State::Preview;
                upload.notice = Some(notice_of(error));
                self.write(folder, &mut upload)
            }
        }
    }

    /// Notes that `upload` is in its data set, as `version`.
    pub(super) fn imported(&self, folder: &UploadFolder, mut upload: Upload, version: u64) -> Result<(), UploadError> {
        let dataset = upload.target().name().to_owned();
        tracing::info!(event = "dataset_changed", dataset, change = "imported", user_id = upload.owner);
        upload.state = State::Imported { dataset, version };
        self.write(folder, &mut upload)?;
        folder.forget_file();
        Ok(())
    }
}
