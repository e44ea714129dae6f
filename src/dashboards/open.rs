//! A dashboard as one role sees it.

use std::sync::Arc;

use moka::sync::Cache;
use rolecall_model::Role;
use rolecall_model::panels::{Dashboard, Note, Panel, SignInFigures, TablePage};
use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::SignIn;
use rolecall_sign_in::{Auth, Clock};
use tokio::sync::OnceCell;

use super::catalogue;
use super::error::DashboardsError;
use super::import::{ImportError, import_weather};
use super::notes::{self, SaveNoteError};
use super::shared_count::SharedCount;
use super::weather;

/// How many pages of the table are held in memory at most, a few kB each.
const TABLE_PAGES_HELD: u64 = 256;

/// The dashboards of this application. Clones share everything.
#[derive(Clone)]
pub struct Dashboards {
    pub(super) db: Db,
    clock: Clock,
    sign_in_count: SharedCount,
    /// The panels that do not change, read once.
    pub(super) fixed_panels: Arc<OnceCell<Vec<Panel>>>,
    /// The pages of the table, which do not change either, as far as they were asked for.
    table_pages: Cache<u32, Arc<TablePage>>,
}

impl Dashboards {
    /// The dashboards on `db`, their built-in data brought in.
    ///
    /// # Errors
    /// When the data cannot be brought in.
    pub async fn new(db: Db, auth: Auth) -> Result<Self, ImportError> {
        import_weather(&db).await?;
        Ok(Self {
            db,
            clock: auth.clock().clone(),
            sign_in_count: SharedCount::new(auth),
            fixed_panels: Arc::default(),
            table_pages: Cache::new(TABLE_PAGES_HELD),
        })
    }

    /// The dashboard `slug` with the panels that `role` opens, its table at `page` (from 1); `None` where there is no
    /// such dashboard for that role.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open(&self, slug: &str, role: Option<Role>, page: u32) -> Result<Option<Dashboard>, DashboardsError> {
        let Some(entry) = catalogue::find(slug, role) else { return Ok(None) };
        let mut panels = Vec::new();
        for panel in entry.panels.iter().filter(|panel| role >= Some(panel.role)) {
            panels.extend(self.data_of(slug, panel, page).await?);
        }
        Ok(Some(Dashboard {
            slug: entry.slug.to_owned(),
            title: entry.title.to_owned(),
            summary: entry.summary.to_owned(),
            source: entry.source.to_owned(),
            panels,
        }))
    }

    pub(super) async fn table_page(&self, page: u32) -> Result<TablePage, sqlx::Error> {
        if let Some(held) = self.table_pages.get(&page) {
            return Ok((*held).clone());
        }
        let read = weather::table(&self.db, page).await?;
        self.table_pages.insert(page, Arc::new(read.clone()));
        Ok(read)
    }

    /// Live figures about sign-ins, some seconds old at most where somebody looks at them all the time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sign_in_figures(&self) -> Result<SignInFigures, DashboardsError> {
        self.sign_in_count.figures().await
    }

    /// Saves `body` as the note of the dashboard `slug` for `editor`, if `version` is still the one that stands.
    ///
    /// # Errors
    /// [`SaveNoteError`]; what stood before still stands then.
    pub async fn save_note(
        &self,
        slug: &str,
        body: &str,
        version: i64,
        editor: &SignIn,
    ) -> Result<Note, SaveNoteError> {
        let entry = catalogue::find(slug, editor.user.role).ok_or(SaveNoteError::UnknownDashboard)?;
        notes::save(&self.db, entry.slug, body, version, editor, self.clock.now_ms()).await
    }
}
