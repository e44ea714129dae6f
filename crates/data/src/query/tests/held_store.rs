//! Files that nobody can read, from some moment on: who tries waits for ever.

use std::fmt::{self, Display, Formatter};
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::store::Store;

/// What happens to who reads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Began,
    Ended,
}

/// A store whose files are there, but cannot be read while `held` is true.
#[derive(Debug)]
pub(super) struct HeldStore {
    files: Arc<dyn ObjectStore>,
    held: Arc<AtomicBool>,
    readings: UnboundedSender<Reading>,
}

impl HeldStore {
    /// `store`, held while that is true, and what happens to who reads it then.
    pub(super) fn of(store: Store, held: &Arc<AtomicBool>) -> (Store, UnboundedReceiver<Reading>) {
        let (readings, receiver) = unbounded_channel();
        let held = Arc::clone(held);
        (store.read_through(|files| Arc::new(Self { files, held, readings })), receiver)
    }
}

/// Says that a reading ended when it is dropped.
struct Ending(UnboundedSender<Reading>);

impl Drop for Ending {
    fn drop(&mut self) {
        _ = self.0.send(Reading::Ended);
    }
}

impl Display for HeldStore {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("files that nobody can read")
    }
}

#[async_trait]
impl ObjectStore for HeldStore {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if options.head || !self.held.load(Ordering::SeqCst) {
            return self.files.get_opts(location, options).await;
        }
        let _ending = Ending(self.readings.clone());
        _ = self.readings.send(Reading::Began);
        pending().await
    }

    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.files.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.files.put_multipart_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.files.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.files.copy_opts(from, to, options).await
    }
}
