//! The queries of a panel on its data set.

use std::borrow::Cow;
use std::sync::Arc;

use rolecall_data::query::{MAX_REACHED_ROWS, QueryError, check};
use rolecall_model::data::{Aggregate, Query, QueryResult, Select};
use rolecall_panels::{Compared, Page};

use super::data::{PanelData, TablePage, TableRequest};
use super::filters::{DayRange, PanelComparison, PanelFilters};
use super::sorting::Sorting;
use super::spec::{Content, Panel};
use super::unavailable::Unavailable;
use crate::datasets::{DataSet, Datasets, RuleViewer};

/// The queries of `panel` on `dataset`, for `viewer`.
#[derive(Clone, Copy)]
pub(super) struct Queries<'a> {
    pub(super) datasets: &'a Datasets,
    pub(super) dataset: &'a DataSet,
    pub(super) viewer: &'a RuleViewer,
    pub(super) panel: &'a Panel,
    pub(super) filters: &'a PanelFilters,
}

impl Queries<'_> {
    /// Their results, a table as it is `asked` for.
    pub(super) async fn data(self, asked: &TableRequest) -> Result<PanelData, QueryError> {
        if let Content::Figures(query) = &self.panel.content {
            let query = self.filtered(query);
            let result = self.run(&query).await?;
            let compared = self.compared(&query, &result).await?;
            return Ok(PanelData::Figures(result, compared));
        }
        self.in_pages(asked, self.panel.rows_per_page()).await
    }

    /// The same with all rows of all pages of a table as one page, sorted by `sort`. Figures have no comparison.
    pub(super) async fn whole(self, sort: Option<&str>) -> Result<PanelData, QueryError> {
        let asked = TableRequest { page: 1, sort: sort.map(ToOwned::to_owned) };
        self.in_pages(&asked, u32::MAX).await
    }

    async fn in_pages(self, asked: &TableRequest, rows_per_page: u32) -> Result<PanelData, QueryError> {
        Ok(match &self.panel.content {
            Content::Figures(query) => PanelData::Figures(self.run(&self.filtered(query)).await?, Compared::Nothing),
            Content::Chart(query) => PanelData::Chart(self.run(&self.filtered(query)).await?),
            Content::Rows(query) => PanelData::Table(self.rows(&self.filtered(query), asked, rows_per_page).await?),
            Content::Groups(query) => PanelData::Table(self.groups(&self.filtered(query), asked, rows_per_page).await?),
            Content::Text(_) | Content::Note | Content::SignIns => {
                PanelData::Unavailable(Unavailable::no_data_set(&self.dataset.name))
            }
        })
    }

    /// A page of rows. They are counted first, so that a page beyond the end costs no more than the last.
    async fn rows(self, query: &Query, asked: &TableRequest, rows_per_page: u32) -> Result<TablePage, QueryError> {
        let sort = Sorting::of(&self.panel.spec, asked.sort.as_deref());
        let mut query = sort.sorted(query);
        check(&query, &self.dataset.data.columns).map_err(QueryError::Mistakes)?;
        let total = self.datasets.count(self.dataset, &query, self.viewer).await?;
        let page = Page::of(total.min(MAX_REACHED_ROWS), rows_per_page, asked.page);
        if let Select::Rows(rows) = &mut query.select {
            rows.offset = page.rows.start;
            rows.limit = u32::try_from(page.rows.end - page.rows.start).unwrap_or(rows.limit);
        }
        let result = self.run(&query).await?;
        Ok(TablePage { rows: (0..result.rows.len()).collect(), result, totals: None, page, sort })
    }

    /// A page of groups. All groups are read, and sorted here.
    async fn groups(self, query: &Query, asked: &TableRequest, rows_per_page: u32) -> Result<TablePage, QueryError> {
        let result = self.run(query).await?;
        let sort = Sorting::of(&self.panel.spec, asked.sort.as_deref()).named_as_in(&self.panel.spec, &result);
        let totals =
            if self.panel.spec.totals { self.datasets.totals(self.dataset, query, self.viewer).await? } else { None };
        let page = Page::of(result.rows.len() as u64, rows_per_page, asked.page);
        let place = |row: u64| usize::try_from(row).unwrap_or(usize::MAX);
        let rows = sort.places(&self.panel.spec, &result);
        let rows = rows.get(place(page.rows.start)..place(page.rows.end)).unwrap_or_default().to_vec();
        Ok(TablePage { result, rows, totals, page, sort })
    }

    /// `query` with the conditions of the filters.
    fn filtered(self, query: &Query) -> Cow<'_, Query> {
        if self.filters.conditions.is_empty() {
            return Cow::Borrowed(query);
        }
        let mut query = query.clone();
        query.filters.extend(self.filters.conditions.iter().cloned());
        Cow::Owned(query)
    }

    /// What the figures of `query` are compared with. `steps` is the result of `query`.
    async fn compared(self, query: &Query, steps: &QueryResult) -> Result<Compared, QueryError> {
        let (column, days, before) = match &self.filters.compared {
            PanelComparison::Usual if self.panel.spec.compare => {
                return Box::pin(self.compared_as_usual(query, steps)).await;
            }
            PanelComparison::Usual => return Ok(Compared::Usual),
            PanelComparison::Nothing => return Ok(Compared::Nothing),
            // Over all days together, a share is always 100%, so the last step's share is used.
            PanelComparison::Days { before, .. } if has_share(query) => {
                return Ok(if before.is_some() { Compared::Usual } else { Compared::Nothing });
            }
            PanelComparison::Days { column, days, before } => (column, *days, *before),
        };
        let Some(result) = self.datasets.totals(self.dataset, query, self.viewer).await? else {
            return Ok(Compared::Usual);
        };
        let before = match before {
            Some(before) => {
                self.totals_before(query, column, (days, before)).await?.map(|result| (before.words(), result))
            }
            None => None,
        };
        let end_within_step = Self::end_within_last(query, steps, days);
        Ok(Compared::Days { days: days.words(), result, before, end_within_step })
    }

    /// The measures over all rows of `query` whose values of `column` are in `before` instead of `days`.
    async fn totals_before(
        self,
        query: &Query,
        column: &str,
        (days, before): (DayRange, DayRange),
    ) -> Result<Option<Arc<QueryResult>>, QueryError> {
        let Some((now, then)) = days.condition(column).zip(before.condition(column)) else { return Ok(None) };
        let mut query = query.clone();
        // The panel's own conditions on the days stay: the filters' conditions come after them.
        let own = query.filters.len().saturating_sub(self.filters.conditions.len());
        for filter in query.filters.iter_mut().skip(own).filter(|filter| **filter == now) {
            filter.clone_from(&then);
        }
        self.datasets.totals(self.dataset, &query, self.viewer).await
    }

    async fn run(self, query: &Query) -> Result<Arc<QueryResult>, QueryError> {
        self.datasets.run(self.dataset, query, self.viewer).await
    }
}

/// Whether `query` has a measure that is a share. A share refers to the rows of the query, so over all of them it is
/// always 100%.
pub(super) fn has_share(query: &Query) -> bool {
    let Select::Groups(groups) = &query.select else { return false };
    groups.measures.iter().any(|measure| measure.compute == Aggregate::Share)
}
