//! Limits the size of a form apart from its file.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::extract::Request;
use futures_util::StreamExt as _;

/// The limit apart from the file: the multipart delimiters, and small fields.
const MAX_BESIDE_FILE: usize = 64 * 1024;

/// Counts the bytes of a form apart from its file. The form parser buffers them in memory, so there must not be many.
#[derive(Clone, Default)]
pub struct BesideFile(Arc<AtomicUsize>);

impl BesideFile {
    /// While the file itself is received.
    const PAUSED: usize = usize::MAX;

    /// `request` with a body that fails as soon as too much apart from the file was received.
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
        // A chunk can contain the end of other data and the beginning of the file.
        seen <= MAX_BESIDE_FILE
    }

    /// From now on the bytes belong to the file.
    pub fn pause(&self) {
        self.0.store(Self::PAUSED, Ordering::Relaxed);
    }

    /// The file is complete.
    pub fn go_on(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}
