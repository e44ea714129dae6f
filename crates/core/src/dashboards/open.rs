//! The dashboards of this application, and what each person may see of them.

use std::sync::Arc;
use std::time::Duration;

use rolecall_model::data::DataColumn;
use rolecall_model::panels::{Note, SignInFigures};
use rolecall_model::{DashboardCard, Role};
use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::SignIn;
use rolecall_sign_in::{Auth, Clock};

use super::error::DashboardsError;
use super::notes::{self, SaveNoteError};
use super::open_panel::{FoundPanel, OpenPanel, PanelSource};
use super::person::Person;
use super::sources::Sources;
use super::spec::{Content, Dashboard, Panel};
use super::stamp_key::StampKey;
use super::stored::DashboardCache;
use super::uses::{self, BrokenPanel, Uses};
use crate::datasets::{Catalogue, Datasets};

/// The dashboards of this application. Clones share everything.
#[derive(Clone)]
pub struct Dashboards {
    pub(super) sources: Sources,
    pub(super) clock: Clock,
    auth: Auth,
    pub(super) cache: DashboardCache,
    pub(super) limits: Limits,
    pub(super) stamp_key: StampKey,
}

/// The limits for dashboards that people make, and for their pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many one person can own. Administrators are not limited.
    pub per_owner: u32,
    /// How many versions of each are kept, including the current one.
    pub versions: u32,
    /// How long a page waits for its filters and panels.
    pub page_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_owner: 100, versions: 200, page_wait: Duration::from_millis(800) }
    }
}

impl Dashboard {
    /// The panels that `role` may see, each with its lowest role, which also depends on its data set in `catalogue`.
    #[must_use]
    pub fn open_panels(&self, catalogue: &Catalogue, role: Option<Role>) -> Vec<(&Panel, Role)> {
        let needed = |panel: &Panel| catalogue.role_with(panel.role, panel.spec.dataset.as_deref());
        let panels = self.panels.iter().map(|panel| (panel, needed(panel)));
        panels.filter(|(_, needed)| role >= Some(*needed)).collect()
    }
}

impl Dashboards {
    /// The `dashboards` of files, and those stored in `db`, which use `datasets`.
    #[must_use]
    pub fn new(db: Db, auth: Auth, datasets: Datasets, dashboards: Vec<Dashboard>) -> Self {
        Self {
            sources: Sources::new(db.clone(), auth.clone(), datasets),
            clock: auth.clock().clone(),
            stamp_key: StampKey::of(&auth.config().secret_keys),
            auth,
            cache: DashboardCache::new(db, dashboards),
            limits: Limits::default(),
        }
    }

    /// The same within `limits`.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    pub(super) const fn auth(&self) -> &Auth {
        &self.auth
    }

    pub(super) const fn db(&self) -> &Db {
        &self.sources.db
    }

    /// The data sets.
    #[must_use]
    pub const fn datasets(&self) -> &Datasets {
        &self.sources.datasets
    }

    /// The dashboards that use the data set `name`, for a person who may use `role`.
    ///
    /// # Errors
    /// When the stored dashboards cannot be read.
    pub async fn uses_of(&self, name: &str, role: Option<Role>) -> Result<Uses, DashboardsError> {
        Ok(uses::uses_of(&self.cache.list().await?, name, role))
    }

    /// The panels on the data set `name` that would not fit `columns`, including closed ones: for administrators.
    ///
    /// # Errors
    /// When the stored dashboards cannot be read.
    pub async fn broken_by(&self, name: &str, columns: &[DataColumn]) -> Result<Vec<BrokenPanel>, DashboardsError> {
        Ok(uses::broken_by(&self.cache.list().await?, name, columns))
    }

    /// The dashboard `slug`, if `role` may see it.
    ///
    /// # Errors
    /// When the stored dashboards cannot be read.
    pub async fn find(&self, slug: &str, role: Option<Role>) -> Result<Option<Arc<Dashboard>>, DashboardsError> {
        let list = self.cache.list().await?;
        let found = list.iter().find(|dashboard| dashboard.slug == slug);
        Ok(found.filter(|dashboard| role >= Some(dashboard.spec.role)).cloned())
    }

    /// Whether the dashboard `slug` is defined in a file.
    #[must_use]
    pub fn has_file(&self, slug: &str) -> bool {
        self.cache.file(slug).is_some()
    }

    /// The dashboards that `role` may see, as cards.
    ///
    /// # Errors
    /// When the stored dashboards cannot be read.
    pub async fn open_to(&self, role: Option<Role>) -> Result<Vec<DashboardCard>, DashboardsError> {
        let list = self.cache.list().await?;
        Ok(list.iter().filter(|dashboard| role >= Some(dashboard.spec.role)).map(|of| uses::card(of)).collect())
    }

    /// The panels of `dashboard` that `role` may see, each with its lowest role, which also depends on its data set.
    ///
    /// # Errors
    /// When the list of data sets cannot be read.
    pub async fn open_panels<'a>(
        &self,
        dashboard: &'a Dashboard,
        role: Option<Role>,
    ) -> Result<Vec<(&'a Panel, Role)>, DashboardsError> {
        let catalogue = self.sources.datasets.catalogue().await?;
        Ok(dashboard.open_panels(&catalogue, role))
    }

    /// The panel `id` of `dashboard`, if it is open to `person`. None of its data are read yet. For people without the
    /// needed role, dashboard and panel do not exist; people with the role who must sign in again get a closed panel.
    pub async fn panel<'a>(
        &'a self,
        dashboard: &'a Dashboard,
        id: &str,
        person: Person<'_>,
    ) -> Result<FoundPanel<'a>, DashboardsError> {
        let Some(panel) = dashboard.panel(id) else { return Ok(FoundPanel::Nothing) };
        let catalogue = self.sources.datasets.catalogue().await?;
        self.panel_by(&catalogue, dashboard, panel, person).await
    }

    /// The same for `panel` itself, with a `catalogue` that was just read: for callers that need several panels.
    ///
    /// # Errors
    /// When the tokens of the person cannot be read.
    pub async fn panel_by<'a>(
        &'a self,
        catalogue: &Catalogue,
        dashboard: &'a Dashboard,
        panel: &'a Panel,
        person: Person<'_>,
    ) -> Result<FoundPanel<'a>, DashboardsError> {
        if person.role() < Some(dashboard.spec.role) {
            return Ok(FoundPanel::Nothing);
        }
        let needed = catalogue.role_with(panel.role, panel.spec.dataset.as_deref());
        let role = person.open_role();
        if role < Some(needed) {
            let is_held = person.role() >= Some(needed);
            return Ok(if is_held { FoundPanel::Closed { needed } } else { FoundPanel::Nothing });
        }
        let dataset = panel.spec.dataset.as_ref().map(|name| catalogue.get(name).ok_or(name));
        let source = match dataset {
            None => PanelSource::Itself,
            Some(Err(name)) => PanelSource::NoDataSet(name.clone()),
            Some(Ok(dataset)) => {
                let dataset = self.sources.datasets.up_to_date(dataset).await;
                let viewer = person.rule_viewer(&self.auth, dataset.needs_claims()).await?;
                PanelSource::DataSet(dataset, viewer)
            }
        };
        Ok(FoundPanel::Open(OpenPanel { sources: &self.sources, dashboard, panel, source, role, filters: None }))
    }

    /// Live figures about sign-ins, at most some seconds old while they are viewed continuously.
    pub async fn sign_in_figures(&self) -> Result<SignInFigures, DashboardsError> {
        self.sources.sign_in_figures().await
    }

    /// The note `panel` of the dashboard `slug`, with the role that is needed to save it; `None` if there is no such
    /// note for `role`.
    ///
    /// # Errors
    /// When the stored dashboards cannot be read.
    pub async fn role_for_note(
        &self,
        slug: &str,
        panel: &str,
        role: Option<Role>,
    ) -> Result<Option<Role>, DashboardsError> {
        let dashboard = self.find(slug, role).await?;
        let panel = dashboard.as_ref().and_then(|dashboard| dashboard.panel(panel));
        let note = panel.filter(|panel| matches!(panel.content, Content::Note) && role >= Some(panel.role));
        Ok(note.map(|note| note.role.max(Role::Write)))
    }

    /// Saves `body` as the note `panel` of the dashboard `slug` for `editor`, if `version` is still current. The caller
    /// has checked the editor's right with [`role_for_note`](Self::role_for_note).
    ///
    /// # Errors
    /// [`SaveNoteError`]; then the old text stays.
    pub async fn save_note(
        &self,
        slug: &str,
        panel: &str,
        body: &str,
        version: i64,
        editor: &SignIn,
    ) -> Result<Note, SaveNoteError> {
        self.role_for_note(slug, panel, editor.user.role).await?.ok_or(SaveNoteError::NoSuchNote)?;
        let places = (&self.sources.db, self.datasets().audit());
        let saved = notes::save(places, (slug, panel), body, version, editor, self.clock.now_ms()).await?;
        self.sources.note_versions.forget();
        self.datasets().tell_of_change();
        Ok(saved)
    }
}
