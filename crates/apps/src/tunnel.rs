//! WebSockets (RFC 6455): once both sides have agreed, bytes are passed on until one side closes or the sign-in ends.
//!
//! A message from the page counts as activity of the person, so nobody who uses an app only over a WebSocket is signed
//! out as idle. Pongs and messages from the app do not count, because they also come while the person is away.

use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf, copy, split};
use tokio::time::timeout;

use super::body::Kept;
use super::frames::Frames;
use super::watch::Watch;

/// How long the two sides may take to switch protocols.
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one side may continue after the other has closed.
const REST: Duration = Duration::from_secs(10);

/// Connects `browser` and `app`, in the background, until `watch` ends it. `kept` is dropped at the end.
pub(super) fn connect(browser: OnUpgrade, app: OnUpgrade, watch: Watch, kept: Kept) {
    tokio::spawn(async move {
        let over = watch.over();
        tokio::select! {
            () = over => tracing::debug!("a WebSocket is cut: the sign-in ended"),
            done = carry(browser, app, &watch) => {
                if let Err(error) = done {
                    tracing::debug!(%error, "a WebSocket ended");
                }
            }
        }
        drop(kept);
    });
}

async fn carry(browser: OnUpgrade, app: OnUpgrade, watch: &Watch) -> io::Result<()> {
    let both = async { tokio::try_join!(browser, app) };
    let (browser, app) = timeout(UPGRADE_TIMEOUT, both).await?.map_err(io::Error::other)?;
    let observed = ObservedStream { stream: TokioIo::new(browser), frames: Frames::default(), watch };
    let ((browser_out, browser_in), (app_out, app_in)) = (split(observed), split(TokioIo::new(app)));
    let mut there = pin!(pass(browser_out, app_in));
    let mut back = pin!(pass(app_out, browser_in));
    tokio::select! {
        done = &mut there => { done?; timeout(REST, back).await? }
        done = &mut back => { done?; timeout(REST, there).await? }
    }
}

/// Copies everything from `from` to `to`, and then closes `to`.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) -> io::Result<()> {
    copy(&mut from, &mut to).await?;
    to.shutdown().await
}

/// The browser's side. Its messages count as activity of the person.
struct ObservedStream<'a> {
    stream: TokioIo<Upgraded>,
    frames: Frames,
    watch: &'a Watch,
}

impl AsyncRead for ObservedStream<'_> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let bytes = buffer.filled().get(before..).unwrap_or_default();
        if self.frames.contain_message(bytes) {
            self.watch.note_activity();
        }
        read
    }
}

impl AsyncWrite for ObservedStream<'_> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
