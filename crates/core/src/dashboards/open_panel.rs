//! A panel that is open to a person, and its data on demand.

use std::sync::Arc;

use chrono_tz::Tz;
use rolecall_model::Role;
use rolecall_model::data::Cell;
use rolecall_panels::{ValueLink, Values};

use super::data::{PanelData, TableRequest};
use super::error::DashboardsError;
use super::filters::{Filters, ValueAddress};
use super::queries::Queries;
use super::sources::Sources;
use super::spec::{Content, Dashboard, Origin, Panel};
use super::unavailable::Unavailable;
use crate::datasets::{DataSet, RuleViewer};

/// The result of looking up a panel.
pub enum FoundPanel<'a> {
    /// The panel does not exist, or not for that role.
    Nothing,
    /// A panel for a person who has the role but must sign in again for it.
    Closed {
        /// The lowest role that is enough.
        needed: Role,
    },
    Open(OpenPanel<'a>),
}

/// A panel that is open to a person.
pub struct OpenPanel<'a> {
    pub(super) sources: &'a Sources,
    pub(super) dashboard: &'a Dashboard,
    pub(super) panel: &'a Panel,
    pub(super) source: PanelSource,
    /// The role that the person may use.
    pub(super) role: Option<Role>,
    /// Its filters.
    pub(super) filters: Option<&'a Filters<'a>>,
}

/// How much of a table is read.
enum Wanted<'a> {
    Page(&'a TableRequest),
    /// All rows of all its pages, in this order.
    All(Option<&'a str>),
}

/// The source of a panel's data.
pub(super) enum PanelSource {
    /// From no data set.
    Itself,
    /// A data set that does not exist.
    NoDataSet(String),
    /// A data set, for a person.
    DataSet(Arc<DataSet>, RuleViewer),
}

impl<'a> OpenPanel<'a> {
    /// The panel.
    #[must_use]
    pub const fn panel(&self) -> &'a Panel {
        self.panel
    }

    /// The same with the choices of `filters`.
    #[must_use]
    pub fn filtered_by<'b>(self, filters: &'b Filters<'b>) -> OpenPanel<'b>
    where
        'a: 'b,
    {
        OpenPanel { filters: Some(filters).filter(|filters| !filters.all().is_empty()), ..self }
    }

    /// The link of the group or series `value` of `column`: the same page with a filter by it.
    #[must_use]
    pub fn value_link(&self, column: &str, value: &Cell) -> Option<ValueLink> {
        let (filters, PanelSource::DataSet(dataset, _)) = (self.filters?, &self.source) else { return None };
        let step = self.panel.spec.by.as_ref().filter(|by| by.column == column).and_then(|by| by.step);
        let ValueAddress { fields, is_chosen } = filters.address(dataset, (column, step), value)?;
        Some(ValueLink { fields, is_chosen })
    }

    /// The choices in force on the whole dashboard, as fields of an address.
    #[must_use]
    pub fn filter_fields(&self) -> &str {
        self.filters.map_or("", Filters::fields)
    }

    /// The titles of the filters in force that do not apply to it.
    #[must_use]
    pub fn not_filtered_by(&self) -> Vec<&str> {
        match (self.filters, &self.source) {
            (Some(filters), PanelSource::DataSet(dataset, _)) => filters.leaving_alone(self.panel, dataset),
            _ => Vec::new(),
        }
    }

    /// The filters in force that apply to it, as text; empty if there are none.
    #[must_use]
    pub fn filters_in_words(&self) -> String {
        match (self.filters, &self.source) {
            (Some(filters), PanelSource::DataSet(dataset, _)) => filters.words(self.panel, dataset),
            _ => String::new(),
        }
    }

    /// The time zone of its times.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.dashboard.zone()
    }

    /// Whether the person may edit it: a note, with Write or higher.
    #[must_use]
    pub fn is_editable(&self) -> bool {
        matches!(self.panel.content, Content::Note) && self.role >= Some(self.panel.role.max(Role::Write))
    }

    /// Its data, a table as it is `asked` for. Errors are logged, and shown to the person as far as their role allows.
    pub async fn data(&self, asked: &TableRequest) -> Result<PanelData, DashboardsError> {
        self.found(Wanted::Page(asked)).await
    }

    /// All its values as a table, sorted by `sort` if it is a table, or why they cannot be read. `None` for panels
    /// without values, such as texts.
    pub async fn values(&self, sort: Option<&str>) -> Result<Result<Option<Values>, Unavailable>, DashboardsError> {
        if !self.has_values() {
            return Ok(Ok(None));
        }
        let (spec, zone) = (&self.panel.spec, self.zone());
        Ok(Ok(match self.found(Wanted::All(sort)).await? {
            // Filtered days and those to compare with are not steps of a series, so a file omits the comparison.
            PanelData::Figures(result, _) => Some(Values::of_figures(spec, &result, zone)),
            PanelData::Chart(result) => Some(Values::of_series(spec, &result, zone)),
            PanelData::Table(table) => Some(Values::of_table(spec, &table.result, &table.rows, zone)),
            PanelData::Text(_) | PanelData::Note(_) | PanelData::SignIns(_) => None,
            PanelData::Unavailable(why) => return Ok(Err(why)),
        }))
    }

    /// Whether it shows values of a data set.
    #[must_use]
    pub const fn has_values(&self) -> bool {
        self.panel.content.has_values()
    }

    async fn found(&self, wanted: Wanted<'_>) -> Result<PanelData, DashboardsError> {
        let data = match (&self.panel.content, &self.source) {
            (Content::Text(text), _) => PanelData::Text(text.clone()),
            (Content::Note, _) => {
                PanelData::Note(self.sources.note_versions.note(self.dashboard, &self.panel.spec.id).await?)
            }
            (Content::SignIns, _) => PanelData::SignIns(self.sources.sign_in_figures().await?),
            (_, PanelSource::DataSet(dataset, viewer)) => {
                let filters = self.filters.map(|filters| filters.of_panel(self.panel, dataset)).unwrap_or_default();
                let (panel, filters) = (self.panel, &filters);
                let queries = Queries { datasets: &self.sources.datasets, dataset, viewer, panel, filters };
                let answered = match wanted {
                    Wanted::Page(asked) => queries.data(asked).await,
                    Wanted::All(sort) => queries.whole(sort).await,
                };
                match answered {
                    Ok(data) => data,
                    Err(error) => PanelData::Unavailable(Unavailable::because_of(error)?),
                }
            }
            (_, PanelSource::NoDataSet(name)) => PanelData::Unavailable(Unavailable::no_data_set(name)),
            (_, PanelSource::Itself) => PanelData::Unavailable(Unavailable::no_data_set("")),
        };
        Ok(match data {
            PanelData::Unavailable(why) => {
                let (dashboard, panel) = (&self.dashboard.slug, &self.panel.spec.id);
                tracing::warn!(dashboard, panel, text = why.text, details = ?why.details, "a panel cannot be shown");
                PanelData::Unavailable(why.told_to(self.role))
            }
            data => data,
        })
    }

    /// Whether the dashboard is a preview in the editor: then parts that only work on its own page are left out.
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.dashboard.origin == Origin::Draft
    }
}
