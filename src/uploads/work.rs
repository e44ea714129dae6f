//! Who has an upload in work, and how far that is.

use std::io::ErrorKind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rolecall_data::import::Progress;
use rolecall_sign_in::Clock;
use serde::{Deserialize, Serialize};
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::error::UploadError;
use super::files::{UploadFolder, remove};

const WORK: &str = "work.json";
/// There is such a file once somebody wishes that the work ends.
const CANCEL: &str = "cancel";
/// How often who works says so, and looks whether to stop.
const TICK: Duration = Duration::from_millis(500);
/// After this long without a word the work counts as given up.
const GIVEN_UP_MS: i64 = 30_000;
/// The same while a file comes in, which may pause for a minute.
const GIVEN_UP_RECEIVING_MS: i64 = 120_000;

/// How long a version can still appear after the last word about it: a commit may be on its way.
pub(super) const UNCLEAR: Duration = Duration::from_mins(2);

/// Work on an upload, as its folder tells everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    holder: String,
    /// When it began, Unix milliseconds (UTC).
    pub began_at_ms: i64,
    /// When it was said last that it goes on, Unix milliseconds (UTC).
    pub renewed_at_ms: i64,
    /// How far it is.
    pub progress: Progress,
    is_receiving: bool,
}

impl Work {
    /// The work on the upload in `folder` that goes on at `now_ms`.
    pub(super) fn on(folder: &UploadFolder, now_ms: i64) -> Result<Option<Self>, UploadError> {
        Ok(folder.read_json::<Self>(WORK)?.filter(|work| !work.is_given_up(now_ms)))
    }

    fn is_given_up(&self, now_ms: i64) -> bool {
        let limit = if self.is_receiving { GIVEN_UP_RECEIVING_MS } else { GIVEN_UP_MS };
        now_ms.saturating_sub(self.renewed_at_ms) > limit
    }
}

/// Wishes that the work in `folder` ends.
pub(super) fn cancel(folder: &UploadFolder) -> Result<(), UploadError> {
    folder.write_json(CANCEL, &true)
}

/// Takes away what says that the upload in `folder` is in work, because nobody works on it.
pub(super) fn give_up(folder: &UploadFolder) {
    remove(&folder.file(WORK));
}

/// The right to work on an upload. It ends when this is dropped.
pub(super) struct Lease {
    folder: UploadFolder,
    clock: Clock,
    work: Work,
}

/// Why work ended early.
#[derive(Debug)]
pub(super) enum Ended {
    /// The person wished so.
    Cancelled,
    /// The person may not do it any more.
    NotAllowed,
    /// Somebody else has taken it up, because this process said nothing for long.
    Lost,
}

impl Lease {
    /// Takes up the work on the upload in `folder`.
    ///
    /// # Errors
    /// [`UploadError::InWork`] while somebody else works on it.
    pub(super) fn take(folder: &UploadFolder, clock: &Clock, is_receiving: bool) -> Result<Self, UploadError> {
        let now_ms = clock.now_ms();
        if Work::on(folder, now_ms)?.is_some() {
            return Err(UploadError::InWork);
        }
        give_up(folder);
        remove(&folder.file(CANCEL));
        let holder = Uuid::new_v4().simple().to_string();
        let work =
            Work { holder, began_at_ms: now_ms, renewed_at_ms: now_ms, progress: Progress::default(), is_receiving };
        match folder.write_new_json(WORK, &work) {
            Err(UploadError::Files(error)) if error.kind() == ErrorKind::AlreadyExists => Err(UploadError::InWork),
            written => written.map(|()| Self { folder: folder.clone(), clock: clock.clone(), work }),
        }
    }

    /// Whether it is still this one that counts.
    fn is_held(&self) -> bool {
        self.holder().is_held()
    }

    /// Who holds it, for the work itself.
    pub(super) fn holder(&self) -> Holder {
        Holder { folder: self.folder.clone(), id: self.work.holder.clone() }
    }

    /// Says that the work goes on and is as far as `progress`.
    pub(super) fn renew(&mut self, progress: Progress) -> Result<(), Ended> {
        if self.folder.file(CANCEL).exists() {
            return Err(Ended::Cancelled);
        }
        if !self.is_held() {
            return Err(Ended::Lost);
        }
        self.work.progress = progress;
        self.say();
        Ok(())
    }

    /// Says that the work goes on.
    fn say(&mut self) {
        self.work.renewed_at_ms = self.clock.now_ms();
        if let Err(error) = self.folder.write_json(WORK, &self.work) {
            tracing::warn!(?error, "how far an import is could not be told");
        }
    }

    /// Says so only when that was long ago.
    pub(super) fn renew_at_times(&mut self, progress: Progress) -> Result<(), Ended> {
        let is_due = self.clock.now_ms().saturating_sub(self.work.renewed_at_ms) > GIVEN_UP_MS / 6;
        if is_due { self.renew(progress) } else { Ok(()) }
    }

    /// Does `work`, which tells `progress`, until it is done or should end.
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
                    self.renew(progress)?;
                }
            }
        }
    }
}

impl Lease {
    /// Does `work` to its end, saying all the while that it goes on. Nobody can cancel it.
    pub(super) async fn keep<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = ticks.tick() => if self.is_held() { self.say() },
            }
        }
    }
}

/// Who holds a lease.
pub(super) struct Holder {
    folder: UploadFolder,
    id: String,
}

impl Holder {
    /// Whether it is still this one that counts.
    pub(super) fn is_held(&self) -> bool {
        let there = self.folder.read_json::<Work>(WORK);
        there.is_ok_and(|there| there.is_some_and(|there| there.holder == self.id))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.is_held() {
            give_up(&self.folder);
            remove(&self.folder.file(CANCEL));
        }
    }
}
