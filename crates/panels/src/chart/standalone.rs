//! A chart as a picture.

use std::fmt::Write as _;

use chrono_tz::Tz;
use rolecall_model::data::QueryResult;
use rolecall_model::spec::{PanelKind, PanelSpec};

use super::data::{ChartData, MOST_SERIES, Series};
use super::drawing::{drawing, series_class};
use super::labels::{beside, labels, longest_beside};
use super::plot::Plot;
use super::style::drawing_style;
use crate::direction::is_right_to_left;
use crate::html::{NO_VALUES, escaped};
use crate::picture::{CHARACTER, Frame, MARGIN, TOP, WIDTH, fitting, push_drawing, width_of};

/// The height of the plot and the space on its left for labels, in pixels.
const PLOT_HEIGHT: usize = 300;
const LEFT: usize = 72;
/// The width of the names of horizontal bars, in characters: at least this, and at most 40 % of the picture.
const LEAST_NAME: usize = 20;
const WIDEST_NAME: usize = (WIDTH * 2 / 5 - 2 * CHARACTER) / CHARACTER;
/// The height of a line of the legend, and the space around its texts.
const LINE: usize = 22;
const KEY: usize = 44;
/// How many characters of a name the legend shows.
const NAME: usize = 60;

/// The chart of `panel` for the result of its query, as a document of type `image/svg+xml` that names the `filters` in
/// force. Times are shown in `zone`.
#[must_use]
pub fn chart_svg(panel: &PanelSpec, result: &QueryResult, zone: Tz, filters: &str) -> String {
    let data = ChartData::of(panel, result, zone);
    let plot = Plot::of(panel, &data);
    let (legend, legend_height) = legend(&data, &plot);
    let widths = width_of_names(&data, &plot).map(|width| (width, "label-y"));
    let left = widths.map_or(LEFT, |(width, _)| (width + 2) * CHARACTER);
    let plot_width = WIDTH - left - MARGIN;
    let plot_height = if plot.lies { PLOT_HEIGHT.max(plot.positions.count() * 20) } else { PLOT_HEIGHT };
    let top = TOP + legend_height;
    let height = top + plot_height + 44;
    let title = data.unit().map_or_else(|| panel.title.clone(), |unit| format!("{} ({unit})", panel.title));

    let mut svg = legend;
    if data.is_empty() {
        _ = write!(svg, "<text class=\"label\" x=\"{MARGIN}\" y=\"{}\">{NO_VALUES}</text>", top + 16);
    } else {
        let below = if plot.lies { Vec::new() } else { labels(&data, &plot.positions, plot_width) };
        let below: Vec<_> = below.into_iter().map(|label| (label, "label-x")).collect();
        let beside = beside(&data, &plot.positions, widths.as_slice());
        let drawing = drawing(&data, &plot, &beside, &below);
        push_drawing(&mut svg, (left, top), (plot_width, plot_height), &drawing);
    }
    let (description, style) = (description(&data), drawing_style());
    Frame { title: &title, filters, description: &description, width: WIDTH, height, style: &style }.around(&svg)
}

/// How many characters of the names of horizontal bars are shown; `None` for other charts.
fn width_of_names(data: &ChartData<'_>, plot: &Plot) -> Option<usize> {
    plot.lies.then(|| longest_beside(data, &plot.positions).clamp(LEAST_NAME, WIDEST_NAME))
}

/// A one-sentence description of the chart.
fn description(data: &ChartData<'_>) -> String {
    let names: Vec<String> = data.series.iter().take(MOST_SERIES).map(Series::drawn_name).collect();
    let points = match (data.labels.first(), data.labels.last()) {
        (Some(first), Some(last)) if data.labels.len() > 1 => format!(", from {first} to {last}"),
        _ => String::new(),
    };
    format!("{}{points}.", names.join(", "))
}

/// The lines of the legend, below the title, and its height.
fn legend(data: &ChartData<'_>, plot: &Plot) -> (String, usize) {
    let mut svg = String::new();
    let (mut x, mut y) = (MARGIN, TOP);
    for (index, series) in data.series.iter().take(MOST_SERIES).enumerate() {
        let name = fitting(&series.name, NAME);
        let width = KEY + width_of(&name) * CHARACTER;
        if x > MARGIN && x + width > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + LINE);
        }
        // In either direction of reading, a text is next to its key.
        let direction = if is_right_to_left(&name) { " direction=\"rtl\" text-anchor=\"end\"" } else { "" };
        let path = if plot.kind == PanelKind::Line { ("line", "h22") } else { ("bars", "m0 -5h14v10h-14z") };
        _ = write!(
            svg,
            "<path class=\"{}\" d=\"M{x} {}{}\"/><text class=\"label\" x=\"{}\" y=\"{y}\"{direction}>{}</text>",
            series_class(path.0, index, data),
            y - 4,
            path.1,
            x + 28,
            escaped(&name)
        );
        x += width;
    }
    (svg, y - TOP + LINE)
}
