//! A panel that is open to somebody: its data, when they are wanted.

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

/// What there is where a panel was looked for.
pub enum FoundPanel<'a> {
    /// No such panel, or none for that role.
    Nothing,
    /// A panel for who holds the role, and must sign in again for it.
    Closed {
        /// The lowest role that would do.
        needed: Role,
    },
    Open(OpenPanel<'a>),
}

/// A panel that is open to somebody.
pub struct OpenPanel<'a> {
    pub(super) sources: &'a Sources,
    pub(super) dashboard: &'a Dashboard,
    pub(super) panel: &'a Panel,
    pub(super) source: Source,
    /// The role that is open to who looks.
    pub(super) role: Option<Role>,
    /// What it is filtered by.
    pub(super) filters: Option<&'a Filters<'a>>,
}

/// How much is wanted of a table.
enum Wanted<'a> {
    Page(&'a TableRequest),
    /// All that its pages reach, sorted like this.
    All(Option<&'a str>),
}

/// Where the data of a panel come from.
pub(super) enum Source {
    /// From no data set.
    Itself,
    /// From a data set that is not there.
    NoDataSet(String),
    /// From a data set, for somebody.
    DataSet(Arc<DataSet>, RuleViewer),
}

impl<'a> OpenPanel<'a> {
    /// The panel.
    #[must_use]
    pub const fn panel(&self) -> &'a Panel {
        self.panel
    }

    /// The same with what `filters` choose.
    #[must_use]
    pub fn filtered_by<'b>(self, filters: &'b Filters<'b>) -> OpenPanel<'b>
    where
        'a: 'b,
    {
        OpenPanel { filters: Some(filters).filter(|filters| !filters.all().is_empty()), ..self }
    }

    /// Where the group or the series `value` of `column` leads to: to the page as it is with a filter by it.
    #[must_use]
    pub fn value_link(&self, column: &str, value: &Cell) -> Option<ValueLink> {
        let (filters, Source::DataSet(dataset, _)) = (self.filters?, &self.source) else { return None };
        let step = self.panel.spec.by.as_ref().filter(|by| by.column == column).and_then(|by| by.step);
        let ValueAddress { fields, is_chosen } = filters.address(dataset, (column, step), value)?;
        Some(ValueLink { fields, is_chosen })
    }

    /// What is in force on the whole dashboard, as addresses say it.
    #[must_use]
    pub fn filter_fields(&self) -> &str {
        self.filters.map_or("", Filters::fields)
    }

    /// The titles of the filters in force that leave it alone.
    #[must_use]
    pub fn not_filtered_by(&self) -> Vec<&str> {
        match (self.filters, &self.source) {
            (Some(filters), Source::DataSet(dataset, _)) => filters.leaving_alone(self.panel, dataset),
            _ => Vec::new(),
        }
    }

    /// The filters in force that it follows, in words; nothing where there are none.
    #[must_use]
    pub fn filters_in_words(&self) -> String {
        match (self.filters, &self.source) {
            (Some(filters), Source::DataSet(dataset, _)) => filters.words(self.panel, dataset),
            _ => String::new(),
        }
    }

    /// The zone in which its moments are named.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.dashboard.zone()
    }

    /// Whether who looks may edit it: a note from Write on.
    #[must_use]
    pub fn is_editable(&self) -> bool {
        matches!(self.panel.content, Content::Note) && self.role >= Some(self.panel.role.max(Role::Write))
    }

    /// Its data, a table as it is `asked` for. What cannot be shown is told to the log, and to who looks as far as the role goes.
    pub async fn data(&self, asked: &TableRequest) -> Result<PanelData, DashboardsError> {
        self.found(Wanted::Page(asked)).await
    }

    /// All its values as a table, those of a table sorted by `sort` as addresses say it, or why they cannot be read. `None` for
    /// panels that have no values, such as texts.
    pub async fn values(&self, sort: Option<&str>) -> Result<Result<Option<Values>, Unavailable>, DashboardsError> {
        if !self.has_values() {
            return Ok(Ok(None));
        }
        let (spec, zone) = (&self.panel.spec, self.zone());
        Ok(Ok(match self.found(Wanted::All(sort)).await? {
            // The days of a filter and those that they are compared with are no steps among the others, so a file leaves them out.
            PanelData::Figures(result, _) => Some(Values::of_figures(spec, &result, zone)),
            PanelData::Chart(result) => Some(Values::of_series(spec, &result, zone)),
            PanelData::Table(table) => Some(Values::of_table(spec, &table.result, &table.rows, zone)),
            PanelData::Text(_) | PanelData::Note(_) | PanelData::SignIns(_) => None,
            PanelData::Unavailable(why) => return Ok(Err(why)),
        }))
    }

    /// Whether it has values of a data set.
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
            (_, Source::DataSet(dataset, viewer)) => {
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
            (_, Source::NoDataSet(name)) => PanelData::Unavailable(Unavailable::no_data_set(name)),
            (_, Source::Itself) => PanelData::Unavailable(Unavailable::no_data_set("")),
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

    /// Whether the dashboard is one that somebody is about to change: what only works on its own page is left out then.
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.dashboard.origin == Origin::Draft
    }
}
