//! Stamps: what an open dashboard page shows, to detect when something is new.

use std::fmt::Write as _;

use rolecall_model::Role;

use super::error::DashboardsError;
use super::open::Dashboards;
use super::open_panel::{OpenPanel, PanelSource};
use super::sources::VersionsByPanel;
use super::spec::{Content, Dashboard, Panel};
use crate::datasets::{DataSet, DataSetKind, QueryState};

/// The stamps of a dashboard page: its document with the person's role; for each panel with data its id with the data
/// set, its version and revision, as in `:9f3c.read sales:1a2b3c4d.3.0`; for each note, its version. A database
/// snapshot that is too old adds `.overdue`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    written: String,
    notes: VersionsByPanel,
}

/// The stamp of what is not shown yet. It never equals a real stamp.
const LATE: &str = "late";

/// How much of a data set's id is used to distinguish it from an earlier one with the same name.
const ID_CHARS: usize = 8;

impl Stamps {
    /// Adds the stamp of `panel`.
    ///
    /// # Errors
    /// When its version cannot be read.
    pub async fn add(&mut self, panel: &OpenPanel<'_>) -> Result<(), DashboardsError> {
        match (&panel.source, &panel.panel.content) {
            (PanelSource::DataSet(dataset, _), _) => self.add_data(panel.panel, Some(dataset)),
            (PanelSource::NoDataSet(_), _) => self.add_data(panel.panel, None),
            (PanelSource::Itself, Content::SignIns) => {
                self.add_moment(panel.panel, panel.sources.sign_in_figures().await?.counted_at_ms);
            }
            (PanelSource::Itself, Content::Note) => self.add_note(panel.panel),
            (PanelSource::Itself, _) => {}
        }
        Ok(())
    }

    /// Adds that `panel` is not shown yet, so it counts as new in any case.
    pub fn add_late(&mut self, panel: &Panel) {
        self.begin(panel);
        self.written.push_str(LATE);
    }

    /// The same for the filters above all panels.
    pub fn add_late_filters(&mut self) {
        self.written.insert_str(1, LATE);
    }

    /// Their text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    fn add_data(&mut self, panel: &Panel, dataset: Option<&DataSet>) {
        self.begin(panel);
        if let Some(dataset) = dataset {
            let id = dataset.data.dataset.get(..ID_CHARS).unwrap_or(&dataset.data.dataset);
            // Writing to a string does not fail.
            _ = write!(self.written, "{id}.{}.{}", dataset.data.version, dataset.revision);
            if dataset.query.as_ref().is_some_and(QueryState::is_overdue) {
                self.written.push_str(".overdue");
            }
        }
    }

    fn add_note(&mut self, panel: &Panel) {
        let version = self.notes.get(&panel.spec.id).copied().unwrap_or_default();
        self.begin(panel);
        _ = write!(self.written, "{version}");
    }

    fn add_moment(&mut self, panel: &Panel, at_ms: i64) {
        self.begin(panel);
        _ = write!(self.written, "{at_ms}");
    }

    fn begin(&mut self, panel: &Panel) {
        self.written.push(' ');
        self.written.push_str(&panel.spec.id);
        self.written.push(':');
    }
}

impl Dashboards {
    /// The stamps of a page of `dashboard` without panels, for a person who may use `role`. Take them before the panels
    /// are read: a page may be notified of a note that it already shows, but must not miss one.
    ///
    /// # Errors
    /// When the versions of its notes cannot be read.
    pub async fn stamps_without_panels(
        &self,
        dashboard: &Dashboard,
        role: Option<Role>,
    ) -> Result<Stamps, DashboardsError> {
        let written = format!(":{:x}.{}", self.stamp_key.stamp(dashboard.digest), role.map_or("", Role::key));
        Ok(Stamps { written, notes: self.sources.note_versions.of(dashboard).await? })
    }

    /// The stamps that a page of `dashboard` would have now for a person who may use `role`. Data about Rolecall
    /// itself, and queried data, are refreshed first if they are too old.
    ///
    /// # Errors
    /// When the versions cannot be read.
    pub async fn stamps(&self, dashboard: &Dashboard, role: Option<Role>) -> Result<Stamps, DashboardsError> {
        let catalogue = self.datasets().catalogue().await?;
        let mut stamps = self.stamps_without_panels(dashboard, role).await?;
        for (panel, _) in dashboard.open_panels(&catalogue, role) {
            match (&panel.spec.dataset, &panel.content) {
                (Some(name), _) => match catalogue.get(name) {
                    Some(own) if own.kind == DataSetKind::BuiltIn || own.query.is_some() => {
                        stamps.add_data(panel, Some(&*self.datasets().up_to_date(own).await));
                    }
                    dataset => stamps.add_data(panel, dataset.map(|dataset| &**dataset)),
                },
                (None, Content::Note) => stamps.add_note(panel),
                (None, Content::SignIns) => stamps.add_moment(panel, self.sign_in_figures().await?.counted_at_ms),
                (None, _) => {}
            }
        }
        Ok(stamps)
    }
}
