//! The store of Parquet files of data sets. A file is there completely or not at all, and never changes.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt};

/// The extension of file names.
const ENDING: &str = ".parquet";

/// The prefix of files that are still being copied.
const UNFINISHED: &str = ".unfinished-";

/// What the store can fail with.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// An invalid file name.
    #[error("“{0}” is no name of a file: small letters, digits, hyphens, and .parquet at the end")]
    Name(String),
    /// A file of that name exists. Files never change.
    #[error("there is a file {0} already")]
    Exists(String),
    /// An error of the folder or a file in it.
    #[error("the folder of data sets: {0}")]
    Io(#[from] io::Error),
    /// An error of a network store, or of listing.
    #[error("the store of data sets: {0}")]
    Object(#[from] object_store::Error),
}

/// A file in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

/// The files of all data sets.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    objects: Arc<dyn ObjectStore>,
}

impl Store {
    /// A store in `folder`, which is created if it does not exist. Remains of an interrupted [`Self::bring_in`] are
    /// removed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] if the folder cannot be created or read.
    pub fn local(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)?;
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(Self { folder: folder.to_owned(), objects: Arc::new(LocalFileSystem::new_with_prefix(folder)?) })
    }

    /// Moves a finished local `file` into the store under `name`. It is flushed to the disk when this returns, and is
    /// never visible in part. After a failure `file` is still in its place.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`] if a file of that name exists, which stays unchanged; [`StoreError::Name`];
    /// [`StoreError::Io`].
    pub async fn bring_in(&self, name: &str, file: &Path) -> Result<StoredFile, StoreError> {
        check_name(name)?;
        let (folder, file, owned_name) = (self.folder.clone(), file.to_owned(), name.to_owned());
        let moved = tokio::task::spawn_blocking(move || move_in(&folder, &file, &owned_name)).await;
        match moved.map_err(io::Error::other)? {
            Ok(size) => Ok(StoredFile { name: name.to_owned(), size }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(StoreError::Exists(name.to_owned())),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes the file called `name`. It is not an error if it does not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError::Name`], [`StoreError::Object`].
    pub async fn delete(&self, name: &str) -> Result<(), StoreError> {
        check_name(name)?;
        match self.objects.delete(&ObjectPath::from(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// All files, sorted by name.
    ///
    /// # Errors
    ///
    /// [`StoreError::Object`].
    pub async fn list(&self) -> Result<Vec<StoredFile>, StoreError> {
        let objects: Vec<_> = self.objects.list(None).try_collect().await?;
        let files =
            objects.into_iter().map(|object| StoredFile { name: object.location.to_string(), size: object.size });
        let mut files: Vec<_> = files.filter(|file| check_name(&file.name).is_ok()).collect();
        files.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(files)
    }

    /// The names of the files that were not written since `moment_ms` (Unix milliseconds, UTC).
    ///
    /// # Errors
    ///
    /// [`StoreError::Object`].
    pub async fn unchanged_since(&self, moment_ms: i64) -> Result<Vec<String>, StoreError> {
        let objects: Vec<_> = self.objects.list(None).try_collect().await?;
        let old = objects.into_iter().filter(|object| object.last_modified.timestamp_millis() < moment_ms);
        Ok(old.map(|object| object.location.to_string()).filter(|name| check_name(name).is_ok()).collect())
    }

    /// The size in bytes of the file called `name`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Object`] if it does not exist; [`StoreError::Name`].
    pub async fn size(&self, name: &str) -> Result<u64, StoreError> {
        check_name(name)?;
        Ok(self.objects.head(&ObjectPath::from(name)).await?.size)
    }

    /// The same store, with reading wrapped by `wrapped`.
    #[cfg(test)]
    pub(crate) fn read_through(self, wrapped: impl FnOnce(Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore>) -> Self {
        Self { objects: wrapped(self.objects), ..self }
    }

    /// The local path of the file called `name`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Name`].
    pub fn path(&self, name: &str) -> Result<PathBuf, StoreError> {
        check_name(name)?;
        Ok(self.folder.join(name))
    }

    /// The files, for reading.
    pub(crate) fn objects(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.objects)
    }
}

/// Checks that a name needs no escaping in addresses and cannot point out of the folder.
fn check_name(name: &str) -> Result<(), StoreError> {
    let fits =
        |stem: &str| !stem.is_empty() && stem.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    match name.strip_suffix(ENDING) {
        Some(stem) if fits(stem) => Ok(()),
        _ => Err(StoreError::Name(name.to_owned())),
    }
}

fn move_in(folder: &Path, file: &Path, name: &str) -> io::Result<u64> {
    let opened = File::open(file)?;
    let size = opened.metadata()?.len();
    opened.sync_all()?;
    let target = folder.join(name);
    // A hard link, because renaming would replace an existing file.
    match std::fs::hard_link(file, &target) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => copy_in(opened, folder, name, &target)?,
        linked => linked?,
    }
    File::open(folder)?.sync_all()?;
    std::fs::remove_file(file)?;
    Ok(size)
}

fn copy_in(mut file: File, folder: &Path, name: &str, target: &Path) -> io::Result<()> {
    let unfinished = folder.join(format!("{UNFINISHED}{name}"));
    let copied = File::create(&unfinished).and_then(|mut copy| {
        io::copy(&mut file, &mut copy)?;
        copy.sync_all()?;
        std::fs::hard_link(&unfinished, target)
    });
    std::fs::remove_file(&unfinished)?;
    copied
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn store() -> (TempDir, Store, PathBuf) {
        let folder = TempDir::new().unwrap();
        let store = Store::local(&folder.path().join("data")).unwrap();
        let file = folder.path().join("finished");
        std::fs::write(&file, "rows").unwrap();
        (folder, store, file)
    }

    #[tokio::test]
    async fn a_file_is_moved_in_listed_and_deleted() {
        let (_folder, store, file) = store();
        let stored = store.bring_in("a-1.parquet", &file).await.unwrap();
        assert_eq!(stored, StoredFile { name: "a-1.parquet".to_owned(), size: 4 });
        assert!(!file.exists());
        assert_eq!(store.list().await.unwrap(), vec![stored]);
        assert_eq!(store.size("a-1.parquet").await.unwrap(), 4);
        for _ in 0..2 {
            store.delete("a-1.parquet").await.unwrap();
        }
        assert_eq!(store.list().await.unwrap(), vec![]);
        assert!(store.size("a-1.parquet").await.is_err());
    }

    #[tokio::test]
    async fn a_file_never_changes() {
        let (_folder, store, file) = store();
        store.bring_in("a.parquet", &file).await.unwrap();
        std::fs::write(&file, "other rows").unwrap();
        let refused = store.bring_in("a.parquet", &file).await;
        assert!(matches!(refused, Err(StoreError::Exists(_))), "{refused:?}");
        assert!(file.exists());
        assert_eq!(store.size("a.parquet").await.unwrap(), 4);
    }

    #[tokio::test]
    async fn no_name_points_out_of_the_folder() {
        let (_folder, store, file) = store();
        for name in ["../a.parquet", "/a.parquet", "a/b.parquet", ".parquet", "a", "a.parquet.gz", "A.parquet", ""] {
            let refused = store.bring_in(name, &file).await;
            assert!(matches!(refused, Err(StoreError::Name(_))), "{name}: {refused:?}");
            assert!(store.delete(name).await.is_err(), "{name}");
        }
    }

    #[tokio::test]
    async fn the_remains_of_an_interrupted_copy_are_removed() {
        let (folder, _, file) = store();
        let data = folder.path().join("data");
        copy_in(File::open(&file).unwrap(), &data, "whole.parquet", &data.join("whole.parquet")).unwrap();
        std::fs::write(data.join(".unfinished-half.parquet"), "ro").unwrap();
        let store = Store::local(&data).unwrap();
        let names: Vec<_> = store.list().await.unwrap().into_iter().map(|file| file.name).collect();
        assert_eq!(names, ["whole.parquet"]);
        assert_eq!(std::fs::read_dir(&data).unwrap().count(), 1);
    }
}
