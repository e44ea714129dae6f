//! Request and response bodies: streamed piece by piece, and cut off when the sign-in ends.

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

/// The sign-in ended during the transfer of a body. Because of this error, nobody takes the part for the whole.
#[derive(Debug, Error)]
#[error("the sign-in ended")]
pub(super) struct Cut;

/// What a request keeps until it is completely transferred, for example its place among the connections.
pub(super) type Kept = Arc<Extensions>;

/// A body that is passed on, without its trailers (RFC 9110, section 6.5): an app would take them for headers.
struct Passing<B> {
    source: Arc<Mutex<Source<B>>>,
    progress: Progress,
    cutting: AbortHandle,
}

/// The source of a body. Its receiver may never ask for more, like a browser that grants an HTTP/2 stream no more bytes
/// (RFC 9113, section 6.9). So when the sign-in ends, another task replaces the source by `Cut`.
enum Source<B> {
    /// Not cut off: the body, what is kept until its end, and the task that waits for its next piece.
    Open { body: B, _kept: Kept, waiting: Option<Waker> },
    /// Cut off.
    Cut,
}

/// `body`, until `watch` ends it. Each piece is noted in `progress`.
pub(super) fn passing<B>(body: B, watch: &Watch, progress: Progress, kept: Kept) -> Body
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>> + Send + Unpin + 'static,
{
    // A body that is already over needs no watching.
    if body.is_end_stream() {
        return Body::empty();
    }
    let source = Arc::new(Mutex::new(Source::Open { body, _kept: kept, waiting: None }));
    // The task holds only a weak reference, so what is kept is dropped with the body, not with the task a little later.
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
    /// Drops the body and everything that is kept for it, and wakes the task that waits for it.
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

/// When a piece of a request was last transferred. Clones share it.
#[derive(Clone)]
pub(super) struct Progress(Arc<Mutex<Instant>>);

impl Progress {
    /// Starts now.
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Completes when nothing was transferred for `timeout`.
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
