//! The data sources of dashboards.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::future::Cache;
use rolecall_model::panels::{Note, SignInFigures};
use rolecall_sign_in::Auth;
use rolecall_sign_in::db::Db;

use super::error::DashboardsError;
use super::notes;
use super::spec::{Content, Dashboard};
use crate::datasets::Datasets;

/// The data sources of dashboards. Clones share everything.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) db: Db,
    pub(super) datasets: Datasets,
    pub(super) note_versions: NoteVersions,
    sign_in_count: SharedCount,
}

impl Sources {
    pub(super) fn new(db: Db, auth: Auth, datasets: Datasets) -> Self {
        Self { note_versions: NoteVersions::new(db.clone()), db, datasets, sign_in_count: SharedCount::new(auth) }
    }

    /// Live figures about sign-ins, at most some seconds old while they are viewed continuously.
    pub(super) async fn sign_in_figures(&self) -> Result<SignInFigures, DashboardsError> {
        self.sign_in_count.figures().await
    }
}

/// How long a count is fresh, in milliseconds.
const FRESH_MS: i64 = 5_000;
/// How long it may be shown, in milliseconds, while a new one is being made.
const SHOWN_MS: i64 = 60_000;

/// The figures about sign-ins, counted once for all viewers: counting takes longer the more sign-ins there are. Clones
/// share the count.
#[derive(Clone)]
pub(super) struct SharedCount {
    auth: Auth,
    latest: Arc<Mutex<Option<SignInFigures>>>,
    /// Locked while counting.
    counting: Arc<tokio::sync::Mutex<()>>,
}

impl SharedCount {
    pub(super) fn new(auth: Auth) -> Self {
        Self { auth, latest: Arc::default(), counting: Arc::default() }
    }

    /// The figures. They are never counted twice at the same time, nor more often than every few seconds.
    pub(super) async fn figures(&self) -> Result<SignInFigures, DashboardsError> {
        if let Some(fresh) = self.not_older_than(FRESH_MS) {
            return Ok(fresh);
        }
        if let Some(shown) = self.not_older_than(SHOWN_MS) {
            if let Ok(counting) = Arc::clone(&self.counting).try_lock_owned() {
                let this = self.clone();
                tokio::spawn(async move {
                    if let Err(error) = this.count().await {
                        tracing::warn!(?error, "the sign-ins cannot be counted");
                    }
                    drop(counting);
                });
            }
            return Ok(shown);
        }
        let _counting = self.counting.lock().await;
        match self.not_older_than(FRESH_MS) {
            Some(counted_meanwhile) => Ok(counted_meanwhile),
            None => self.count().await,
        }
    }

    async fn count(&self) -> Result<SignInFigures, DashboardsError> {
        let now_ms = self.auth.clock().now_ms();
        let counts = self.auth.sign_ins().counts(now_ms).await?;
        let figures = SignInFigures {
            live: counts.live,
            people: counts.people,
            last_day: counts.last_day,
            by_role: counts.by_role,
            counted_at_ms: now_ms,
        };
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(figures.clone());
        Ok(figures)
    }

    fn not_older_than(&self, age_ms: i64) -> Option<SignInFigures> {
        let now_ms = self.auth.clock().now_ms();
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.clone().filter(|latest| (0..age_ms).contains(&(now_ms - latest.counted_at_ms)))
    }
}

/// How long cached versions are fresh.
const FRESH: Duration = Duration::from_secs(1);
/// For how many dashboards they are cached.
const DASHBOARDS: u64 = 1_000;
/// How many texts are cached, and how long: a person's name can change while their note does not.
const TEXTS: u64 = 1_000;
const TEXT_IS_KEPT: Duration = Duration::from_mins(1);

/// The versions of the notes of a dashboard, by the ids of their panels. A note without text has none.
pub(super) type VersionsByPanel = Arc<HashMap<String, i64>>;

/// The version of each note, cached: open pages learn from it that a note was saved, and no page view queries the
/// database for a text that is cached. Clones share it.
#[derive(Clone)]
pub(super) struct NoteVersions {
    db: Db,
    read: Cache<(u64, String), VersionsByPanel>,
    /// By dashboard, panel and version.
    texts: Cache<(u64, String, String, i64), Note>,
    /// Counts the saves. A read that began before a save is not cached.
    heard: Arc<AtomicU64>,
}

impl NoteVersions {
    pub(super) fn new(db: Db) -> Self {
        Self {
            db,
            read: Cache::builder().max_capacity(DASHBOARDS).time_to_live(FRESH).build(),
            texts: Cache::builder().max_capacity(TEXTS).time_to_live(TEXT_IS_KEPT).build(),
            heard: Arc::default(),
        }
    }

    /// The versions for `dashboard`: at most one short query a second, and none if it has no notes.
    pub(super) async fn of(&self, dashboard: &Dashboard) -> Result<VersionsByPanel, DashboardsError> {
        if !dashboard.panels.iter().any(|panel| matches!(panel.content, Content::Note)) {
            return Ok(VersionsByPanel::default());
        }
        let key = (self.heard.load(Ordering::SeqCst), dashboard.slug.clone());
        // Usually they are cached; then the future that reads them is not even created. The same applies below.
        if let Some(kept) = self.read.get(&key).await {
            return Ok(kept);
        }
        let read = async { notes::versions(&self.db, &dashboard.slug).await.map(Arc::new) };
        Ok(self.read.try_get_with(key, read).await?)
    }

    /// The note `panel` of `dashboard`: an empty one of version 0 if none was written.
    pub(super) async fn note(&self, dashboard: &Dashboard, panel: &str) -> Result<Note, DashboardsError> {
        let version = self.of(dashboard).await?.get(panel).copied().unwrap_or_default();
        let key = (self.heard.load(Ordering::SeqCst), dashboard.slug.clone(), panel.to_owned(), version);
        if let Some(kept) = self.texts.get(&key).await {
            return Ok(kept);
        }
        let read = async { notes::read(&self.db, &dashboard.slug, panel).await };
        Ok(self.texts.try_get_with(key, read).await?)
    }

    /// A value that changes whenever a note was saved.
    pub(super) async fn saves(&self) -> Result<(i64, i64), DashboardsError> {
        Ok(notes::saves(&self.db).await?)
    }

    /// Makes the next call read them again, because a note was saved.
    pub(super) fn forget(&self) {
        self.heard.fetch_add(1, Ordering::SeqCst);
    }
}
