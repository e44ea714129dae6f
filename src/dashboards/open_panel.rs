//! A panel that is open to somebody: its data, when they are wanted.

use std::sync::Arc;

use chrono_tz::Tz;
use rolecall_model::Role;
use rolecall_model::data::{GroupQuery, Query, QueryResult, Select};

use super::data::{PanelData, TablePage};
use super::error::DashboardsError;
use super::notes;
use super::sources::Sources;
use super::spec::{Content, Dashboard, Panel};
use crate::datasets::{DataSet, RuleViewer};

/// What there is where a panel was looked for.
pub enum FoundPanel<'a> {
    /// No such panel, or no such dashboard for that role.
    Nothing,
    /// A panel that a higher role opens.
    Closed {
        /// The lowest role that would do.
        needed: Role,
    },
    /// The panel.
    Open(OpenPanel<'a>),
}

/// The last page of a table whose HTML is kept.
const LAST_PAGE_KEPT: u32 = 50;

/// A panel that is open to somebody.
pub struct OpenPanel<'a> {
    pub(super) sources: &'a Sources,
    pub(super) dashboard: &'a Dashboard,
    pub(super) panel: &'a Panel,
    pub(super) source: Source,
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

    /// The zone in which its moments are named.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.dashboard.zone()
    }

    /// Everything that its data at `page` depend on, as a name for what is made of them and kept; `None` for data that can change
    /// at any moment, and for pages that hardly anybody asks for. Two people with the same name see the same rows.
    #[must_use]
    pub fn key(&self, page: u32) -> Option<String> {
        let (slug, id) = (&self.dashboard.slug, &self.panel.spec.id);
        let is_table = matches!(self.panel.content, Content::Rows(_) | Content::Groups(_));
        // Only tables have pages. Otherwise anybody could fill what is kept with copies.
        let page = if is_table { page } else { 1 };
        match (&self.source, &self.panel.content) {
            _ if page > LAST_PAGE_KEPT => None,
            (Source::DataSet(dataset, viewer), _) => {
                let (data, rows) = (&dataset.data, dataset.row_filters(viewer));
                Some(format!("{slug}/{id}/{}/{}/{page}/{rows:?}", data.dataset, data.version))
            }
            (Source::Itself, Content::Text(_)) => Some(format!("{slug}/{id}")),
            _ => None,
        }
    }

    /// Its data, a table at `page` (from 1; beyond the last it is the last).
    ///
    /// # Errors
    /// [`DashboardsError`].
    pub async fn data(&self, page: u32) -> Result<PanelData, DashboardsError> {
        Ok(match (&self.panel.content, &self.source) {
            (Content::Text(text), _) => PanelData::Text(text.clone()),
            (Content::Note, _) => {
                PanelData::Note(notes::read(&self.sources.db, &self.dashboard.slug, &self.panel.spec.id).await?)
            }
            (Content::SignIns, _) => PanelData::SignIns(self.sources.sign_in_figures().await?),
            (_, Source::DataSet(dataset, viewer)) => self.queried(dataset, viewer, page).await?,
            (_, Source::NoDataSet(name)) => PanelData::NoDataSet(name.clone()),
            (_, Source::Itself) => PanelData::NoDataSet(String::new()),
        })
    }

    /// What its queries answer on `dataset`.
    async fn queried(&self, dataset: &DataSet, viewer: &RuleViewer, page: u32) -> Result<PanelData, DashboardsError> {
        let columns = &dataset.data.columns;
        let mistakes = self.panel.query().and_then(|query| rolecall_data::query::check(query, columns).err());
        let unfit: Vec<String> = mistakes.into_iter().flatten().map(|mistake| mistake.problem).collect();
        if !unfit.is_empty() {
            return Ok(PanelData::Unfit(unfit));
        }
        let run = async |query: &Query| self.sources.datasets.run(dataset, query, viewer).await;
        let rows_per_page = self.panel.rows_per_page();
        Ok(match &self.panel.content {
            Content::Figures(query) => PanelData::Figures(run(query).await?),
            Content::Rows(query) => {
                let mut result = run(&with_offset(query, page, rows_per_page)).await?;
                let pages = pages(result.total, rows_per_page);
                let shown = page.clamp(1, pages);
                if shown != page {
                    result = run(&with_offset(query, shown, rows_per_page)).await?;
                }
                PanelData::Table(TablePage { rows: 0..result.rows.len(), result, totals: None, page: shown, pages })
            }
            Content::Groups(query) => {
                let result = run(query).await?;
                let totals = match totals_of(query).filter(|_| self.panel.spec.totals) {
                    Some(totals) => Some(run(&totals).await?),
                    None => None,
                };
                let pages = pages(u64::try_from(result.rows.len()).unwrap_or(u64::MAX), rows_per_page);
                let page = page.clamp(1, pages);
                PanelData::Table(TablePage { rows: rows_of(&result, page, rows_per_page), result, totals, page, pages })
            }
            Content::Chart(query) => PanelData::Chart(run(query).await?),
            Content::Text(_) | Content::Note | Content::SignIns => PanelData::Unfit(Vec::new()),
        })
    }
}

/// The rows of `query` at `page`, from 1.
fn with_offset(query: &Query, page: u32, rows_per_page: u32) -> Query {
    let mut query = query.clone();
    if let Select::Rows(rows) = &mut query.select {
        rows.offset = u64::from(page.saturating_sub(1)) * u64::from(rows_per_page);
    }
    query
}

/// How many pages `rows` fill: at least one.
fn pages(rows: u64, rows_per_page: u32) -> u32 {
    u32::try_from(rows.div_ceil(u64::from(rows_per_page.max(1)))).unwrap_or(u32::MAX).max(1)
}

/// Which of all groups are on `page`.
fn rows_of(result: &QueryResult, page: u32, rows_per_page: u32) -> std::ops::Range<usize> {
    let start =
        |page: u32| (page.saturating_sub(1) as usize).saturating_mul(rows_per_page as usize).min(result.rows.len());
    start(page)..start(page.saturating_add(1))
}

/// The same measures of all rows together.
fn totals_of(query: &Query) -> Option<Query> {
    let Select::Groups(groups) = &query.select else { return None };
    let measures = groups.measures.clone();
    let select = Select::Groups(GroupQuery { measures, by: None, split: None, order: None, limit: None });
    Some(Query { select, ..query.clone() })
}
