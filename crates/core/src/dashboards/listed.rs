//! Dashboards in lists: what is new in each, and which panel is its preview.

use rolecall_model::{DashboardCard, Role};

use super::error::DashboardsError;
use super::open::Dashboards;
use super::open_panel::{FoundPanel, OpenPanel};
use super::person::Person;
use super::spec::{Content, Dashboard, Panel};
use super::uses;
use crate::datasets::{Catalogue, DataSetKind};

/// A dashboard in a list for a person. Only panels that are open to the person count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name, title and summary.
    pub card: DashboardCard,
    /// Whether one of its panels can be its preview.
    pub has_preview: bool,
    /// The user who owns it.
    pub owner: Option<i64>,
    /// When it was made, Unix milliseconds (UTC), as all times here; `None` for files.
    pub made_at_ms: Option<i64>,
    /// When its document was last changed; `None` for files.
    pub changed_at_ms: Option<i64>,
    /// When the latest of its data arrived; data sets that come with Rolecall do not count.
    pub data_at_ms: Option<i64>,
}

impl Dashboards {
    /// The dashboards for `role`, sorted by title, for a person who may use `open_role`. It reads only from memory.
    ///
    /// # Errors
    /// When the stored dashboards or the list of data sets cannot be read.
    pub async fn listed(&self, role: Option<Role>, open_role: Option<Role>) -> Result<Vec<Listed>, DashboardsError> {
        let (list, catalogue) = (self.cache.list().await?, self.datasets().catalogue().await?);
        let of_role = list.iter().filter(|dashboard| role >= Some(dashboard.spec.role));
        Ok(of_role.map(|dashboard| listed(dashboard, &catalogue, open_role)).collect())
    }

    /// The preview panel of `dashboard`: the first chart that is open to `person` or, without one, the first figures.
    pub async fn preview<'a>(
        &'a self,
        dashboard: &'a Dashboard,
        person: Person<'_>,
    ) -> Result<Option<OpenPanel<'a>>, DashboardsError> {
        let catalogue = self.datasets().catalogue().await?;
        let open = dashboard.open_panels(&catalogue, person.open_role());
        let Some(panel) = preview_of(open.into_iter().map(|(panel, _)| panel)) else { return Ok(None) };
        Ok(match self.panel_by(&catalogue, dashboard, panel, person).await? {
            FoundPanel::Open(panel) => Some(panel),
            FoundPanel::Closed { .. } | FoundPanel::Nothing => None,
        })
    }
}

fn listed(dashboard: &Dashboard, catalogue: &Catalogue, open_role: Option<Role>) -> Listed {
    let dataset = |panel: &Panel| panel.spec.dataset.as_ref().and_then(|name| catalogue.get(name));
    let is_open = |panel: &&Panel| {
        let needed = catalogue.role_with(panel.role, panel.spec.dataset.as_deref());
        open_role >= Some(needed.max(dashboard.spec.role))
    };
    let open = || dashboard.panels.iter().filter(is_open);
    let coming_in = open().filter_map(dataset).filter(|dataset| dataset.kind != DataSetKind::BuiltIn);
    let edition = dashboard.edition();
    Listed {
        card: uses::card(dashboard),
        has_preview: preview_of(open()).is_some(),
        owner: edition.and_then(|edition| edition.owner),
        made_at_ms: edition.map(|edition| edition.created_at_ms),
        changed_at_ms: dashboard.changed_at_ms,
        data_at_ms: coming_in.map(|dataset| dataset.updated_at_ms).max(),
    }
}

/// The one of `panels` that represents the dashboard.
fn preview_of<'a>(panels: impl Iterator<Item = &'a Panel>) -> Option<&'a Panel> {
    let mut figures = None;
    for panel in panels {
        match panel.content {
            Content::Chart(_) => return Some(panel),
            Content::Figures(_) => figures = figures.or(Some(panel)),
            _ => {}
        }
    }
    figures
}
