//! A chart for a page: legend, plot, and all values as a table.
//!
//! Without JavaScript the chart is a picture with a table. The script that reads values out relies on this markup:
//! - the plot, `.plot`: its name is in `aria-label`, and the class `plot-lying` marks horizontal bars;
//! - the points: the first rows of `table.readings`, or of the table in `.values` where there is no `table.readings`.
//!   Their number is `data-points` of the plot. Each point is in the middle of its band, and all bands have the same
//!   width, unless `data-x` of the plot gives the positions in parts of 10,000;
//! - the legend: `.readout-point`, and a `strong` for each drawn series. Its `data-unit` is appended to the text of the
//!   column;
//! - the cursor: `.cursor-band`, or `.cursor-line` with a `.dot` for each series. The position of a dot is in the `d`
//!   of the paths `.line` and `.points` of the same series, in parts of 10,000.

use std::fmt::Write as _;

use chrono_tz::Tz;
use rolecall_model::data::{Cell, QueryResult};
use rolecall_model::spec::{PanelKind, PanelSpec};

use super::data::{ChartData, MOST_SERIES};
use super::drawing::{drawing, drawn_series, percent, series_class};
use super::labels::{Label, beside, labels, longest_beside};
use super::links::{bar_links, series_link};
use super::path::units;
use super::plot::Plot;
use super::positions::Positions;
use super::values::{readings, values_html};
use crate::html::{NO_VALUES, attribute, escaped};
use crate::links::ValueLinks;

/// The minimum width of a plot on a phone and on a larger screen, in pixels.
const NARROW: usize = 240;
const WIDE: usize = 440;
/// The longest label beside a plot that fits into the usual space, in characters.
const USUAL_LABEL: usize = 6;
/// The maximum widths of the names of horizontal bars, in characters, and their classes: one that always fits, and
/// wider ones for plots where the names may take 40 % of the width. `style/charts.css` has the breakpoints.
static NAMES: [(usize, &str); 3] =
    [(20, "label-y names-short"), (34, "label-y names-middle"), (60, "label-y names-long")];

/// A chart for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Legend, plot and values.
    pub html: String,
    /// The unit of all values, for the head of the panel; empty where they have none, or different ones.
    pub unit: String,
}

/// The chart of `panel` (a line, an area or a bar) for the result of its query. Times are shown in `zone`.
#[must_use]
pub fn chart(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> Chart {
    made(panel, result, zone, None)
}

/// The same, with `links` on series and bars.
#[must_use]
pub fn chart_with_links(panel: &PanelSpec, result: &QueryResult, zone: Tz, links: ValueLinks<'_>) -> Chart {
    made(panel, result, zone, Some(links))
}

fn made(panel: &PanelSpec, result: &QueryResult, zone: Tz, links: Option<ValueLinks<'_>>) -> Chart {
    let data = ChartData::of(panel, result, zone);
    let unit = data.unit().unwrap_or_default().to_owned();
    let mut html = String::new();
    if data.is_empty() {
        _ = write!(html, "<p class=\"muted\">{NO_VALUES}</p>");
    } else {
        let plot = Plot::of(panel, &data);
        let read_out = readings(&data, plot.positions.count());
        push_readout(&mut html, panel, &data, &plot, links);
        let over = links.map(|links| bar_links(panel, &data, &plot, links)).unwrap_or_default();
        push_plot(&mut html, panel, &data, &plot, read_out.as_ref().map(|(indices, _)| indices.as_slice()), &over);
        for note in notes(&data, &plot, result) {
            _ = write!(html, "<p class=\"muted chart-note\">{}</p>", escaped(&note));
        }
        html.extend(read_out.map(|(_, rows)| rows));
    }
    if !data.points.is_empty() {
        html.push_str(&values_html(&panel.title, &data));
    }
    Chart { html, unit }
}

/// Appends the legend. In a chart over time it has the values of the last point.
fn push_readout(
    html: &mut String,
    panel: &PanelSpec,
    data: &ChartData<'_>,
    plot: &Plot,
    links: Option<ValueLinks<'_>>,
) {
    let last = plot.positions.count().checked_sub(1).filter(|_| data.step.is_some() || data.points.len() == 1);
    let point = last.and_then(|last| data.labels.get(last)).map_or("", |label| label.as_str());
    _ = write!(html, "<p class=\"readout\"><span class=\"readout-point\" dir=\"auto\">{}</span>", escaped(point));
    let key = if plot.kind == PanelKind::Line { "key key-line" } else { "key key-bars" };
    for (index, series) in data.series.iter().take(MOST_SERIES).enumerate() {
        let class = series_class(key, index, data);
        let unit = series.format.unit().map(|unit| format!(" data-unit=\"{}\"", attribute(unit))).unwrap_or_default();
        let value = last.and_then(|last| series.cells.get(last)).map(|cell| series.format.with_unit(cell));
        let (open, close) = series_link(panel, series, links);
        _ = write!(
            html,
            "<span class=\"{class}\">{open}<bdi>{}</bdi>{close} <strong{unit}>{}</strong></span>",
            escaped(&series.drawn_name()),
            escaped(&value.unwrap_or_default())
        );
    }
    html.push_str("</p>");
}

/// Appends the plot in its frame.
fn push_plot(
    html: &mut String,
    panel: &PanelSpec,
    data: &ChartData<'_>,
    plot: &Plot,
    read_out: Option<&[usize]>,
    over: &str,
) {
    let below = if plot.lies { Vec::new() } else { below(data, plot) };
    let longest = plot.ticks().iter().map(|tick| tick.label.chars().count()).max().unwrap_or(0);
    let widths: &[(usize, &str)] = if plot.lies { widths_of_names(data, plot) } else { &[] };
    let (frame, lying) = match widths.len() {
        0 if longest > USUAL_LABEL => ("plot-frame plot-frame-wide", ""),
        0 => ("plot-frame", ""),
        1 => ("plot-frame plot-frame-lying", " plot-lying"),
        2 => ("plot-frame plot-frame-lying plot-frame-middle", " plot-lying"),
        _ => ("plot-frame plot-frame-lying plot-frame-middle plot-frame-long", " plot-lying"),
    };
    let (room, end) = if plot.lies { ("<div class=\"plot-room\">", "</div>") } else { ("", "") };
    let places = places(plot, read_out).map(|places| format!(" data-x=\"{places}\"")).unwrap_or_default();
    let height = if plot.lies { format!("{}", lying_height(data, plot)) } else { "100%".to_owned() };
    let points = read_out.map_or(plot.positions.count(), <[usize]>::len);
    _ = write!(
        html,
        "{room}<div class=\"{frame}\"><div class=\"plot{lying}\" role=\"img\" aria-label=\"{}\" data-points=\"{points}\"{places}>\
         <svg class=\"plot-svg\" width=\"100%\" height=\"{height}\" aria-hidden=\"true\" focusable=\"false\">",
        attribute(&panel.title)
    );
    html.push_str(&drawing(data, plot, &beside(data, &plot.positions, widths), &below));
    push_cursor(html, data, plot);
    _ = write!(html, "</svg></div>{over}</div>{end}");
}

/// Those of [`NAMES`] that the names of horizontal bars need; none for other charts.
fn widths_of_names(data: &ChartData<'_>, plot: &Plot) -> &'static [(usize, &'static str)] {
    let longest = longest_beside(data, &plot.positions);
    let fitting = NAMES.iter().position(|(width, _)| longest <= *width).unwrap_or(NAMES.len() - 1);
    NAMES.get(..=fitting).unwrap_or(&NAMES)
}

/// The labels below a plot, each with its class: some are for narrow plots, some for wide ones, some for both.
fn below<'a>(data: &ChartData<'_>, plot: &Plot) -> Vec<(Label, &'a str)> {
    let narrow = labels(data, &plot.positions, NARROW);
    let wide = labels(data, &plot.positions, WIDE);
    let class = |label: &Label| if narrow.contains(label) { "label-x" } else { "label-x label-wide" };
    let mut all: Vec<(Label, &str)> = wide.iter().map(|label| (label.clone(), class(label))).collect();
    all.extend(
        narrow.iter().filter(|label| !wide.contains(label)).map(|label| (label.clone(), "label-x label-narrow")),
    );
    all
}

/// The positions of the points that are read out, where they are not evenly spaced.
fn places(plot: &Plot, read_out: Option<&[usize]>) -> Option<String> {
    let place = |index: usize| units(plot.positions.middle(index)).to_string();
    let places: Vec<String> = match (read_out, &plot.positions) {
        (Some(indices), _) => indices.iter().map(|index| place(*index)).collect(),
        (None, Positions::Along(_)) => (0..plot.positions.count()).map(place).collect(),
        (None, Positions::Bands(_)) => return None,
    };
    Some(places.join(" "))
}

/// The height of a plot of horizontal bars in pixels: 12 for each bar and 8 between points.
fn lying_height(data: &ChartData<'_>, plot: &Plot) -> usize {
    let bars = if plot.stacked { 1 } else { drawn_series(data) };
    (plot.positions.count() * (bars * 12 + 8)).max(80)
}

/// Appends the cursor that a script moves to the point under the pointer or with the focus.
fn push_cursor(html: &mut String, data: &ChartData<'_>, plot: &Plot) {
    if plot.kind == PanelKind::Bar {
        let band = percent(plot.positions.band());
        let (width, height) = if plot.lies { ("100%", band.as_str()) } else { (band.as_str(), "100%") };
        _ = write!(html, "<rect class=\"cursor cursor-band\" x=\"0\" y=\"0\" width=\"{width}\" height=\"{height}\"/>");
        return;
    }
    html.push_str("<line class=\"cursor cursor-line\" x1=\"0\" x2=\"0\" y1=\"0\" y2=\"100%\"/>");
    for index in 0..drawn_series(data) {
        _ = write!(html, "<circle class=\"{}\" r=\"4\" cx=\"0\" cy=\"0\"/>", series_class("cursor dot", index, data));
    }
}

/// The notes below the plot: what the picture alone does not show.
fn notes(data: &ChartData<'_>, plot: &Plot, result: &QueryResult) -> Vec<String> {
    let mut notes = Vec::new();
    if data.series.len() > MOST_SERIES {
        notes.push(format!("{} of {} series are drawn. All are in the table.", MOST_SERIES, data.series.len()));
    }
    let hidden: usize = data
        .series
        .iter()
        .zip(&plot.reaches)
        .map(|(series, reaches)| {
            let numbers = series.numbers();
            numbers.iter().zip(reaches).filter(|(number, reach)| number.is_some() && reach.is_none()).count()
        })
        .sum();
    if hidden > 0 {
        notes
            .push(format!("A logarithmic scale has no place for zero and below. Values that are not drawn: {hidden}."));
    }
    let beyond = data.points.iter().skip(plot.positions.count()).any(|point| **point == Cell::Missing);
    if beyond {
        notes.push(format!("Rows without a value of \u{201c}{}\u{201d} are in the table only.", data.points_are));
    }
    if result.approximate {
        notes.push("Numbers of different values are estimates.".to_owned());
    }
    notes
}
