//! How much of a form may come beside the file in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::extract::Request;
use futures_util::StreamExt as _;

/// How much may come beside the file: the form's own marks, and small fields.
const MAX_BESIDE_FILE: usize = 64 * 1024;

/// Counts what comes of a form beside its file. The reader of forms keeps that in memory until it makes sense, so that there must
/// not be much of it.
#[derive(Clone, Default)]
pub struct BesideFile(Arc<AtomicUsize>);

impl BesideFile {
    /// While the file itself comes.
    const PAUSED: usize = usize::MAX;

    /// `request` with a body that ends with an error as soon as too much has come beside the file.
    pub fn guarding(&self, request: Request) -> Request {
        let (parts, body) = request.into_parts();
        let seen = self.clone();
        let pieces = body.into_data_stream().map(move |piece| {
            let piece = piece?;
            if seen.admits(piece.len()) { Ok(piece) } else { Err(axum::Error::new("too much beside the file")) }
        });
        Request::from_parts(parts, Body::from_stream(pieces))
    }

    fn admits(&self, bytes: usize) -> bool {
        let seen = self.0.load(Ordering::Relaxed);
        if seen == Self::PAUSED {
            return true;
        }
        self.0.store(seen.saturating_add(bytes).min(Self::PAUSED - 1), Ordering::Relaxed);
        // A piece can hold the end of it and the beginning of the file.
        seen <= MAX_BESIDE_FILE
    }

    /// What comes now is the file's.
    pub fn pause(&self) {
        self.0.store(Self::PAUSED, Ordering::Relaxed);
    }

    /// The file is over.
    pub fn go_on(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}
