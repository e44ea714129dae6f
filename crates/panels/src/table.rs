//! Tables: the rows of a data set, or a row for each group.

use std::collections::HashSet;
use std::fmt::Write as _;

use chrono_tz::Tz;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rolecall_model::data::{Cell, Order, QueryResult};
use rolecall_model::panels::TableSort;
use rolecall_model::spec::PanelSpec;

use crate::columns::{Column, columns};
use crate::format::{CellKind, NAME_CHARACTERS, TextLength, grouped};
use crate::html::{attribute, escaped, push_estimates};
use crate::links::ValueLinks;
use crate::page::Page;

/// A placeholder in the links of a table for the fields of other tables in the page's address. The page that contains
/// the table fills it in: `days.page=2&amp;`, or nothing. It appears in no text, since XML does not allow it.
pub const OTHER_FIELDS: char = '\u{1}';

/// Shown below a table that cuts some of its texts.
pub const CUT: &str = "Long texts are cut here. Files have all of them.";

/// What a table shows of a result.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    /// The result of the query.
    pub result: &'a QueryResult,
    /// The rows of `result` that are on this page, in their order.
    pub rows: &'a [usize],
    /// The measures of all groups together, for the last row of the last page.
    pub totals: Option<&'a [Cell]>,
    /// Which page it is.
    pub page: &'a Page,
    /// The column by which the rows are sorted, if it is one of those shown.
    pub sort: Option<&'a TableSort>,
    /// A sentence below the table.
    pub note: Option<&'a str>,
    /// The links of the names of groups and series.
    pub links: Option<ValueLinks<'a>>,
}

impl Shown<'_> {
    /// The rows of this page.
    pub(crate) fn cells_by_row(&self) -> impl Iterator<Item = &Vec<Cell>> + Clone {
        self.rows.iter().filter_map(move |at| self.result.rows.get(*at))
    }

    /// The measures of all groups together, if they are the last row of this page.
    pub(crate) fn last_row(&self) -> Option<&[Cell]> {
        self.totals.filter(|_| self.page.number == self.page.pages && !self.rows.is_empty())
    }
}

/// The fields of the page's address that belong to a table.
#[derive(Clone, Copy, Debug)]
pub struct TableFields<'a> {
    /// The name of the field with the page number.
    pub page: &'a str,
    /// The name of the field with the column to sort by.
    pub sort: &'a str,
    /// The current sort column, if any, which is kept when the reader turns pages.
    pub sorted: Option<&'a TableSort>,
}

/// A table for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The table with its caption and the links to other pages. The links contain [`OTHER_FIELDS`].
    pub html: String,
    /// The rows alone, for the script that turns pages.
    pub rows_html: String,
}

/// The table of `panel` with what is `shown` of its data. Times are shown in `zone`.
#[must_use]
pub fn table(panel: &PanelSpec, shown: &Shown<'_>, fields: TableFields<'_>, zone: Tz) -> Table {
    let columns = columns(panel, shown.result, zone);
    let texts = TextLength::of(shown.cells_by_row().flatten());
    let mut rows_html = String::new();
    for row in shown.cells_by_row() {
        let cell = |column: &Column| {
            let cell = row.get(column.at)?;
            let kind = CellKind::in_column(cell, column.is_number);
            Some((linked(panel, column, (cell, texts.most), shown.links), kind))
        };
        push_row(&mut rows_html, columns.iter().filter_map(cell));
    }
    if let Some(totals) = shown.last_row() {
        push_totals(&mut rows_html, &columns, totals);
    }
    if texts.is_cut {
        // Inside of the rows, so that the script replaces it with them.
        _ = write!(rows_html, "<tr><td class=\"muted\" colspan=\"{}\">{CUT}</td></tr>", columns.len());
    }
    let html = table_html(panel, shown, &columns, &rows_html, fields);
    Table { html, rows_html }
}

/// The HTML of `cell`, with a text cut to `most` characters. It is a link where it names a group or a series that has
/// one.
fn linked(panel: &PanelSpec, column: &Column, (cell, most): (&Cell, usize), links: Option<ValueLinks<'_>>) -> String {
    let html = column.html(cell, most);
    let link = links.zip(column.group(cell)).and_then(|(links, name)| links.open(panel, &column.name, cell, &name));
    link.map_or_else(|| html.clone(), |open| format!("{open}{html}</a>"))
}

/// The last row, below all groups.
fn push_totals(html: &mut String, columns: &[Column], totals: &[Cell]) {
    let names = columns.iter().filter(|column| !column.is_number).count();
    html.push_str("<tr class=\"total\">");
    if names > 0 {
        _ = write!(html, "<th scope=\"row\" colspan=\"{names}\">Total</th>");
    }
    for (column, cell) in columns.iter().filter(|column| column.is_number).zip(totals) {
        _ = write!(html, "<td class=\"num\">{}</td>", column.html(cell, NAME_CHARACTERS));
    }
    html.push_str("</tr>");
}

fn table_html(
    panel: &PanelSpec,
    shown: &Shown<'_>,
    columns: &[Column],
    rows_html: &str,
    fields: TableFields<'_>,
) -> String {
    let id = attribute(&panel.id);
    let mut html = format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}-caption\"><table>\
         <caption id=\"{id}-caption\">{}</caption><thead><tr>",
        caption(panel, shown.result)
    );
    let mut names = HashSet::new();
    for column in columns {
        // If two columns have the same name, addresses mean the first.
        if names.insert(column.name.as_str()) {
            push_sorting_heading(&mut html, panel, column, shown.sort, fields);
        } else {
            heading(&mut html, &column.heading, column.is_number);
        }
    }
    _ = write!(html, "</tr></thead><tbody>{rows_html}</tbody></table></div>");
    if shown.result.approximate {
        push_estimates(&mut html);
    }
    if let Some(note) = shown.note {
        _ = write!(html, "<p class=\"muted chart-note\" dir=\"auto\">{}</p>", escaped(note));
    }
    if shown.page.pages > 1 {
        push_pager(&mut html, panel, shown.page, fields);
    }
    html
}

/// The caption: the number of rows; where a limit cuts the groups, the number shown and the total.
pub fn caption(panel: &PanelSpec, result: &QueryResult) -> String {
    let counted = |count: u64, noun: &str| format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" });
    if panel.measures.is_empty() {
        return counted(result.total, "row");
    }
    // All groups have the same number of rows: one, or one for each series.
    let groups = result.rows.chunk_by(|a, b| a.first() == b.first()).count() as u64;
    if panel.by.is_some() && groups < result.total {
        return format!("{} of {}", grouped(groups), counted(result.total, "group"));
    }
    counted(result.rows.len() as u64, "row")
}

/// A link to this table sorted by `sort`, at `page`.
fn href(panel: &PanelSpec, fields: TableFields<'_>, sort: Option<&TableSort>, page: Option<u32>) -> String {
    let sort = sort.map(|sort| format!("{}={}", fields.sort, utf8_percent_encode(&sort.to_string(), NON_ALPHANUMERIC)));
    let page = page.map(|page| format!("{}={page}", fields.page));
    let query: Vec<String> = sort.into_iter().chain(page).collect();
    format!("?{OTHER_FIELDS}{}#{}", attribute(&query.join("&")), attribute(&panel.id))
}

/// Appends links to the previous and the next page. At an end the link is disabled but keeps its address: without one
/// it would lose the focus.
fn push_pager(html: &mut String, panel: &PanelSpec, page: &Page, fields: TableFields<'_>) {
    let Page { number, pages, .. } = *page;
    let link = |html: &mut String, rel: &str, label: &str, to: u32| {
        let disabled = if to == number { " aria-disabled=\"true\"" } else { "" };
        let href = href(panel, fields, fields.sorted, Some(to));
        _ = write!(html, "<a class=\"button\" rel=\"{rel}\" href=\"{href}\"{disabled}>{label}</a>");
    };
    _ = write!(html, "<nav class=\"pager\" aria-label=\"{}\">", attribute(&format!("Pages of {}", panel.title)));
    link(html, "prev", "Previous", number.saturating_sub(1).max(1));
    _ = write!(html, "<span role=\"status\">Page {} of {}</span>", grouped(number.into()), grouped(pages.into()));
    link(html, "next", "Next", number.saturating_add(1).min(pages));
    html.push_str("</nav>");
}

/// Appends a heading that is a link to sort by its column.
fn push_sorting_heading(
    html: &mut String,
    panel: &PanelSpec,
    column: &Column,
    in_force: Option<&TableSort>,
    fields: TableFields<'_>,
) {
    let class = if column.is_number { " class=\"num\"" } else { "" };
    let state = match in_force.filter(|sort| sort.column == column.name).map(|sort| sort.order) {
        Some(Order::Ascending) => " aria-sort=\"ascending\"",
        Some(Order::Descending) => " aria-sort=\"descending\"",
        None => "",
    };
    let href = href(panel, fields, Some(&TableSort::next(in_force, &column.name)), None);
    let (name, text) = (attribute(&column.name), escaped(&column.heading));
    _ = write!(
        html,
        "<th{class} scope=\"col\" dir=\"auto\"{state}><a href=\"{href}\" data-column=\"{name}\">{text}</a></th>"
    );
}

/// Appends a heading of a column.
pub fn heading(html: &mut String, text: &str, is_number: bool) {
    let class = if is_number { " class=\"num\"" } else { "" };
    _ = write!(html, "<th{class} scope=\"col\" dir=\"auto\">{}</th>", escaped(text));
}

/// Appends a row: the HTML and the kind of each cell. The first cell is the heading of the row.
pub fn push_row(html: &mut String, cells: impl IntoIterator<Item = (String, CellKind)>) {
    html.push_str("<tr>");
    for (index, (cell, kind)) in cells.into_iter().enumerate() {
        let (open, close) = if index == 0 { ("<th scope=\"row\"", "</th>") } else { ("<td", "</td>") };
        html.push_str(open);
        html.push_str(kind.attributes());
        html.push('>');
        html.push_str(&kind.within(cell));
        html.push_str(close);
    }
    html.push_str("</tr>");
}
