//! Bodies on their way: passed on piece by piece, cut when the sign-in ends.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Extensions;
use futures_util::future::BoxFuture;
use http_body::{Body as HttpBody, Frame, SizeHint};
use pin_project_lite::pin_project;
use thiserror::Error;
use tokio::time::{Instant, sleep_until};

use super::watch::Watch;

/// The sign-in ended while a body was on its way. A body that ends so is not taken for a whole one.
#[derive(Debug, Error)]
#[error("the sign-in ended")]
pub(super) struct Cut;

/// What one request keeps until the last of it has gone by: its place among the connections, and the like.
pub(super) type Kept = Arc<Extensions>;

pin_project! {
    /// A body that is passed on. Trailers (RFC 9110, section 6.5) are not: an app would take them for headers.
    struct Passing<B> {
        #[pin]
        body: B,
        over: BoxFuture<'static, ()>,
        progress: Progress,
        kept: Kept,
    }
}

/// `body`, until `watch` ends it; `progress` is told of each piece.
pub(super) fn passing<B>(body: B, watch: &Watch, progress: Progress, kept: Kept) -> Body
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>> + Send + 'static,
{
    // Nobody waits for a body that has ended.
    if body.is_end_stream() {
        return Body::empty();
    }
    Body::new(Passing { body, over: Box::pin(watch.over()), progress, kept })
}

impl<B> HttpBody for Passing<B>
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>>,
{
    type Data = Bytes;
    type Error = Box<dyn StdError + Send + Sync>;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let mut this = self.project();
        if this.over.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(Cut.into())));
        }
        loop {
            let frame = ready!(this.body.as_mut().poll_frame(cx));
            this.progress.note();
            match frame {
                Some(Ok(frame)) if !frame.is_data() => {}
                frame => return Poll::Ready(frame.map(|frame| frame.map_err(Into::into))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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

    /// Done when nothing went by for as long as `patience`.
    pub(super) async fn stalled(&self, patience: Duration) {
        loop {
            let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if last.elapsed() >= patience {
                return;
            }
            sleep_until(last + patience).await;
        }
    }
}
