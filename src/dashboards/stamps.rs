//! What an open page of a dashboard shows, so that it can be told what is new.

use std::fmt::Write as _;

use rolecall_model::Role;

use super::error::DashboardsError;
use super::open::Dashboards;
use super::open_panel::{OpenPanel, Source};
use super::spec::{Content, Dashboard, Panel};
use crate::datasets::{DataSet, Kind};

/// What a page of a dashboard shows: its document with the role that looks, and for each panel that follows data its id with the
/// data set, its version and its revision, as in `:9f3c.read sales:1a2b3c4d.3.0`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamps(String);

/// How much of the id of a data set tells it from one that had its name before.
const ID_CHARS: usize = 8;

impl Stamps {
    /// Those of a page of `dashboard` without panels, for somebody to whom the doors of `role` are open.
    #[must_use]
    pub fn of(dashboard: &Dashboard, role: Option<Role>) -> Self {
        Self(format!(":{:x}.{}", dashboard.digest, role.map_or("", Role::key)))
    }

    /// Adds what `panel` shows.
    ///
    /// # Errors
    /// When its version cannot be read.
    pub async fn add(&mut self, panel: &OpenPanel<'_>) -> Result<(), DashboardsError> {
        match (&panel.source, &panel.panel.content) {
            (Source::DataSet(dataset, _), _) => self.add_data(panel.panel, Some(dataset)),
            (Source::NoDataSet(_), _) => self.add_data(panel.panel, None),
            (Source::Itself, Content::SignIns) => {
                self.add_moment(panel.panel, panel.sources.sign_in_figures().await?.counted_at_ms);
            }
            (Source::Itself, _) => {}
        }
        Ok(())
    }

    /// How they are written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn add_data(&mut self, panel: &Panel, dataset: Option<&DataSet>) {
        self.begin(panel);
        if let Some(dataset) = dataset {
            let id = dataset.data.dataset.get(..ID_CHARS).unwrap_or(&dataset.data.dataset);
            // Writing to a string does not fail.
            _ = write!(self.0, "{id}.{}.{}", dataset.data.version, dataset.revision);
        }
    }

    fn add_moment(&mut self, panel: &Panel, at_ms: i64) {
        self.begin(panel);
        _ = write!(self.0, "{at_ms}");
    }

    fn begin(&mut self, panel: &Panel) {
        self.0.push(' ');
        self.0.push_str(&panel.spec.id);
        self.0.push(':');
    }
}

impl Dashboards {
    /// What a page of `dashboard` would show now to somebody to whom the doors of `role` are open. Data about Rolecall itself, and of
    /// queries, are made anew on the way where they are too old.
    ///
    /// # Errors
    /// When the versions cannot be read.
    pub async fn stamps(&self, dashboard: &Dashboard, role: Option<Role>) -> Result<Stamps, DashboardsError> {
        let catalogue = self.datasets().catalogue().await?;
        let mut stamps = Stamps::of(dashboard, role);
        for (panel, _) in self.open_panels(dashboard, role).await? {
            match (&panel.spec.dataset, &panel.content) {
                (Some(name), _) => match catalogue.get(name) {
                    Some(own) if own.kind == Kind::BuiltIn || own.query.is_some() => {
                        stamps.add_data(panel, Some(&*self.datasets().up_to_date(own).await));
                    }
                    dataset => stamps.add_data(panel, dataset.map(|dataset| &**dataset)),
                },
                (None, Content::SignIns) => stamps.add_moment(panel, self.sign_in_figures().await?.counted_at_ms),
                (None, _) => {}
            }
        }
        Ok(stamps)
    }
}
