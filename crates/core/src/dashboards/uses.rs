//! Which dashboards use a data set.

use std::sync::Arc;

use rolecall_data::query::check;
use rolecall_model::data::DataColumn;
use rolecall_model::{DashboardCard, Role};

use super::spec::Dashboard;

/// A dashboard that uses a data set, with the titles of the panels that do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardUse {
    pub dashboard: DashboardCard,
    /// The titles of its panels.
    pub panels: Vec<String>,
}

/// The uses of a data set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Those that are open to the person.
    pub open: Vec<DashboardUse>,
    /// How many more panels use the data set.
    pub others: usize,
}

/// Which of `dashboards` use the data set `name`, for a person who may use `role`.
pub(super) fn uses_of(dashboards: &[Arc<Dashboard>], name: &str, role: Option<Role>) -> Uses {
    let mut uses = Uses::default();
    for dashboard in dashboards {
        let showing = || dashboard.panels.iter().filter(|panel| panel.spec.dataset.as_deref() == Some(name));
        let is_open = role >= Some(dashboard.spec.role);
        let open = showing().filter(|panel| is_open && role >= Some(panel.role));
        let panels: Vec<String> = open.map(|panel| panel.spec.title.clone()).collect();
        uses.others += showing().count() - panels.len();
        if !panels.is_empty() {
            uses.open.push(DashboardUse { dashboard: card(dashboard), panels });
        }
    }
    uses
}

/// A panel that would not fit other columns of its data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenPanel {
    pub dashboard: DashboardCard,
    pub id: String,
    /// Its title, which is not necessarily unique.
    pub panel: String,
    /// The mistakes.
    pub mistakes: Vec<String>,
}

/// The panels of `dashboards` on the data set `name` that would not fit `columns`.
pub(super) fn broken_by(dashboards: &[Arc<Dashboard>], name: &str, columns: &[DataColumn]) -> Vec<BrokenPanel> {
    let mut broken = Vec::new();
    for dashboard in dashboards {
        let showing = dashboard.panels.iter().filter(|panel| panel.spec.dataset.as_deref() == Some(name));
        for panel in showing {
            if let Some(Err(mistakes)) = panel.query().map(|query| check(query, columns)) {
                let mistakes = mistakes.iter().map(ToString::to_string).collect();
                let (id, title) = (panel.spec.id.clone(), panel.spec.title.clone());
                broken.push(BrokenPanel { dashboard: card(dashboard), id, panel: title, mistakes });
            }
        }
    }
    broken
}

/// `dashboard` for a card or link.
pub(super) fn card(dashboard: &Dashboard) -> DashboardCard {
    DashboardCard {
        slug: dashboard.slug.clone(),
        title: dashboard.spec.title.clone(),
        summary: dashboard.spec.summary.clone(),
    }
}
