//! Values as a table of a page.

use std::fmt::Write as _;

use super::values::Values;
use crate::format::TextLength;
use crate::html::{attribute, escaped};
use crate::table::{CUT, heading, push_row};

/// All `values` of the panel called `title`, rounded as the panel rounds them.
#[must_use]
pub fn values_table(title: &str, values: &Values) -> String {
    let label = attribute(&format!("{title}: values"));
    let mut html =
        format!("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{label}\"><table><thead><tr>");
    for column in &values.columns {
        heading(&mut html, &column.heading, column.is_number);
    }
    html.push_str("</tr></thead><tbody>");
    let texts = TextLength::of(values.rows.iter().flatten());
    for row in &values.rows {
        let cells = values.columns.iter().zip(row);
        push_row(&mut html, cells.map(|(column, cell)| (column.written.html(cell, texts.most), column.is_number)));
    }
    html.push_str("</tbody></table></div>");
    for note in values.cut().into_iter().chain(texts.is_cut.then(|| CUT.to_owned())) {
        _ = write!(html, "<p class=\"muted chart-note\">{}</p>", escaped(&note));
    }
    html
}
