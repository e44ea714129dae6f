//! The result of a query as a file in the store.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rolecall_data::connection::{ConnectionError, Snapshot};
use rolecall_model::data::DataColumn;
use rolecall_sign_in::private_files;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

use super::super::error::DatasetError;
use super::super::handle::Datasets;

/// A snapshot that is not in the store yet.
pub(super) struct Taken {
    /// The size of the result.
    pub(super) snapshot: Snapshot,
    /// When the query was sent, Unix milliseconds (UTC).
    pub(super) asked_at_ms: i64,
    /// SHA-256 of its file, as base64.
    pub(super) digest: String,
    file: PathBuf,
    /// Keeps the folder until this is dropped.
    _folder: TempDir,
}

impl Datasets {
    /// Runs `statement` on the connection called `name`. If columns are `known`, the snapshot has these.
    ///
    /// # Errors
    /// [`DatasetError::Connection`]; [`DatasetError::NoConnection`].
    pub(super) async fn take(
        &self,
        name: &str,
        statement: &str,
        known: Option<&[DataColumn]>,
    ) -> Result<Taken, DatasetError> {
        let connection = self.connections.named(name).ok_or_else(|| DatasetError::NoConnection(name.to_owned()))?;
        let folder = self.incoming()?;
        let file = folder.path().join("rows.parquet");
        let asked_at_ms = self.clock.now_ms();
        let snapshot = connection.snapshot(statement, known, &file).await?;
        private_files::close_to_others(&file)?;
        let hashed = file.clone();
        let digest = tokio::task::spawn_blocking(move || digest_of(&hashed));
        let digest = digest.await.map_err(|_| ConnectionError::Ended)??;
        Ok(Taken { snapshot, asked_at_ms, digest, file, _folder: folder })
    }

    /// Moves the snapshot for the data set called `dataset` into the store. Returns the name of the file.
    pub(super) async fn store_taken(&self, dataset: &str, taken: &Taken) -> Result<String, DatasetError> {
        let name = format!("{dataset}-{}.parquet", Uuid::new_v4().simple());
        self.store.bring_in(&name, &taken.file).await?;
        Ok(name)
    }

    /// Deletes the file called `name`, which is not used after all.
    pub(super) async fn discard_taken(&self, name: &str) {
        if let Err(error) = self.store.delete(name).await {
            tracing::warn!(?error, name, "a snapshot that was not needed could not be deleted");
        }
    }
}

fn digest_of(file: &PathBuf) -> std::io::Result<String> {
    let (mut hasher, mut file) = (Sha256::new(), std::fs::File::open(file)?);
    std::io::copy(&mut file, &mut hasher)?;
    Ok(STANDARD_NO_PAD.encode(hasher.finalize()))
}
