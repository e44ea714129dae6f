//! The queries of a panel on its data set.

use std::sync::Arc;

use rolecall_data::query::{MAX_REACHED_ROWS, QueryError, check};
use rolecall_model::data::{Query, QueryResult, Select};
use rolecall_panels::Page;

use super::data::{PanelData, TablePage, TableRequest};
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
}

impl Queries<'_> {
    /// What they answer, a table as it is `asked` for.
    ///
    /// # Errors
    /// [`QueryError`].
    pub(super) async fn data(self, asked: &TableRequest) -> Result<PanelData, QueryError> {
        self.in_pages(asked, self.panel.rows_per_page()).await
    }

    /// The same with all rows of a table that its pages reach, as one page, sorted by `sort`.
    ///
    /// # Errors
    /// [`QueryError`].
    pub(super) async fn whole(self, sort: Option<&str>) -> Result<PanelData, QueryError> {
        let asked = TableRequest { page: 1, sort: sort.map(ToOwned::to_owned) };
        self.in_pages(&asked, u32::MAX).await
    }

    async fn in_pages(self, asked: &TableRequest, rows_per_page: u32) -> Result<PanelData, QueryError> {
        Ok(match &self.panel.content {
            Content::Figures(query) => PanelData::Figures(self.run(query).await?),
            Content::Chart(query) => PanelData::Chart(self.run(query).await?),
            Content::Rows(query) => PanelData::Table(self.rows(query, asked, rows_per_page).await?),
            Content::Groups(query) => PanelData::Table(self.groups(query, asked, rows_per_page).await?),
            Content::Text(_) | Content::Note | Content::SignIns => {
                PanelData::Unavailable(Unavailable::no_data_set(&self.dataset.name))
            }
        })
    }

    /// A page of rows. They are counted first, so that a page that there is not costs no more than the last.
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

    /// A page of groups. All of them are there, and sorted here.
    async fn groups(self, query: &Query, asked: &TableRequest, rows_per_page: u32) -> Result<TablePage, QueryError> {
        let sort = Sorting::of(&self.panel.spec, asked.sort.as_deref());
        let result = self.run(query).await?;
        let totals =
            if self.panel.spec.totals { self.datasets.totals(self.dataset, query, self.viewer).await? } else { None };
        let page = Page::of(result.rows.len() as u64, rows_per_page, asked.page);
        let place = |row: u64| usize::try_from(row).unwrap_or(usize::MAX);
        let rows = sort.places(&self.panel.spec, &result);
        let rows = rows.get(place(page.rows.start)..place(page.rows.end)).unwrap_or_default().to_vec();
        Ok(TablePage { result, rows, totals, page, sort })
    }

    async fn run(self, query: &Query) -> Result<Arc<QueryResult>, QueryError> {
        self.datasets.run(self.dataset, query, self.viewer).await
    }
}
