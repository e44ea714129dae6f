//! Which version each note is, in memory: by that an open page learns that somebody saved one, and no view of a page asks the database
//! for a text that it has.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::future::Cache;
use rolecall_model::panels::Note;
use rolecall_sign_in::db::Db;

use super::error::DashboardsError;
use super::notes;
use super::spec::{Content, Dashboard};

/// How long what was read is as good as read again.
const FRESH: Duration = Duration::from_secs(1);
/// Of how many dashboards it is kept.
const DASHBOARDS: u64 = 1_000;
/// How many texts are kept, and how long: a person's name can change while their note does not.
const TEXTS: u64 = 1_000;
const TEXT_IS_KEPT: Duration = Duration::from_mins(1);

/// The versions of the notes of a dashboard, by the ids of their panels. A note that nobody wrote has none.
pub(super) type Versions = Arc<HashMap<String, i64>>;

/// The versions of all notes. Clones share them.
#[derive(Clone)]
pub(super) struct NoteVersions {
    db: Db,
    read: Cache<(u64, String), Versions>,
    /// By dashboard, panel and version.
    texts: Cache<(u64, String, String, i64), Note>,
    /// Counts the saves that were heard of. What was asked before one is not kept for those who ask after it.
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

    /// Those of `dashboard`: one short query a second at most, and none where it has no notes.
    pub(super) async fn of(&self, dashboard: &Dashboard) -> Result<Versions, DashboardsError> {
        if !dashboard.panels.iter().any(|panel| matches!(panel.content, Content::Note)) {
            return Ok(Versions::default());
        }
        let read = async { notes::versions(&self.db, &dashboard.slug).await.map(Arc::new) };
        Ok(self.read.try_get_with((self.heard.load(Ordering::SeqCst), dashboard.slug.clone()), read).await?)
    }

    /// The note `panel` of `dashboard`: an empty one of version 0 where nobody wrote any.
    pub(super) async fn note(&self, dashboard: &Dashboard, panel: &str) -> Result<Note, DashboardsError> {
        let version = self.of(dashboard).await?.get(panel).copied().unwrap_or_default();
        let key = (self.heard.load(Ordering::SeqCst), dashboard.slug.clone(), panel.to_owned(), version);
        let read = async { notes::read(&self.db, &dashboard.slug, panel).await };
        Ok(self.texts.try_get_with(key, read).await?)
    }

    /// A value that changes whenever a note was saved.
    pub(super) async fn saves(&self) -> Result<(i64, i64), DashboardsError> {
        Ok(notes::saves(&self.db).await?)
    }

    /// Reads them again at the next question: somebody saved a note.
    pub(super) fn forget(&self) {
        self.heard.fetch_add(1, Ordering::SeqCst);
    }
}
