//! A page of a table, as HTML.

use rolecall_model::panels::TableRows;
use rolecall_panels::{Page, Table, table};

use super::data::{PanelData, TablePage};
use super::error::DashboardsError;
use super::open_panel::OpenPanel;
use crate::routes;

/// The table `data` of `panel` at `page`.
#[must_use]
pub fn table_of(panel: &OpenPanel<'_>, data: &TablePage, page: u32) -> Table {
    let spec = &panel.panel().spec;
    let totals = data.totals.as_ref().and_then(|totals| totals.rows.first()).map(Vec::as_slice);
    let parameter = routes::page_parameter(&spec.id);
    table(spec, &data.result, totals, Page { number: page, parameter: &parameter }, panel.zone())
}

/// The rows of the table `panel` at `page`, for a script that turns its pages; `None` for a panel that is no table.
///
/// # Errors
/// When the data cannot be read.
pub async fn table_rows(panel: &OpenPanel<'_>, page: u32) -> Result<Option<TableRows>, DashboardsError> {
    let PanelData::Table(data) = panel.data(page).await? else { return Ok(None) };
    let Table { rows_html: html, page, pages, .. } = table_of(panel, &data, page);
    Ok(Some(TableRows { html, page, pages }))
}
