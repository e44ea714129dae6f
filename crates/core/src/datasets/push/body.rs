//! The body of a request, on disk, because it may be too large for memory.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter::successors;
use std::path::PathBuf;

use futures_util::{Stream, StreamExt as _};
use rolecall_sign_in::private_files;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use thiserror::Error as ThisError;
use tokio::io::AsyncWriteExt as _;

use super::super::error::DatasetError;
use super::super::handle::Datasets;

/// The largest request with rows, in bytes, by default.
const MAX_BYTES: u64 = 50_000_000;

/// How much of an oversized body is read and discarded, so that the sender can read the answer.
const MAX_THROWN_AWAY_BYTES: u64 = 4_000_000;

/// A received body. Its file is deleted when this is dropped.
#[derive(Debug)]
pub struct ReceivedBody {
    folder: TempDir,
    /// SHA-256 of it.
    pub digest: Vec<u8>,
}

/// Why a body was not received. No part of it is kept.
#[derive(Debug, ThisError)]
pub enum BodyError {
    /// It is larger than this many bytes.
    #[error("the body is larger than {0} bytes")]
    TooLarge(u64),
    /// The sender stopped before the end.
    #[error("the body ended before its end")]
    Interrupted(#[source] Box<dyn Error + Send + Sync>),
    /// It arrived too slowly.
    #[error("the body came in too slowly")]
    TooSlow,
    /// It cannot be written.
    #[error("the body cannot be written")]
    Files(#[from] DatasetError),
}

impl ReceivedBody {
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("body")
    }
}

impl Datasets {
    /// The largest request with rows, in bytes.
    #[must_use]
    pub fn max_push_bytes(&self) -> u64 {
        self.importer.limits.file_bytes.min(MAX_BYTES)
    }

    /// Writes `body` to disk, if it has at most `limit` bytes.
    pub async fn take_in<B: AsRef<[u8]>, E: Into<Box<dyn Error + Send + Sync>>>(
        &self,
        mut body: impl Stream<Item = Result<B, E>> + Unpin,
        limit: u64,
    ) -> Result<ReceivedBody, BodyError> {
        let io = |error: std::io::Error| BodyError::Files(error.into());
        let mut received = ReceivedBody { folder: self.incoming()?, digest: Vec::new() };
        private_files::make_file(&received.path()).map_err(io)?;
        let mut file = tokio::fs::File::create(received.path()).await.map_err(io)?;
        let (mut bytes, mut digest) = (0, Sha256::new());
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| interrupted(error.into()))?;
            bytes += chunk.as_ref().len() as u64;
            if bytes > limit + MAX_THROWN_AWAY_BYTES {
                return Err(BodyError::TooLarge(limit));
            }
            if bytes > limit {
                continue;
            }
            digest.update(chunk.as_ref());
            file.write_all(chunk.as_ref()).await.map_err(io)?;
        }
        if bytes > limit {
            return Err(BodyError::TooLarge(limit));
        }
        file.flush().await.map_err(io)?;
        received.digest = digest.finalize().to_vec();
        Ok(received)
    }
}

/// Why a body ended with `error`.
fn interrupted(error: Box<dyn Error + Send + Sync>) -> BodyError {
    let is_timeout = |error: &io::Error| error.kind() == ErrorKind::TimedOut;
    let first: &(dyn Error + 'static) = &*error;
    let mut chain = successors(Some(first), |error| (**error).source());
    if chain.any(|error| error.downcast_ref().is_some_and(is_timeout)) {
        return BodyError::TooSlow;
    }
    BodyError::Interrupted(error)
}
