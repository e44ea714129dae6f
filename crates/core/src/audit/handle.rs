//! The audit of this process: the queue that other modules fill, and the task that writes it.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rolecall_sign_in::db::{Db, Transaction};
use rolecall_sign_in::{Clock, Event, sweep_every_minute};
use secrecy::SecretString;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::chain::ChainKeys;
use super::entry::{Entry, EntryKind};
use super::mark::HeadMark;
use super::of_event::entries_of;
use super::verifying::{Verification, Verifying};
use super::{retention, verify, write};

/// How many entries wait for the database at most.
const MOST_WAITING: usize = 8_192;
/// How many entries are written in one batch.
const AT_ONCE: usize = 256;
/// How long entries are collected into a batch: a write costs as much as many entries.
const GATHER: Duration = Duration::from_millis(100);
/// How long to wait before a retry, at first and at most.
const AGAIN: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));

/// The audit. Clones share it.
#[derive(Clone)]
pub struct Audit(Arc<SharedAudit>);

struct SharedAudit {
    db: Db,
    keys: ChainKeys,
    mark: HeadMark,
    clock: Clock,
    queue: mpsc::Sender<Message>,
    /// The queue's receiver; `None` once the writer has it.
    waiting: Mutex<Option<mpsc::Receiver<Message>>>,
    lost: AtomicU64,
    verifying: Verifying,
}

enum Message {
    Entry(Box<Entry>),
    /// Answered once everything before it is written.
    Flush(oneshot::Sender<()>),
}

impl Audit {
    /// The audit in `db`, its ends authenticated with keys derived from `secret_keys`.
    #[must_use]
    pub fn new(db: Db, secret_keys: &[SecretString], clock: Clock) -> Self {
        let (queue, waiting) = mpsc::channel(MOST_WAITING);
        let waiting = Mutex::new(Some(waiting));
        let (keys, mark) = (ChainKeys::new(secret_keys), HeadMark::default());
        let (lost, verifying) = (AtomicU64::new(0), Verifying::default());
        Self(Arc::new(SharedAudit { db, keys, mark, clock, queue, waiting, lost, verifying }))
    }

    /// Stores the id of the newest known row in `file` from now on. If the chain in the database is older than `file`
    /// says, the next row records that.
    ///
    /// # Errors
    /// If the file exists but cannot be read.
    pub fn keep_head_in(&self, file: PathBuf) -> io::Result<()> {
        self.0.mark.keep_in(file)
    }

    /// Records an event of a sign-in. The caller does not wait for the write.
    pub fn take(&self, event: &Event) {
        for entry in entries_of(event, self.0.clock.now_ms()) {
            self.note(entry);
        }
    }

    /// Records `entry`, to be written soon. The caller does not wait; entries that do not fit into the queue are
    /// counted.
    pub fn note(&self, entry: Entry) {
        if self.0.queue.try_send(Message::Entry(Box::new(entry))).is_err() {
            self.0.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The clock for entries.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The database that holds the audit.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Adds `entries` as the last part of `transaction`: they are stored exactly if it commits.
    pub async fn append(&self, transaction: &mut Transaction, entries: &[Entry]) -> Result<(), sqlx::Error> {
        write::append(transaction, &self.0.keys, &self.0.mark, entries).await.map(drop)
    }

    /// Adds `entries` now, and waits for it.
    pub async fn write(&self, entries: &[Entry]) -> Result<(), sqlx::Error> {
        let mut transaction = self.0.db.begin().await?;
        let appended = write::append(&mut transaction, &self.0.keys, &self.0.mark, entries).await?;
        transaction.commit().await?;
        if appended.is_unverified {
            self.0.mark.reset(appended.head);
        } else {
            self.0.mark.raise(appended.head);
        }
        Ok(())
    }

    /// Writes the queue, which only the first call does, and deletes rows older than `keep_days`, until the returned
    /// value is aborted.
    #[must_use]
    pub fn keep_up(&self, keep_days: u32) -> [JoinHandle<()>; 2] {
        let swept = self.clone();
        let sweep = async move { sweep_every_minute("the audit", || swept.sweep(keep_days)).await };
        [self.keep_writing(), tokio::spawn(sweep)]
    }

    /// Writes the queue, which only the first call does, until the returned value is aborted. Deletes nothing.
    #[must_use]
    pub fn keep_writing(&self) -> JoinHandle<()> {
        let waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let audit = self.clone();
        tokio::spawn(async move {
            if let Some(waiting) = waiting {
                audit.write_all(waiting).await;
            }
        })
    }

    /// Whether one of our secret keys authenticated the ends of the chain, or nothing was ever written. Otherwise our
    /// additions would look like tampering.
    pub async fn has_our_seal(&self) -> Result<bool, sqlx::Error> {
        let mut transaction = self.0.db.begin().await?;
        write::has_seal_of(&mut transaction, &self.0.keys).await
    }

    /// Waits at most `at_most` until the queue so far is written, and stores the id of the newest row. Returns `false`
    /// if it is not written.
    pub async fn flush(&self, at_most: Duration) -> bool {
        let is_written = self.wait_for_noted(at_most).await;
        self.0.mark.write();
        is_written
    }

    /// Waits at most `at_most` until the queue so far is written. Returns `false` if it is not.
    pub(super) async fn wait_for_noted(&self, at_most: Duration) -> bool {
        let noted = async {
            let (done, when_done) = oneshot::channel();
            self.0.queue.send(Message::Flush(done)).await.is_ok() && when_done.await.is_ok()
        };
        timeout(at_most, noted).await.unwrap_or(false)
    }

    /// Deletes rows older than `keep_days`.
    ///
    /// # Errors
    /// When the database does not answer; the next run does the rest.
    pub async fn sweep(&self, keep_days: u32) -> Result<(), sqlx::Error> {
        const DAY_MS: i64 = 24 * 60 * 60 * 1000;
        let until_ms = self.0.clock.now_ms().saturating_sub(i64::from(keep_days) * DAY_MS);
        self.0.mark.write();
        retention::prune(&self.0.db, &self.0.keys, &self.0.mark, until_ms).await
    }

    /// Checks the whole chain.
    pub async fn verify(&self) -> Result<Result<verify::Verified, verify::Broken>, sqlx::Error> {
        verify::verify(&self.0.db, &self.0.keys, self.0.mark.head()).await
    }

    /// Checks the whole chain in the background, unless a check is running.
    pub fn verify_soon(&self) {
        let audit = self.clone();
        self.0.verifying.run(self.0.clock.clone(), async move { audit.verify().await });
    }

    /// The state of that check.
    #[must_use]
    pub fn verification(&self) -> Verification {
        self.0.verifying.now()
    }

    async fn write_all(&self, mut waiting: mpsc::Receiver<Message>) {
        let mut messages = Vec::with_capacity(AT_ONCE);
        while waiting.recv_many(&mut messages, AT_ONCE).await > 0 {
            let is_awaited = |messages: &[Message]| messages.iter().any(|message| matches!(message, Message::Flush(_)));
            let gathering = async {
                while messages.len() < AT_ONCE && !is_awaited(&messages) {
                    let room = AT_ONCE - messages.len();
                    if waiting.recv_many(&mut messages, room).await == 0 {
                        break;
                    }
                }
            };
            // The batch is written whether the time has run out or not.
            let _ = timeout(GATHER, gathering).await;
            let (mut entries, mut flushed) = (Vec::new(), Vec::new());
            for message in messages.drain(..) {
                match message {
                    Message::Entry(entry) => entries.push(*entry),
                    Message::Flush(done) => flushed.push(done),
                }
            }
            self.write_until_done(entries).await;
            for done in flushed {
                _ = done.send(());
            }
        }
    }

    /// Writes `entries`, with as many retries as needed, and how many were lost before.
    async fn write_until_done(&self, mut entries: Vec<Entry>) {
        let mut again = AGAIN.0;
        let (noted, mut lost_so_far) = (entries.len() as u64, 0);
        loop {
            let lost = self.0.lost.swap(0, Ordering::Relaxed);
            lost_so_far += lost;
            if lost > 0 {
                tracing::error!(event = "audit_events_lost", lost, "events were lost before they could be written");
                entries.push(Entry::new(EntryKind::EventsLost, self.0.clock.now_ms()).with("lost", lost));
            }
            if entries.is_empty() {
                return;
            }
            let Err(error) = self.write(&entries).await else { return };
            tracing::error!(
                event = "audit_not_written",
                ?error,
                waiting = entries.len(),
                "the audit cannot be written"
            );
            if write::is_final(&error) {
                self.0.lost.fetch_add(noted + lost_so_far, Ordering::Relaxed);
                return;
            }
            tokio::time::sleep(again).await;
            again = (again * 2).min(AGAIN.1);
        }
    }
}
