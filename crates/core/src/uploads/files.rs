//! The folders of uploads. Only this program can read them.
//!
//! Disk access runs on threads that may block. A JSON file is there completely or not at all, even after a power
//! failure: it is written under a temporary name and flushed to disk before it is renamed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rolecall_data::import::Examined;
use rolecall_sign_in::private_files;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::disk::{done_on_disk, json_file, on_disk, read, readable, remove, sync_folder};
use super::error::UploadError;
use super::upload::Upload;

/// The uploaded file.
const ROWS: &str = "rows";
/// The [`Upload`] as JSON.
const UPLOAD: &str = "upload.json";
/// The result of the examination: [`Examined`].
const EXAMINED: &str = "examined.json";
/// The suffix of files with its rows in stored form.
const PARQUET: &str = "parquet";

/// The folder with a subfolder for each upload.
#[derive(Clone, Debug)]
pub(super) struct Folders(PathBuf);

impl Folders {
    pub(super) async fn open(root: PathBuf) -> Result<Self, UploadError> {
        on_disk(move || {
            private_files::make_folder(&root)?;
            private_files::close_to_others(&root)?;
            Ok(Self(root))
        })
        .await
    }

    /// Creates the folder of `id`.
    pub(super) async fn make(&self, id: &str) -> Result<UploadFolder, UploadError> {
        let (root, folder) = (self.0.clone(), UploadFolder(self.0.join(id)));
        on_disk(move || {
            private_files::make_folder(&folder.0)?;
            sync_folder(&root)?;
            Ok(folder)
        })
        .await
    }

    /// The folder of `id`, if that is valid: an id comes from an address.
    pub(super) fn of(&self, id: &str) -> Option<UploadFolder> {
        let is_id = id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_id.then(|| UploadFolder(self.0.join(id)))
    }

    /// The existing folders.
    pub(super) async fn all(&self) -> Result<Vec<UploadFolder>, UploadError> {
        let folders = self.clone();
        on_disk(move || folders.list()).await
    }

    fn list(&self) -> Result<Vec<UploadFolder>, UploadError> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&self.0)? {
            all.extend(self.of(&entry?.file_name().to_string_lossy()));
        }
        Ok(all)
    }

    /// Every readable upload, and the total size of all files, in bytes.
    pub(super) async fn survey(&self) -> Result<(Vec<Upload>, u64), UploadError> {
        let folders = self.clone();
        on_disk(move || {
            let (mut uploads, mut bytes) = (Vec::new(), 0);
            for folder in folders.list()? {
                bytes += folder.size();
                uploads.extend(readable(&folder.0.join(UPLOAD)));
            }
            Ok((uploads, bytes))
        })
        .await
    }
}

/// The folder of one upload.
#[derive(Clone, Debug)]
pub(super) struct UploadFolder(PathBuf);

impl UploadFolder {
    pub(super) fn rows(&self) -> PathBuf {
        self.0.join(ROWS)
    }

    /// A new path for the stored rows: an aborted process may keep an old one open for a moment.
    pub(super) fn parquet(&self) -> PathBuf {
        self.0.join(format!("{}.{PARQUET}", Uuid::new_v4().simple()))
    }

    /// The upload; `None` if it does not exist or cannot be read, for example after a crash: then it belongs to nobody.
    pub(super) async fn upload(&self) -> Result<Option<Upload>, UploadError> {
        self.read_json(UPLOAD).await
    }

    pub(super) async fn write(&self, upload: &Upload) -> Result<(), UploadError> {
        self.write_json(UPLOAD, upload).await
    }

    pub(super) async fn examined(&self) -> Result<Option<Examined>, UploadError> {
        self.read_json(EXAMINED).await
    }

    pub(super) async fn write_examined(&self, examined: &Examined) -> Result<(), UploadError> {
        self.write_json(EXAMINED, examined).await
    }

    /// Writes `value` to the file `name`, completely or not at all.
    pub(super) async fn write_json(&self, name: &'static str, value: &impl Serialize) -> Result<(), UploadError> {
        let (folder, text) = (self.0.clone(), serde_json::to_vec(value)?);
        on_disk(move || {
            json_file(&folder, &text)?.persist(folder.join(name)).map_err(|error| error.error)?;
            Ok(sync_folder(&folder)?)
        })
        .await
    }

    /// The same, unless there is such a file.
    pub(super) async fn write_new_json(&self, name: &'static str, value: &impl Serialize) -> Result<(), UploadError> {
        let (folder, text) = (self.0.clone(), serde_json::to_vec(value)?);
        on_disk(move || {
            json_file(&folder, &text)?.persist_noclobber(folder.join(name)).map_err(|error| error.error)?;
            Ok(sync_folder(&folder)?)
        })
        .await
    }

    /// Reads the file `name`; `None` if it is missing or invalid.
    pub(super) async fn read_json<T: DeserializeOwned + Send + 'static>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, UploadError> {
        let path = self.0.join(name);
        on_disk(move || read(&path)).await
    }

    /// The same, synchronously, where nothing can await.
    pub(super) fn read_now<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        readable(&self.0.join(name))
    }

    /// Whether there is a file `name`.
    pub(super) async fn has(&self, name: &'static str) -> bool {
        tokio::fs::try_exists(self.0.join(name)).await.unwrap_or(false)
    }

    /// Deletes the files called `names`, if they exist.
    pub(super) async fn forget(&self, names: &'static [&'static str]) {
        let folder = self.clone();
        done_on_disk(move || folder.forget_now(names)).await;
    }

    /// The same, synchronously, where nothing can await.
    pub(super) fn forget_now(&self, names: &[&str]) {
        for name in names {
            remove(&self.0.join(name));
        }
    }

    /// Deletes files that only an unfinished import needs.
    pub(super) async fn forget_parquet(&self) {
        let folder = self.0.clone();
        done_on_disk(move || forget_parquet(&folder)).await;
    }

    /// Deletes files that a finished upload does not need any more.
    pub(super) async fn forget_file(&self) {
        let folder = self.clone();
        done_on_disk(move || {
            folder.forget_now(&[ROWS, EXAMINED]);
            forget_parquet(&folder.0);
        })
        .await;
    }

    /// Deletes the whole upload.
    pub(super) async fn remove(&self) {
        let folder = self.clone();
        done_on_disk(move || folder.remove_now()).await;
    }

    /// The same, synchronously. The entry is deleted first: without it, the rest belongs to nobody, and the sweep
    /// deletes it.
    pub(super) fn remove_now(&self) {
        remove(&self.0.join(UPLOAD));
        if let Err(error) = std::fs::remove_dir_all(&self.0)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(?error, folder = %self.0.display(), "an upload could not be deleted");
        }
    }

    /// How much of the file has been received.
    pub(super) async fn bytes(&self) -> u64 {
        tokio::fs::metadata(self.rows()).await.map_or(0, |metadata| metadata.len())
    }

    fn size(&self) -> u64 {
        self.rows().metadata().map_or(0, |metadata| metadata.len())
    }

    /// How long ago something in it last changed, by the clock of the disk.
    pub(super) async fn age(&self) -> Option<Duration> {
        tokio::fs::metadata(&self.0).await.ok()?.modified().ok()?.elapsed().ok()
    }
}

fn forget_parquet(folder: &Path) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|is| is == PARQUET));
    paths.for_each(|path| remove(&path));
}
