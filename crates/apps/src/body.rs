//! Bodies on their way: passed on piece by piece, cut when the sign-in ends.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Extensions;
use http_body::{Body as HttpBody, Frame, SizeHint};
use thiserror::Error;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::watch::Watch;

/// The sign-in ended while a body was on its way. A body that ends so is not taken for a whole one.
#[derive(Debug, Error)]
#[error("the sign-in ended")]
pub(super) struct Cut;

/// What one request keeps until the last of it has gone by: its place among the connections, and the like.
pub(super) type Kept = Arc<Extensions>;

/// A body that is passed on. Trailers (RFC 9110, section 6.5) are not: an app would take them for headers.
struct Passing<B> {
    source: Arc<Mutex<Source<B>>>,
    progress: Progress,
    cutting: AbortHandle,
}

/// Where a body comes from. What takes it may never ask for more, as a browser that allows an HTTP/2 stream no further
/// byte (RFC 9113, section 6.9), so this is emptied from beside when the sign-in ends.
enum Source<B> {
    /// Nobody has cut it: the body, what is kept beside it, and who waits for its next piece.
    Open { body: B, _kept: Kept, waiting: Option<Waker> },
    /// It was cut.
    Cut,
}

/// `body`, until `watch` ends it. Each piece is noted in `progress`.
pub(super) fn passing<B>(body: B, watch: &Watch, progress: Progress, kept: Kept) -> Body
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>> + Send + Unpin + 'static,
{
    // Nobody waits for a body that has ended.
    if body.is_end_stream() {
        return Body::empty();
    }
    let source = Arc::new(Mutex::new(Source::Open { body, _kept: kept, waiting: None }));
    // What goes by before that goes with it, and not with the task, which ends a little later.
    let (over, cut) = (watch.over(), Arc::downgrade(&source));
    let cutting = tokio::spawn(async move {
        over.await;
        if let Some(source) = cut.upgrade() {
            Source::cut(&source);
        }
    });
    Body::new(Passing { source, progress, cutting: cutting.abort_handle() })
}

impl<B> Source<B> {
    /// Lets go of the body and all that is kept for it, and says so to who waits for it.
    fn cut(source: &Mutex<Self>) {
        let cut = std::mem::replace(&mut *source.lock().unwrap_or_else(PoisonError::into_inner), Self::Cut);
        if let Self::Open { waiting: Some(waiting), .. } = cut {
            waiting.wake();
        }
    }
}

impl<B> HttpBody for Passing<B>
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>> + Unpin,
{
    type Data = Bytes;
    type Error = Box<dyn StdError + Send + Sync>;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        let Source::Open { body, waiting, .. } = &mut *source else { return Poll::Ready(Some(Err(Cut.into()))) };
        if !waiting.as_ref().is_some_and(|waiting| waiting.will_wake(cx.waker())) {
            *waiting = Some(cx.waker().clone());
        }
        loop {
            let frame = ready!(Pin::new(&mut *body).poll_frame(cx));
            self.progress.note();
            match frame {
                Some(Ok(frame)) if !frame.is_data() => {}
                frame => return Poll::Ready(frame.map(|frame| frame.map_err(Into::into))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &*self.source.lock().unwrap_or_else(PoisonError::into_inner) {
            Source::Open { body, .. } => body.is_end_stream(),
            Source::Cut => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &*self.source.lock().unwrap_or_else(PoisonError::into_inner) {
            Source::Open { body, .. } => body.size_hint(),
            Source::Cut => SizeHint::default(),
        }
    }
}

impl<B> Drop for Passing<B> {
    fn drop(&mut self) {
        self.cutting.abort();
    }
}

/// When something of a request went by last. Clones share it.
#[derive(Clone)]
pub(super) struct Progress(Arc<Mutex<Instant>>);

impl Progress {
    /// Begins now.
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Done when nothing went by for as long as `timeout`.
    pub(super) async fn stalled(&self, timeout: Duration) {
        loop {
            let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if last.elapsed() >= timeout {
                return;
            }
            sleep_until(last + timeout).await;
        }
    }
}
