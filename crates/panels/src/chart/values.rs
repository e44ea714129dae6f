//! The values of a chart as a collapsed table, and the values that a script reads out.

use std::fmt::Write as _;
use std::iter;

use super::data::ChartData;
use crate::format::{CellKind, NAME_CHARACTERS, grouped};
use crate::html::{attribute, escaped};
use crate::table::{heading, push_row};

/// The maximum number of rows of the table.
pub const MOST_ROWS: usize = 1000;
/// The number of points that are read out where the table does not have all of them.
const READ_OUT: usize = 500;

/// A row for each point and a column for each series. Of more than [`MOST_ROWS`] rows it shows the first, and says so.
pub fn values_html(title: &str, data: &ChartData<'_>) -> String {
    let mut html = String::from("<details class=\"values\"><summary>Values as a table</summary>");
    if data.points.len() > MOST_ROWS {
        let (shown, all) = (grouped(MOST_ROWS as u64), grouped(data.points.len() as u64));
        _ = write!(html, "<p class=\"muted\">The first {shown} of {all} rows.</p>");
    }
    let label = attribute(&format!("{title}: values"));
    _ = write!(
        html,
        "<div class=\"scroll scroll-tall\" role=\"region\" tabindex=\"0\" aria-label=\"{label}\"><table><thead><tr>\
         <th scope=\"col\">{}</th>",
        escaped(&data.points_are)
    );
    for series in &data.series {
        heading(&mut html, &series.format.heading(&series.drawn_name()), true);
    }
    html.push_str("</tr></thead><tbody>");
    push_rows(&mut html, data, (0..data.points.len()).take(MOST_ROWS));
    html.push_str("</tbody></table></div></details>");
    html
}

/// The points that are read out where the table does not have all of them, evenly chosen from `drawn`: their indices
/// and their rows. `None` where the table is complete.
pub fn readings(data: &ChartData<'_>, drawn: usize) -> Option<(Vec<usize>, String)> {
    if data.points.len() <= MOST_ROWS {
        return None;
    }
    let stride = drawn.div_ceil(READ_OUT).max(1);
    let indices: Vec<usize> = (0..drawn).step_by(stride).collect();
    let mut html = String::from("<table class=\"readings\" hidden><tbody>");
    push_rows(&mut html, data, indices.iter().copied());
    html.push_str("</tbody></table>");
    Some((indices, html))
}

fn push_rows(html: &mut String, data: &ChartData<'_>, points: impl Iterator<Item = usize>) {
    for at in points {
        let (Some(label), Some(point)) = (data.labels.get(at), data.points.get(at)) else { continue };
        let values = data
            .series
            .iter()
            .filter_map(|series| Some((series.format.html(series.cells.get(at)?, NAME_CHARACTERS), CellKind::Number)));
        push_row(html, iter::once((escaped(label), CellKind::in_column(point, false))).chain(values));
    }
}
