//! A page of a table, as HTML.

use rolecall_data::query::MAX_REACHED_ROWS;
use rolecall_model::data::Cell;
use rolecall_model::panels::TableRows;
use rolecall_panels::format::grouped;
use rolecall_panels::{SORT_FIELDS, Shown, Table, TableFields, ValueLinks, table};
use rolecall_routes as routes;

use super::data::TablePage;
use super::open_panel::OpenPanel;
use super::spec::Content;

/// The table `data` of `panel`.
#[must_use]
pub fn table_of(panel: &OpenPanel<'_>, data: &TablePage) -> Table {
    let spec = &panel.panel().spec;
    let note = note(panel, data);
    let links = |column: &str, value: &Cell| panel.value_link(column, value);
    let shown = Shown { links: Some(ValueLinks(&links)), ..shown(data, note.as_deref()) };
    let (page, sort) = (routes::page_parameter(&spec.id), routes::sort_parameter(&spec.id));
    let fields = TableFields { page: &page, sort: &sort, sorted: data.sort.asked.as_ref() };
    table(spec, &shown, fields, panel.zone())
}

/// The rows of the table `data` of `panel`, for a script that loads further pages. Their links keep `orders`, those of
/// all tables.
#[must_use]
pub fn table_rows(panel: &OpenPanel<'_>, data: &TablePage, orders: &str) -> TableRows {
    let Table { rows_html, .. } = table_of(panel, data);
    let html = rows_html.replace(SORT_FIELDS, orders);
    TableRows { html, page: data.page.number, pages: data.page.pages, sort: data.sort.in_force.clone() }
}

/// The table's HTML for `data`, with `note` below it and without links.
pub(super) fn shown<'a>(data: &'a TablePage, note: Option<&'a str>) -> Shown<'a> {
    Shown {
        result: &data.result,
        rows: &data.rows,
        totals: data.totals.as_ref().and_then(|totals| totals.rows.first()).map(Vec::as_slice),
        page: &data.page,
        sort: data.sort.in_force.as_ref(),
        note,
        links: None,
    }
}

/// Messages about the order, or about the end of the pages.
pub(super) fn note(panel: &OpenPanel<'_>, data: &TablePage) -> Option<String> {
    let unknown = data.sort.unknown.as_ref().map(|sort| {
        format!("The table has no column “{}” to sort by, so it is sorted as usual.", sort.trim_start_matches('-'))
    });
    let is_cut = matches!(panel.panel().content, Content::Rows(_)) && data.result.total > MAX_REACHED_ROWS;
    let ends = is_cut.then(|| {
        let most = grouped(MAX_REACHED_ROWS);
        format!("The pages end after {most} rows. Sort by another column to see others first, or ask for a filter.")
    });
    let sentences: Vec<String> = unknown.into_iter().chain(ends).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}
