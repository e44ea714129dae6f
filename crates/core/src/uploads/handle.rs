//! The uploads of this application.

use std::sync::Arc;

use rolecall_data::import::{Examined, Limits};
use rolecall_model::Role;
use rolecall_sign_in::{Auth, Clock};
use tokio::sync::Mutex;

use super::error::UploadError;
use super::files::{Folders, UploadFolder};
use super::turns::Turns;
use super::upload::{Purpose, Upload};
use super::work::{UNCLEAR, Work, to_its_end};
use crate::datasets::{Datasets, SameFile};

/// The folder of uploads, in that of the data sets.
const FOLDER: &str = "uploads";
/// How many files this process reads at the same time: each may need two gigabytes.
const READING_AT_ONCE: usize = 2;

/// The uploads of this application. Clones share everything.
#[derive(Clone)]
pub struct Uploads(pub(super) Arc<SharedUploads>);

pub(super) struct SharedUploads {
    pub(super) auth: Auth,
    pub(super) datasets: Datasets,
    pub(super) clock: Clock,
    pub(super) folders: Folders,
    pub(super) reading: Turns,
    /// Locked while an upload begins, so that uploads can be counted.
    pub(super) beginning: Mutex<()>,
}

impl Uploads {
    /// The uploads of people who are signed in with `auth`, for `datasets`. Work that was interrupted is recovered,
    /// unless another instance may be doing it.
    ///
    /// # Errors
    /// When their folder or the database cannot be used.
    pub async fn open(auth: Auth, datasets: Datasets) -> Result<Self, UploadError> {
        let folders = Folders::open(datasets.folder().join(FOLDER)).await?;
        let clock = auth.clock().clone();
        let (reading, beginning) = (Turns::new(READING_AT_ONCE), Mutex::default());
        let uploads = Self(Arc::new(SharedUploads { auth, datasets, clock, folders, reading, beginning }));
        uploads.recover_all().await?;
        Ok(uploads)
    }

    /// How large a file may be.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        self.0.datasets.limits()
    }

    /// The data sets.
    #[must_use]
    pub fn datasets(&self) -> &Datasets {
        &self.0.datasets
    }

    /// The upload `id` of the user `owner`. For others it does not exist.
    ///
    /// # Errors
    /// [`UploadError::Unknown`]; when it cannot be read.
    pub async fn find(&self, id: &str, owner: i64) -> Result<Upload, UploadError> {
        let (folder, upload) = self.entry(id, owner).await?;
        if !upload.is_in_work() || Work::on(&folder, self.0.clock.now_ms()).await?.is_some() {
            return Ok(upload);
        }
        // The work may have ended since it was read.
        let (folder, upload) = self.entry(id, owner).await?;
        if !upload.is_in_work() {
            return Ok(upload);
        }
        let uploads = self.clone();
        match to_its_end(async move { uploads.recover(&folder, UNCLEAR).await }).await {
            Err(UploadError::InWork) => Ok(upload),
            recovered => recovered?.ok_or(UploadError::Unknown),
        }
    }

    /// The current work on that upload.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub async fn work(&self, upload: &Upload) -> Result<Option<Work>, UploadError> {
        let folder = self.0.folders.of(&upload.id).ok_or(UploadError::Unknown)?;
        Work::on(&folder, self.0.clock.now_ms()).await
    }

    /// The result of its examination, once known.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn examined(&self, upload: &Upload) -> Result<Option<Examined>, UploadError> {
        self.0.folders.of(&upload.id).ok_or(UploadError::Unknown)?.examined().await
    }

    /// The same file, if its rows are in the data set to which `upload` would add them, and if its owner, who may use
    /// `role`, may still change that.
    pub async fn added_before(&self, upload: &Upload, role: Option<Role>) -> Result<Option<SameFile>, UploadError> {
        let Purpose::Append(key) = &upload.purpose else { return Ok(None) };
        let dataset = self.0.datasets.current_with(&key.id).await?;
        let Some(dataset) = dataset.filter(|dataset| dataset.may_be_changed_by(upload.owner, role)) else {
            return Ok(None);
        };
        Ok(self.0.datasets.added_before(&dataset, &upload.sha256).await?)
    }

    /// Now, in Unix milliseconds (UTC).
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    /// How large the file of that upload is, in bytes.
    #[must_use]
    pub async fn bytes(&self, upload: &Upload) -> u64 {
        match self.0.folders.of(&upload.id) {
            Some(folder) => folder.bytes().await,
            None => 0,
        }
    }

    /// The uploads of the user `owner` that may still be imported, the latest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn of(&self, owner: i64) -> Result<Vec<Upload>, UploadError> {
        let (mut uploads, _) = self.0.folders.survey().await?;
        uploads.retain(|upload| upload.owner == owner && !upload.is_over());
        uploads.sort_by_key(|upload| std::cmp::Reverse(upload.touched_at_ms));
        Ok(uploads)
    }

    /// The folder and the entry of `id`.
    pub(super) async fn entry(&self, id: &str, owner: i64) -> Result<(UploadFolder, Upload), UploadError> {
        let folder = self.0.folders.of(id).ok_or(UploadError::Unknown)?;
        let upload = folder.upload().await?.filter(|upload| upload.owner == owner).ok_or(UploadError::Unknown)?;
        Ok((folder, upload))
    }

    /// Stores `upload`, changed now.
    pub(super) async fn write(&self, folder: &UploadFolder, upload: &mut Upload) -> Result<(), UploadError> {
        upload.touched_at_ms = self.0.clock.now_ms();
        folder.write(upload).await
    }
}
