//! Claims on uploads: who works on one, and the progress.

use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rolecall_data::import::Progress;
use rolecall_sign_in::Clock;
use serde::{Deserialize, Serialize};
use tokio::time::{MissedTickBehavior, interval};
use tracing::Instrument as _;
use uuid::Uuid;

use super::error::UploadError;
use super::files::UploadFolder;
use crate::request_id;

const WORK: &str = "work.json";
/// This file exists once the person has cancelled the work.
const CANCEL: &str = "cancel";
/// How often the worker renews its claim, and checks whether to stop.
const TICK: Duration = Duration::from_millis(500);
/// A claim that was not renewed for this long counts as abandoned.
const GIVEN_UP_MS: i64 = 30_000;
/// The same while a file is being received, which may pause for a minute.
const GIVEN_UP_RECEIVING_MS: i64 = 120_000;

/// How long after the last renewal a version can still appear: a commit may be in progress.
pub(super) const UNCLEAR: Duration = Duration::from_mins(2);

/// Work on an upload, as noted in its folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    holder: String,
    /// When it began, Unix milliseconds (UTC).
    pub began_at_ms: i64,
    /// When the claim was last renewed, Unix milliseconds (UTC).
    pub renewed_at_ms: i64,
    /// The progress.
    pub progress: Progress,
    is_receiving: bool,
}

impl Work {
    /// The work on the upload in `folder` that is in progress at `now_ms`. An invalid note counts as abandoned.
    pub(super) async fn on(folder: &UploadFolder, now_ms: i64) -> Result<Option<Self>, UploadError> {
        Ok(folder.read_json::<Self>(WORK).await?.filter(|work| !work.is_given_up(now_ms)))
    }

    fn is_given_up(&self, now_ms: i64) -> bool {
        let limit = if self.is_receiving { GIVEN_UP_RECEIVING_MS } else { GIVEN_UP_MS };
        now_ms.saturating_sub(self.renewed_at_ms) > limit
    }
}

/// Completes `work` even if the caller is gone: otherwise what a request has begun on disk would look as if a process
/// had been killed, until the sweep.
pub(super) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, UploadError>> + Send + 'static,
) -> Result<T, UploadError> {
    request_id::spawn(work.in_current_span()).await.map_err(io::Error::other)?
}

/// Requests cancellation of the work in `folder`.
pub(super) async fn cancel(folder: &UploadFolder) -> Result<(), UploadError> {
    folder.write_json(CANCEL, &true).await
}

/// Removes the claim in `folder`, because nobody works on it.
pub(super) async fn give_up(folder: &UploadFolder) {
    folder.forget(&[WORK]).await;
}

/// The right to work on an upload, until [`end`](Self::end) or until this is dropped.
pub(super) struct Lease {
    folder: UploadFolder,
    clock: Clock,
    work: Work,
    is_over: bool,
}

/// Why work ended early.
#[derive(Debug)]
pub(super) enum Ended {
    /// The person cancelled it.
    Cancelled,
    /// The person is no longer allowed to do it.
    NotAllowed,
    /// Another process has taken it over, because this one did not renew its claim for too long.
    Lost,
}

impl Lease {
    /// Claims the upload in `folder`.
    ///
    /// # Errors
    /// [`UploadError::InWork`] while another worker has the claim.
    pub(super) async fn take(folder: &UploadFolder, clock: &Clock, is_receiving: bool) -> Result<Self, UploadError> {
        let now_ms = clock.now_ms();
        if Work::on(folder, now_ms).await?.is_some() {
            return Err(UploadError::InWork);
        }
        folder.forget(&[WORK, CANCEL]).await;
        let holder = Uuid::new_v4().simple().to_string();
        let work =
            Work { holder, began_at_ms: now_ms, renewed_at_ms: now_ms, progress: Progress::default(), is_receiving };
        match folder.write_new_json(WORK, &work).await {
            Err(UploadError::Files(error)) if error.kind() == ErrorKind::AlreadyExists => Err(UploadError::InWork),
            written => written.map(|()| Self { folder: folder.clone(), clock: clock.clone(), work, is_over: false }),
        }
    }

    /// Releases the claim.
    pub(super) async fn end(mut self) {
        self.is_over = true;
        if self.is_held().await {
            self.folder.forget(&[WORK, CANCEL]).await;
        }
    }

    /// Whether this claim is still valid.
    async fn is_held(&self) -> bool {
        self.holder().is_held().await
    }

    /// The holder, for the work itself.
    pub(super) fn holder(&self) -> Holder {
        Holder { folder: self.folder.clone(), id: self.work.holder.clone() }
    }

    /// Renews the claim, with this `progress`.
    pub(super) async fn renew(&mut self, progress: Progress) -> Result<(), Ended> {
        if self.folder.has(CANCEL).await {
            return Err(Ended::Cancelled);
        }
        if !self.is_held().await {
            return Err(Ended::Lost);
        }
        self.work.progress = progress;
        self.say().await;
        Ok(())
    }

    /// Renews the claim.
    async fn say(&mut self) {
        self.work.renewed_at_ms = self.clock.now_ms();
        if let Err(error) = self.folder.write_json(WORK, &self.work).await {
            tracing::warn!(?error, "the progress of an import could not be shown");
        }
    }

    /// Renews the claim only if the last renewal was long ago.
    pub(super) async fn renew_at_times(&mut self, progress: Progress) -> Result<(), Ended> {
        let is_due = self.clock.now_ms().saturating_sub(self.work.renewed_at_ms) > GIVEN_UP_MS / 6;
        if is_due { self.renew(progress).await } else { Ok(()) }
    }

    /// Runs `work`, which reports `progress`, until it is done or must stop.
    pub(super) async fn during<T>(
        &mut self,
        progress: &Arc<Mutex<Progress>>,
        work: impl Future<Output = T>,
    ) -> Result<T, Ended> {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                _ = ticks.tick() => {
                    let progress = *progress.lock().unwrap_or_else(PoisonError::into_inner);
                    self.renew(progress).await?;
                }
            }
        }
    }
}

impl Lease {
    /// Completes `work`, renewing the claim all the while. It cannot be cancelled.
    pub(super) async fn keep<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = ticks.tick() => if self.is_held().await { self.say().await },
            }
        }
    }
}

/// The holder of a lease.
pub(super) struct Holder {
    folder: UploadFolder,
    id: String,
}

impl Holder {
    /// Whether its claim is still valid.
    pub(super) async fn is_held(&self) -> bool {
        let there = self.folder.read_json::<Work>(WORK).await;
        there.is_ok_and(|there| there.is_some_and(|there| there.holder == self.id))
    }
}

impl Drop for Lease {
    /// The owner is gone, so nothing can await: deleting two small files takes no time.
    fn drop(&mut self) {
        let is_held = || self.folder.read_now::<Work>(WORK).is_some_and(|there| there.holder == self.work.holder);
        if !self.is_over && is_held() {
            self.folder.forget_now(&[WORK, CANCEL]);
        }
    }
}
