//! Receives a file.

use std::cmp::Reverse;
use std::io;

use rolecall_data::import::{Given, ImportError, Progress, check_kind};
use sha2::{Digest as _, Sha256};
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt as _;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::error::UploadError;
use super::files::UploadFolder;
use super::handle::Uploads;
use super::upload::{ProposedDataSet, Purpose, State, Upload};
use super::work::{Lease, to_its_end};
use crate::datasets::shown_name;

/// How many uploads a person can have that are not imported yet.
const AT_ONCE: usize = 5;
/// How many results of imported files are kept for a day: every list of uploads reads all folders.
const IMPORTED_KEPT: usize = 20;
/// The limit for all uploads together, in files of the largest size.
const LARGEST_FILES: u64 = 20;

/// An upload that is being received. If it is dropped before its end, everything is deleted.
pub struct Incoming {
    uploads: Uploads,
    folder: UploadFolder,
    upload: Upload,
    file: File,
    bytes: u64,
    digest: Sha256,
    lease: Option<Lease>,
}

impl Uploads {
    /// Begins an upload of the user `owner`, of a file called `file_name`, for `purpose`.
    ///
    /// # Errors
    /// When there are too many uploads already, or the folder cannot be written.
    pub async fn begin(&self, owner: i64, file_name: &str, purpose: Purpose) -> Result<Incoming, UploadError> {
        let (uploads, file_name) = (self.clone(), shown_name(file_name));
        to_its_end(async move { uploads.make(owner, file_name, purpose).await }).await
    }

    async fn make(&self, owner: i64, file_name: String, purpose: Purpose) -> Result<Incoming, UploadError> {
        let _one_at_a_time = self.0.beginning.lock().await;
        self.check_room(owner).await?;
        self.forget_over(owner).await?;
        let id = Uuid::new_v4().simple().to_string();
        let (template, last) = match purpose.dataset() {
            Some(dataset) => self.0.datasets.template(&dataset.id).await?.unzip(),
            None => (None, None),
        };
        let mut new = ProposedDataSet::of_file(&file_name);
        if purpose == Purpose::New {
            new.name = self.0.datasets.free_name(&new.name).await?;
        }
        let upload = Upload {
            new,
            id,
            owner,
            file_name,
            purpose,
            given: Given { template, ..Given::default() },
            last: last.flatten(),
            sha256: String::new(),
            again: false,
            typed: None,
            state: State::Receiving,
            notice: None,
            touched_at_ms: self.0.clock.now_ms(),
        };
        let folder = self.0.folders.make(&upload.id).await?;
        let unfinished = Unfinished(Some(folder.clone()));
        let lease = Lease::take(&folder, &self.0.clock, true).await?;
        folder.write(&upload).await?;
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(folder.rows()).await?;
        // Another process may have started one at the same moment: then neither counts.
        let (own, _) = self.begun(owner).await?;
        if own > AT_ONCE {
            return Err(UploadError::TooMany(own - 1));
        }
        unfinished.keep();
        let (bytes, digest, lease) = (0, Sha256::new(), Some(lease));
        Ok(Incoming { uploads: self.clone(), folder, upload, file, bytes, digest, lease })
    }

    /// Whether the user `owner` may upload one more file.
    ///
    /// # Errors
    /// [`UploadError::TooMany`], [`UploadError::TooMuch`].
    pub async fn check_room(&self, owner: i64) -> Result<(), UploadError> {
        let (own, bytes) = self.begun(owner).await?;
        if own >= AT_ONCE {
            return Err(UploadError::TooMany(own));
        }
        if bytes > self.limits().file_bytes.saturating_mul(LARGEST_FILES) {
            return Err(UploadError::TooMuch);
        }
        Ok(())
    }

    /// Deletes uploads of the user `owner` that only say why a file was refused, and all but the latest import results.
    async fn forget_over(&self, owner: i64) -> Result<(), UploadError> {
        let (mut uploads, _) = self.0.folders.survey().await?;
        uploads.retain(|upload| upload.owner == owner && upload.is_over());
        uploads.sort_by_key(|upload| Reverse(upload.touched_at_ms));
        let mut imported = 0;
        uploads.retain(|upload| {
            let is_imported = matches!(upload.state, State::Imported { .. });
            imported += usize::from(is_imported);
            !is_imported || imported > IMPORTED_KEPT
        });
        for upload in uploads {
            if let Some(folder) = self.0.folders.of(&upload.id) {
                folder.remove().await;
            }
        }
        Ok(())
    }

    /// How many uploads of the user `owner` may still be imported, and the total size of everyone's, in bytes.
    async fn begun(&self, owner: i64) -> Result<(usize, u64), UploadError> {
        let (uploads, bytes) = self.0.folders.survey().await?;
        let own = uploads.iter().filter(|upload| upload.owner == owner && !upload.is_over()).count();
        Ok((own, bytes))
    }
}

impl Incoming {
    /// Receives the next chunk of the file.
    ///
    /// # Errors
    /// [`UploadError::TooLarge`]; when the disk is full.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), UploadError> {
        self.bytes += piece.len() as u64;
        let max = self.uploads.limits().file_bytes;
        if self.bytes > max {
            return Err(UploadError::TooLarge(max));
        }
        self.digest.update(piece);
        self.file.write_all(piece).await?;
        let progress = Progress { rows: 0, bytes_read: self.bytes, bytes: 0 };
        match &mut self.lease {
            Some(lease) => lease.renew_at_times(progress).await.map_err(|_| UploadError::Unknown),
            None => Ok(()),
        }
    }

    /// The file is complete: it is examined from now on. Returns the id of the upload.
    ///
    /// # Errors
    /// [`UploadError::NoTable`]; when the disk is full. Then everything is deleted.
    pub async fn end(mut self) -> Result<String, UploadError> {
        // A delayed write may fail only here.
        self.file.flush().await?;
        let rows = self.folder.rows();
        let checked = tokio::task::spawn_blocking(move || check_kind(&rows)).await.map_err(io::Error::other)?;
        if let Err(ImportError::Refused(why)) = checked {
            self.discard().await;
            return Err(UploadError::NoTable(why));
        }
        to_its_end(self.hand_over()).await
    }

    async fn hand_over(mut self) -> Result<String, UploadError> {
        if let Some(lease) = self.lease.take() {
            lease.end().await;
        }
        self.upload.sha256 = format!("{:x}", self.digest.finalize_reset());
        let id = self.upload.id.clone();
        let given = self.upload.given.clone();
        self.uploads.examine(&self.folder, self.upload.clone(), given).await?;
        // It is no longer owned by this value.
        self.upload.state = State::Examining;
        Ok(id)
    }

    /// Deletes what was received of the file.
    pub async fn discard(mut self) {
        self.upload.state = State::Preview;
        self.folder.remove().await;
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if self.upload.state == State::Receiving {
            remove_soon(self.folder.clone());
        }
    }
}

/// A folder that is deleted on drop, unless it is kept.
struct Unfinished(Option<UploadFolder>);

impl Unfinished {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(folder) = self.0.take() {
            remove_soon(folder);
        }
    }
}

/// Deletes `folder` on a thread that may block. During shutdown there may be none: then the next start deletes it.
fn remove_soon(folder: UploadFolder) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn_blocking(move || folder.remove_now());
    }
}
