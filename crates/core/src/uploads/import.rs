//! Imports the rows of a file as a version of a data set: all of them, or none.

use std::sync::{Arc, Mutex};

use rolecall_data::import::{Examined, Progress};
use rolecall_model::Role;
use rolecall_sign_in::guard;

use super::error::UploadError;
use super::examine::{NOT_ALLOWED, notice_of, tell};
use super::files::UploadFolder;
use super::handle::Uploads;
use super::upload::{Notice, State, Upload};
use super::work::{Ended, Holder, Lease};
use crate::datasets::{Changer, DatasetError, Prepared, SourceFile};
use crate::request_id;

const CANCELLED: &str = "The import was cancelled. Nothing was changed.";

impl Uploads {
    /// Starts importing `upload` for the person of the sign-in `sign_in_id`, as examined. The result appears in its
    /// folder.
    ///
    /// # Errors
    /// [`UploadError::InWork`]; when its folder cannot be written.
    pub(super) async fn import(
        &self,
        folder: &UploadFolder,
        mut upload: Upload,
        examined: Examined,
        sign_in_id: String,
    ) -> Result<(), UploadError> {
        let mut lease = Lease::take(folder, &self.0.clock, false).await?;
        // It may have been imported since, or that may not be certain yet.
        if folder.upload().await?.is_none_or(|now| now.state != State::Preview) {
            return Err(UploadError::InWork);
        }
        upload.state = State::Importing { file: None };
        upload.notice = None;
        self.write(folder, &mut upload).await?;
        let (uploads, folder) = (self.clone(), folder.clone());
        request_id::spawn(async move {
            let progress = Arc::new(Mutex::new(Progress::default()));
            // Mistakes in rows reveal something about the data set, so the right to change it is checked before, and
            // again after.
            let prepared = match uploads.changer(&upload, &sign_in_id).await {
                Some(by) => lease.during(&progress, uploads.prepare(&folder, &upload, examined, by, &progress)).await,
                None => Err(Ended::NotAllowed),
            };
            let holder = lease.holder();
            let ending = uploads.end_import(&folder, upload, prepared, &sign_in_id, &holder);
            if let Err(error) = lease.keep(ending).await {
                tracing::error!(?error, "the result of an import could not be stored with the upload");
            }
            lease.end().await;
        });
        Ok(())
    }

    async fn prepare(
        &self,
        folder: &UploadFolder,
        upload: &Upload,
        examined: Examined,
        by: Changer,
        progress: &Arc<Mutex<Progress>>,
    ) -> Result<Prepared, DatasetError> {
        let _turn = self.0.reading.take(upload.owner).await;
        folder.forget_parquet().await;
        let (rows, parquet, target) = (folder.rows(), folder.parquet(), upload.target());
        let file = SourceFile { path: &rows, name: &upload.file_name, sha256: &upload.sha256 };
        self.0.datasets.prepare(file, examined.reading, (&target, Some(by)), &parquet, tell(progress)).await
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
            Ok(Ok(prepared)) => match self.changer(&upload, sign_in_id).await {
                Some(by) => return self.bring_in(folder, upload, prepared, by, holder).await,
                None => refused(NOT_ALLOWED),
            },
        };
        if !holder.is_held().await {
            return Ok(());
        }
        folder.forget_parquet().await;
        upload.state = State::Preview;
        self.write(folder, &mut upload).await
    }

    /// The person, if they may still change data sets.
    async fn changer(&self, upload: &Upload, sign_in_id: &str) -> Option<Changer> {
        match guard::still_open_role(&self.0.auth, sign_in_id, false).await {
            Ok(role) => (role >= Some(Role::Write)).then_some(Changer { user: upload.owner, role }),
            Err(error) => {
                tracing::error!(?error, "could not check whether a person may still import");
                None
            }
        }
    }

    /// Stores the version. The upload's entry names its file from now on, so that the outcome can be found even after a
    /// crash.
    async fn bring_in(
        &self,
        folder: &UploadFolder,
        mut upload: Upload,
        prepared: Prepared,
        by: Changer,
        holder: &Holder,
    ) -> Result<(), UploadError> {
        if !holder.is_held().await {
            return Ok(());
        }
        upload.state = State::Importing { file: Some(prepared.name.clone()) };
        self.write(folder, &mut upload).await?;
        let target = upload.target();
        match self.0.datasets.bring_in(prepared, &target, Some(by)).await {
            Ok(imported) => self.imported(folder, upload, imported.version).await,
            // The version may exist despite the error: the next access finds out.
            Err(DatasetError::Database(error)) => {
                tracing::error!(?error, "it is uncertain whether an upload was imported");
                Ok(())
            }
            Err(error) => {
                folder.forget_parquet().await;
                upload.state = State::Preview;
                // The upload's page asks whether to add the rows again.
                let is_asked = matches!(error, DatasetError::AddedBefore(_));
                upload.notice = (!is_asked).then(|| notice_of(error));
                self.write(folder, &mut upload).await
            }
        }
    }

    /// Stores that `upload` is in its data set, as `version`.
    pub(super) async fn imported(
        &self,
        folder: &UploadFolder,
        mut upload: Upload,
        version: u64,
    ) -> Result<(), UploadError> {
        upload.state = State::Imported { dataset: upload.target().name().to_owned(), version };
        self.write(folder, &mut upload).await?;
        folder.forget_file().await;
        Ok(())
    }
}
