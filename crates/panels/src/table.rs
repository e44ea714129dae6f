//! Tables: rows of a data set, or a row a group.

use std::fmt::Write as _;

use chrono_tz::Tz;
use rolecall_model::data::{Cell, ColumnType, QueryResult, ResultColumn, TimeStep};
use rolecall_model::spec::PanelSpec;

use crate::format::{ValueFormat, grouped};
use crate::groups::{label, measures, points_are};
use crate::html::{attribute, escaped};

/// How many rows a page has where the panel does not say.
const ROWS_PER_PAGE: u32 = 20;

/// A page of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<'a> {
    /// Its number, from 1; beyond the last it is the last.
    pub number: u32,
    /// The name of the field in the page's address that has the number.
    pub parameter: &'a str,
}

/// A table for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// All of it: the table with its caption, and the links to other pages.
    pub html: String,
    /// The rows alone, for a script that turns pages.
    pub rows_html: String,
    /// The number of this page, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
}

/// The table of `panel` with what its query answered: the rows of `page`, or all groups. `totals` are the measures of all
/// groups together, for the last row of the last page. Moments are read in `zone`.
#[must_use]
pub fn table(panel: &PanelSpec, result: &QueryResult, totals: Option<&[Cell]>, page: Page<'_>, zone: Tz) -> Table {
    let columns =
        if panel.measures.is_empty() { row_columns(panel, result, zone) } else { group_columns(panel, result, zone) };
    let rows_per_page = panel.rows_per_page.unwrap_or(ROWS_PER_PAGE).max(1);
    // Rows come a page at a time, groups all at once.
    let (total, rows) = if panel.measures.is_empty() {
        (result.total, 0..result.rows.len())
    } else {
        let start = |page: u32| (page as usize - 1).saturating_mul(rows_per_page as usize).min(result.rows.len());
        let number = page.number.clamp(1, pages_of(result.rows.len() as u64, rows_per_page));
        (result.rows.len() as u64, start(number)..start(number.saturating_add(1)))
    };
    let pages = pages_of(total, rows_per_page);
    let number = page.number.clamp(1, pages);

    let mut rows_html = String::new();
    for row in result.rows.get(rows).unwrap_or_default() {
        let cells = columns.iter().filter_map(|column| Some((column.html(row.get(column.at)?), column.is_number)));
        push_row(&mut rows_html, cells);
    }
    if let Some(totals) = totals.filter(|_| number == pages && total > 0) {
        push_totals(&mut rows_html, &columns, totals);
    }
    let html = table_html(panel, result, &columns, &rows_html, (number, pages, page.parameter));
    Table { html, rows_html, page: number, pages }
}

fn pages_of(rows: u64, rows_per_page: u32) -> u32 {
    u32::try_from(rows.div_ceil(rows_per_page.into())).unwrap_or(u32::MAX).max(1)
}

/// A column as it is shown.
struct Column {
    /// The column of the result.
    at: usize,
    heading: String,
    is_number: bool,
    written: Written,
}

/// How the cells of a column are written.
enum Written {
    /// As values.
    Value(ValueFormat),
    /// As names of groups, which are steps of time where there is one.
    Group(Option<TimeStep>, Tz),
}

impl Column {
    fn html(&self, cell: &Cell) -> String {
        match &self.written {
            Written::Value(format) => format.html(cell),
            Written::Group(step, zone) => escaped(&label(cell, *step, *zone)),
        }
    }
}

/// The columns of rows, as the panel names them.
fn row_columns(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> Vec<Column> {
    let column = |(index, column): (usize, &ResultColumn)| {
        let spec = panel.columns.get(index).filter(|spec| spec.column == column.name);
        let is_number = column.column_type.is_number();
        let decimals = spec.and_then(|spec| spec.decimals).or((column.column_type == ColumnType::Integer).then_some(0));
        let cells = result.rows.iter().filter_map(move |row| row.get(index));
        let format = ValueFormat::of(cells, decimals, spec.and_then(|spec| spec.unit.as_deref()), zone);
        let title = spec.and_then(|spec| spec.title.as_deref()).unwrap_or(&column.name);
        let heading = match column.column_type {
            ColumnType::Timestamp => format!("{title} ({zone})"),
            _ => format.heading(title),
        };
        Column { at: index, heading, is_number, written: Written::Value(format) }
    };
    result.columns.iter().enumerate().map(column).collect()
}

/// The columns of groups: what they are, what splits them, and the measures.
fn group_columns(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> Vec<Column> {
    let mut columns = Vec::with_capacity(result.columns.len());
    if let Some(by) = &panel.by {
        let written = Written::Group(by.step, zone);
        columns.push(Column { at: 0, heading: points_are(panel, result), is_number: false, written });
    }
    if panel.split.is_some() {
        let at = columns.len();
        let heading = result.columns.get(at).map_or_else(String::new, |column| column.name.clone());
        columns.push(Column { at, heading, is_number: false, written: Written::Group(None, zone) });
    }
    for measure in measures(panel, result, zone) {
        let heading = measure.format.heading(measure.title);
        columns.push(Column { at: measure.at, heading, is_number: true, written: Written::Value(measure.format) });
    }
    columns
}

/// The last row, below all groups.
fn push_totals(html: &mut String, columns: &[Column], totals: &[Cell]) {
    let names = columns.iter().filter(|column| !column.is_number).count();
    html.push_str("<tr class=\"total\">");
    if names > 0 {
        _ = write!(html, "<th scope=\"row\" colspan=\"{names}\">Total</th>");
    }
    for (column, cell) in columns.iter().filter(|column| column.is_number).zip(totals) {
        _ = write!(html, "<td class=\"num\">{}</td>", column.html(cell));
    }
    html.push_str("</tr>");
}

fn table_html(
    panel: &PanelSpec,
    result: &QueryResult,
    columns: &[Column],
    rows_html: &str,
    (page, pages, parameter): (u32, u32, &str),
) -> String {
    let id = attribute(&panel.id);
    let mut html = format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}-caption\"><table>\
         <caption id=\"{id}-caption\">{}</caption><thead><tr>",
        caption(panel, result)
    );
    for column in columns {
        heading(&mut html, &column.heading, column.is_number);
    }
    _ = write!(html, "</tr></thead><tbody>{rows_html}</tbody></table></div>");
    if result.approximate {
        html.push_str("<p class=\"muted chart-note\">Numbers of different values are estimates.</p>");
    }
    if pages > 1 {
        push_pager(&mut html, panel, page, pages, parameter);
    }
    html
}

/// How many rows there are; of groups that a limit cuts, how many of how many groups.
fn caption(panel: &PanelSpec, result: &QueryResult) -> String {
    let counted = |count: u64, noun: &str| format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" });
    if panel.measures.is_empty() {
        return counted(result.total, "row");
    }
    let groups = result.rows.chunk_by(|a, b| a.first() == b.first()).count() as u64;
    if panel.by.is_some() && groups < result.total {
        return format!("{} of {}", grouped(groups), counted(result.total, "group"));
    }
    counted(result.rows.len() as u64, "row")
}

/// Links to the previous and the next page. At an end a link is disabled and leads to the page itself: without its address it
/// would lose the focus.
fn push_pager(html: &mut String, panel: &PanelSpec, page: u32, pages: u32, parameter: &str) {
    let (id, parameter) = (attribute(&panel.id), attribute(parameter));
    let link = |html: &mut String, rel: &str, label: &str, to: u32| {
        let disabled = if to == page { " aria-disabled=\"true\"" } else { "" };
        _ = write!(html, "<a class=\"button\" rel=\"{rel}\" href=\"?{parameter}={to}#{id}\"{disabled}>{label}</a>");
    };
    _ = write!(html, "<nav class=\"pager\" aria-label=\"{}\">", attribute(&format!("Pages of {}", panel.title)));
    link(html, "prev", "Previous", page.saturating_sub(1).max(1));
    _ = write!(html, "<span role=\"status\">Page {} of {}</span>", grouped(page.into()), grouped(pages.into()));
    link(html, "next", "Next", page.saturating_add(1).min(pages));
    html.push_str("</nav>");
}

/// Appends a heading of a column.
pub fn heading(html: &mut String, text: &str, is_number: bool) {
    let class = if is_number { " class=\"num\"" } else { "" };
    _ = write!(html, "<th{class} scope=\"col\" dir=\"auto\">{}</th>", escaped(text));
}

/// Appends a row: each cell with its HTML and whether it is a number. The first one heads the row.
pub fn push_row(html: &mut String, cells: impl IntoIterator<Item = (String, bool)>) {
    html.push_str("<tr>");
    for (index, (cell, is_number)) in cells.into_iter().enumerate() {
        let (open, close) = if index == 0 { ("<th scope=\"row\"", "</th>") } else { ("<td", "</td>") };
        html.push_str(open);
        html.push_str(if is_number { " class=\"num\">" } else { " dir=\"auto\">" });
        html.push_str(&cell);
        html.push_str(close);
    }
    html.push_str("</tr>");
}
