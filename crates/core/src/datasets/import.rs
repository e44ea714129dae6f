//! Imports a file as the current version of a data set: all of it, or nothing.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rolecall_data::import::{Converted, Examined, Given, ImportError, Progress, Reading};
use rolecall_model::data::DataColumn;
use rolecall_sign_in::private_files;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

use super::catalog::{self, NewDataSet, NewVersion};
use super::dataset::{DataSet, DataSetKind};
use super::error::DatasetError;
use super::handle::Datasets;
use super::importer::Importer;
use super::rights::Changer;
use super::source::{FileEffect, FileOfVersion, SourceFile, VersionSource, shown_name, stored_name};
use super::target::Target;

/// The folder of unfinished files, in that of the data sets.
pub(super) const INCOMING: &str = "incoming";
/// How many retries there are while others import at the same time.
const TRIES: usize = 5;

/// The result of an import.
#[derive(Clone, Debug)]
pub struct Imported {
    /// How the file was read.
    pub reading: Reading,
    /// How many rows it has.
    pub rows: u64,
    /// The version of the data set that it became.
    pub version: u64,
}

/// The rows of a file, written but not yet part of a data set.
#[derive(Debug)]
pub struct Prepared {
    /// The name of its Parquet file in the store.
    pub name: String,
    path: PathBuf,
    reading: Reading,
    converted: Converted,
    source: VersionSource,
}

impl Datasets {
    /// Imports `file` for `by`; without a person it is the command. It is read as `given` says, then like the last file
    /// of the data set, if any, and the rest is inferred.
    ///
    /// # Errors
    /// [`DatasetError::Import`] with every mistake of the file; the others. Nothing was changed then.
    pub async fn import_file(
        &self,
        file: &Path,
        mut given: Given,
        target: &Target,
        by: Option<Changer>,
    ) -> Result<Imported, DatasetError> {
        if let Some(before) = self.before(target, by).await?.filter(|_| target.keeps_columns()) {
            given.template = self.template(&before.data.dataset).await?.map(|(template, _)| template);
        }
        let name = shown_name(&file.to_string_lossy());
        let folder = self.incoming()?;
        let go_on = |_: Progress| ControlFlow::Continue(());
        let examined = self.examine(file, &given, go_on).await?;
        if !examined.questions.is_empty() {
            return Err(DatasetError::Ambiguous(Box::new(examined)));
        }
        let reading = examined.reading;
        let into = folder.path().join("rows.parquet");
        let sha256 = sha256_of(file.to_owned()).await?;
        let file = SourceFile { path: file, name: &name, sha256: &sha256 };
        let prepared = self.prepare(file, reading, (target, by), &into, go_on).await?;
        self.bring_in(prepared, target, by).await
    }

    /// Examines `file` in a separate process.
    ///
    /// # Errors
    /// [`DatasetError::Import`].
    pub async fn examine(
        &self,
        file: &Path,
        given: &Given,
        progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Examined, DatasetError> {
        Ok(self.importer.worker.examine(file, given, &self.importer.limits, progress).await?)
    }

    /// Writes the rows of `source_file` to the new Parquet file `into`, in a separate process, with the columns of the
    /// data set if the target keeps them. No data set changes yet.
    ///
    /// # Errors
    /// [`DatasetError::Import`] with every mistake of the file; or the reason why the person may not change the target.
    pub async fn prepare(
        &self,
        source_file: SourceFile<'_>,
        mut reading: Reading,
        (target, by): (&Target, Option<Changer>),
        into: &Path,
        progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Prepared, DatasetError> {
        let before = self.before(target, by).await?;
        let as_examined = reading.clone();
        if let Some(before) = before.filter(|_| target.keeps_columns()) {
            reading = reading.for_columns(&before.data.columns).map_err(ImportError::Mistakes)?;
        }
        let Importer { worker, limits } = &self.importer;
        let converted = worker.convert(source_file.path, &reading, into, limits, progress).await?;
        private_files::close_to_others(into)?;
        target.check_rows(converted.rows)?;
        let file = FileOfVersion { name: source_file.name.to_owned(), rows: converted.rows, effect: target.effect() };
        let name = stored_name(target.name(), source_file.sha256);
        let (sha256, stored_as) = (source_file.sha256.to_owned(), name.clone());
        let source = VersionSource { file, sha256, stored_as, reading: as_examined };
        Ok(Prepared { name, path: into.to_owned(), reading, converted, source })
    }

    /// Makes the `prepared` rows the current version of the `target`, for `by`; without a person it is the command. It
    /// is logged and audited.
    ///
    /// # Errors
    /// When the data set, the database or the store does not allow it. Nothing was changed then.
    pub async fn bring_in(
        &self,
        prepared: Prepared,
        target: &Target,
        by: Option<Changer>,
    ) -> Result<Imported, DatasetError> {
        let before = self.before(target, by).await?;
        self.store.bring_in(&prepared.name, &prepared.path).await?;
        let version = match self.add(target, before, &prepared, by).await {
            Ok(version) => version,
            Err(error) => self.after_failure(&prepared.name, error).await?,
        };
        let Prepared { reading, converted, .. } = prepared;
        self.forget_catalogue();
        self.note_change(target.name(), "imported", by.map(|by| by.user));
        Ok(Imported { reading, rows: converted.rows, version })
    }

    /// The version that uses the file called `name`, although storing it ended with `error`: the answer to a successful
    /// commit can be lost. A file that certainly no version uses is deleted; otherwise that is left to the sweep.
    ///
    /// # Errors
    /// `error`, if no version uses the file.
    pub(super) async fn after_failure(&self, name: &str, error: DatasetError) -> Result<u64, DatasetError> {
        let is_unclear = matches!(error, DatasetError::Database(_));
        match catalog::version_with(&self.db, name).await {
            Ok(Some(version)) => {
                tracing::warn!(?error, name, version, "a version was stored, although the database reported an error");
                return Ok(version);
            }
            Ok(None) if !is_unclear => {
                if let Err(left) = self.store.delete(name).await {
                    tracing::warn!(error = ?left, name, "the file of an import that failed could not be deleted");
                }
            }
            // The commit may still be in progress, or cannot be checked.
            Ok(None) => {}
            Err(unseen) => tracing::warn!(error = ?unseen, name, "could not check whether an import was stored"),
        }
        Err(error)
    }

    /// Stores the version with the file of `prepared`.
    async fn add(
        &self,
        target: &Target,
        mut before: Option<DataSet>,
        prepared: &Prepared,
        by: Option<Changer>,
    ) -> Result<u64, DatasetError> {
        let Prepared { name, converted, source, .. } = prepared;
        let (owner, limit) = (by.map(|by| by.user), by.and_then(|by| self.limit_for(by)));
        for _ in 0..TRIES {
            let Some(known) = &before else {
                let Target::New { name: dataset, title, role } = target else {
                    return Err(DatasetError::Unknown(target.name().to_owned()));
                };
                let (id, files) = (Uuid::new_v4().simple().to_string(), [name.clone()]);
                let kind = DataSetKind::Uploaded;
                let new =
                    NewDataSet { id: &id, name: dataset, title, description: "", kind, role: *role, owner, limit };
                let size = (converted.rows, converted.bytes);
                let first = self.version(1, source, &converted.columns, &files, size, owner);
                let is_made = catalog::create(&self.db, &new, &first).await?;
                return if is_made { Ok(1) } else { Err(DatasetError::Exists(dataset.clone())) };
            };
            if target.keeps_columns() && known.data.columns != converted.columns {
                return Err(DatasetError::Busy(known.name.clone()));
            }
            if matches!(target, Target::AppendOnce(_)) && self.added_before(known, &source.sha256).await?.is_some() {
                return Err(DatasetError::AddedBefore(known.name.clone()));
            }
            let (files, rows, bytes) = if target.effect() == FileEffect::Added {
                let files: Vec<String> = known.data.files.iter().cloned().chain([name.clone()]).collect();
                (files, known.data.rows + converted.rows, known.bytes + converted.bytes)
            } else {
                (vec![name.clone()], converted.rows, converted.bytes)
            };
            let version = known.data.version + 1;
            let new = self.version(version, source, &converted.columns, &files, (rows, bytes), owner);
            if catalog::add_version(&self.db, known, &new).await? {
                return Ok(version);
            }
            // Somebody else stored that version, changed the owner, or deleted the data set in the meantime.
            before = self.before(target, by).await?;
        }
        Err(DatasetError::Busy(target.name().to_owned()))
    }

    fn version<'a>(
        &self,
        version: u64,
        source: &'a VersionSource,
        columns: &'a [DataColumn],
        files: &'a [String],
        (rows, bytes): (u64, u64),
        created_by: Option<i64>,
    ) -> NewVersion<'a> {
        let (source, created_at_ms) = (Some(source), self.clock.now_ms());
        NewVersion { version, columns, files, rows, bytes, source, created_by, created_at_ms }
    }

    /// A folder for one import, deleted when the returned value is dropped.
    pub(super) fn incoming(&self) -> Result<TempDir, DatasetError> {
        let folder = self.folder.join(INCOMING);
        private_files::make_folder(&folder)?;
        Ok(tempfile::tempdir_in(folder)?)
    }
}

/// The SHA-256 of a file, in hexadecimal digits.
async fn sha256_of(file: PathBuf) -> Result<String, DatasetError> {
    let digest = tokio::task::spawn_blocking(move || {
        let mut digest = Sha256::new();
        io::copy(&mut File::open(file)?, &mut digest)?;
        Ok::<_, io::Error>(format!("{:x}", digest.finalize()))
    });
    Ok(digest.await.map_err(io::Error::other)??)
}
