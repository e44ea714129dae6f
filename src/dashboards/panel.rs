//! Single panels, as programs ask for them: the data of one, without reading any other.

use rolecall_model::Role;
use rolecall_model::panels::Panel;

use super::catalogue::{self, PanelEntry};
use super::error::DashboardsError;
use super::notes;
use super::open::Dashboards;
use super::weather;

/// What there is where a panel was looked for.
#[derive(Debug)]
pub enum FoundPanel {
    /// No such panel, or no such dashboard for that role.
    Nothing,
    /// A panel that a higher role opens.
    Closed {
        /// The lowest role that would do.
        needed: Role,
    },
    /// The panel.
    Open(Panel),
}

impl Dashboards {
    /// The panel `id` of the dashboard `slug`, a table at `page` (from 1), if `role` opens it. No other panel is read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn panel(
        &self,
        slug: &str,
        id: &str,
        role: Option<Role>,
        page: u32,
    ) -> Result<FoundPanel, DashboardsError> {
        let entry = catalogue::find(slug, role);
        let Some(panel) = entry.and_then(|entry| entry.panels.iter().find(|panel| panel.id == id)) else {
            return Ok(FoundPanel::Nothing);
        };
        if role < Some(panel.role) {
            return Ok(FoundPanel::Closed { needed: panel.role });
        }
        Ok(self.data_of(slug, panel, page).await?.map_or(FoundPanel::Nothing, FoundPanel::Open))
    }

    /// The data of `panel` of the dashboard `slug`, a table at `page`. Whether a role opens it was decided before.
    pub(super) async fn data_of(
        &self,
        slug: &str,
        panel: &PanelEntry,
        page: u32,
    ) -> Result<Option<Panel>, DashboardsError> {
        Ok(match panel.kind {
            "table" => Some(Panel::Table(self.table_page(page).await?)),
            "note" => Some(Panel::Note(notes::read(&self.db, slug).await?)),
            "sign_ins" => Some(Panel::SignIns(self.sign_in_figures().await?)),
            _ => self.fixed_panels().await?.iter().find(|fixed| is_called(fixed, panel.id)).cloned(),
        })
    }

    /// The panels that do not change.
    async fn fixed_panels(&self) -> Result<&Vec<Panel>, sqlx::Error> {
        self.fixed_panels.get_or_try_init(|| weather::fixed_panels(&self.db)).await
    }
}

fn is_called(panel: &Panel, id: &str) -> bool {
    match panel {
        Panel::Figures(_) => id == "figures",
        Panel::Chart(chart) => chart.id == id,
        _ => false,
    }
}
