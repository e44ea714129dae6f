//! The folders of uploads. This program alone can read them.

use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use rolecall_data::import::Examined;
use rolecall_sign_in::private_files;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::NamedTempFile;
use uuid::Uuid;

use super::error::UploadError;
use super::upload::Upload;

/// The file as it came.
const ROWS: &str = "rows";
/// What an [`Upload`] is.
const UPLOAD: &str = "upload.json";
/// What it was taken for: [`Examined`].
const EXAMINED: &str = "examined.json";
/// How files end with its rows as they will be stored.
const PARQUET: &str = "parquet";

/// The folder in which each upload has one of its own.
#[derive(Clone, Debug)]
pub(super) struct Folders(PathBuf);

impl Folders {
    pub(super) fn open(root: PathBuf) -> io::Result<Self> {
        private_files::make_folder(&root)?;
        private_files::close_to_others(&root)?;
        Ok(Self(root))
    }

    /// Makes the folder of `id`.
    pub(super) fn make(&self, id: &str) -> io::Result<UploadFolder> {
        let folder = UploadFolder(self.0.join(id));
        private_files::make_folder(&folder.0)?;
        Ok(folder)
    }

    /// The folder of `id`, if there can be one: an id comes from an address.
    pub(super) fn of(&self, id: &str) -> Option<UploadFolder> {
        let is_id = id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_id.then(|| UploadFolder(self.0.join(id)))
    }

    /// The folders that there are.
    pub(super) fn all(&self) -> io::Result<Vec<UploadFolder>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&self.0)? {
            all.extend(self.of(&entry?.file_name().to_string_lossy()));
        }
        Ok(all)
    }
}

/// The folder of one upload.
#[derive(Clone, Debug)]
pub(super) struct UploadFolder(PathBuf);

impl UploadFolder {
    pub(super) fn rows(&self) -> PathBuf {
        self.0.join(ROWS)
    }

    /// A new path for the rows as they will be stored: a process that was cut off may hold on to another one for a moment.
    pub(super) fn parquet(&self) -> PathBuf {
        self.0.join(format!("{}.{PARQUET}", Uuid::new_v4().simple()))
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What the upload is; `None` where there is none.
    pub(super) fn upload(&self) -> Result<Option<Upload>, UploadError> {
        read(&self.0.join(UPLOAD))
    }

    /// The same; one that cannot be read, after a crash for example, is nobody's.
    pub(super) fn readable_upload(&self) -> Option<Upload> {
        self.upload().unwrap_or_else(|error| {
            tracing::warn!(?error, folder = %self.0.display(), "an upload cannot be read");
            None
        })
    }

    pub(super) fn write(&self, upload: &Upload) -> Result<(), UploadError> {
        write(&self.0, UPLOAD, upload)
    }

    pub(super) fn examined(&self) -> Result<Option<Examined>, UploadError> {
        read(&self.0.join(EXAMINED))
    }

    pub(super) fn write_examined(&self, examined: &Examined) -> Result<(), UploadError> {
        write(&self.0, EXAMINED, examined)
    }

    /// Writes `value` to the file `name`, in full or not at all.
    pub(super) fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), UploadError> {
        write(&self.0, name, value)
    }

    /// The same, unless there is such a file.
    pub(super) fn write_new_json(&self, name: &str, value: &impl Serialize) -> Result<(), UploadError> {
        let file = json_file(&self.0, value)?;
        file.persist_noclobber(self.0.join(name)).map_err(|error| error.error)?;
        Ok(())
    }

    /// Reads the file `name`; `None` where there is none.
    pub(super) fn read_json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, UploadError> {
        read(&self.0.join(name))
    }

    /// Deletes what only an unfinished import needs.
    pub(super) fn forget_parquet(&self) {
        let entries = std::fs::read_dir(&self.0).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|is| is == PARQUET));
        paths.for_each(|path| remove(&path));
    }

    /// Deletes what an upload that is imported does not need any more.
    pub(super) fn forget_file(&self) {
        remove(&self.rows());
        remove(&self.0.join(EXAMINED));
        self.forget_parquet();
    }

    /// Deletes all of it. The entry goes first: without it, what is left is nobody's, and the sweep finds it.
    pub(super) fn remove(&self) {
        remove(&self.0.join(UPLOAD));
        if let Err(error) = std::fs::remove_dir_all(&self.0)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(?error, folder = %self.0.display(), "an upload could not be deleted");
        }
    }

    /// How large the file is, as far as it has come.
    pub(super) fn bytes(&self) -> u64 {
        self.rows().metadata().map_or(0, |metadata| metadata.len())
    }

    /// When something in it was changed last, by the clock of the disk.
    pub(super) fn age(&self) -> Option<std::time::Duration> {
        self.0.metadata().ok()?.modified().ok()?.elapsed().ok()
    }
}

pub(super) fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != ErrorKind::NotFound
    {
        tracing::warn!(?error, path = %path.display(), "a file of an upload could not be deleted");
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, UploadError> {
    match std::fs::read(path) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn write(folder: &Path, name: &str, value: &impl Serialize) -> Result<(), UploadError> {
    json_file(folder, value)?.persist(folder.join(name)).map_err(|error| error.error)?;
    Ok(())
}

/// A file without a name that lasts, closed to others from the start, with `value` in it.
fn json_file(folder: &Path, value: &impl Serialize) -> Result<NamedTempFile, UploadError> {
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(value)?)?;
    Ok(file)
}
