//! A store whose files can be held: reading them then blocks.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

use crate::store::Store;

/// An event of reading a held file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Began,
    Ended,
}

/// A store that lists its files, but blocks reading while `held` is true.
#[derive(Debug)]
pub(super) struct HeldStore {
    files: Arc<dyn ObjectStore>,
    held: watch::Receiver<bool>,
    readings: UnboundedSender<Reading>,
}

impl HeldStore {
    /// Wraps `store` so that reading blocks while `held` is true. Also returns the events of reading.
    pub(super) fn of(store: Store, held: watch::Receiver<bool>) -> (Store, UnboundedReceiver<Reading>) {
        let (readings, receiver) = unbounded_channel();
        (store.read_through(|files| Arc::new(Self { files, held, readings })), receiver)
    }
}

/// Sends an event that the reading ended when it is dropped.
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
        let mut held = self.held.clone();
        if options.head || !*held.borrow() {
            return self.files.get_opts(location, options).await;
        }
        let _ending = Ending(self.readings.clone());
        _ = self.readings.send(Reading::Began);
        // On an error the sender is gone, so the file can never be released.
        _ = held.wait_for(|held| !held).await;
        self.files.get_opts(location, options).await
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
