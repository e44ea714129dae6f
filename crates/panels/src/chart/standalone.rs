//! A chart as an SVG document of its own, for programs, mails and slides: its style is in it, and colours are those of a light
//! page.

use std::fmt::Write as _;

use chrono_tz::Tz;
use rolecall_model::data::QueryResult;
use rolecall_model::spec::{PanelKind, PanelSpec};

use super::data::{ChartData, MOST_SERIES, Series};
use super::drawing::{drawing, series_class};
use super::labels::labels;
use super::plot::Plot;
use crate::html::{escaped, shortened};

/// The colours of the series on a light page, as in `style/tokens.css`; the last is for "Others".
pub const COLOURS: [&str; 13] = [
    "#0b5f6e", "#c2500c", "#6b3aa0", "#6e6200", "#b3246b", "#1f6fd1", "#3f7d20", "#8c4a2f", "#4a5568", "#d13a3a",
    "#008a7a", "#9a6fd0", "#7a8794",
];
/// The dashes of the lines, as in `style/charts.css`.
pub const DASHES: [&str; 13] =
    ["", "6 4", "1 5", "10 4 2 4", "", "6 4", "1 5", "10 4 2 4", "14 4", "3 3", "12 3 2 3 2 3", "2 8", "4 4"];
/// The size of the document and of the plot within it, in pixels.
const WIDTH: usize = 800;
const LEFT: usize = 72;
const LEFT_LYING: usize = 176;
const RIGHT: usize = 24;
const PLOT_HEIGHT: usize = 300;
const LINE: usize = 22;
/// About how wide a character of the legend is, and what stands around its text.
const CHARACTER: usize = 8;
const KEY: usize = 44;

/// The chart of `panel` as a document of type `image/svg+xml`, with what its query answered. Moments are read in `zone`.
#[must_use]
pub fn chart_svg(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> String {
    let data = ChartData::of(panel, result, zone);
    let plot = Plot::of(panel, &data);
    let (legend, legend_height) = legend(&data, &plot);
    let left = if plot.lies { LEFT_LYING } else { LEFT };
    let plot_width = WIDTH - left - RIGHT;
    let plot_height = if plot.lies { PLOT_HEIGHT.max(plot.positions.count() * 20) } else { PLOT_HEIGHT };
    let top = 64 + legend_height;
    let height = top + plot_height + 44;
    let title = data.unit().map_or_else(|| panel.title.clone(), |unit| format!("{} ({unit})", panel.title));

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         role=\"img\" aria-labelledby=\"title desc\"><title id=\"title\">{}</title><desc id=\"desc\">{}</desc>",
        escaped(&title),
        escaped(&description(&data))
    );
    svg.push_str(&style());
    _ = write!(
        svg,
        "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/><text class=\"title\" x=\"24\" y=\"36\">{}</text>{legend}",
        escaped(&shortened(&title, (WIDTH - 48) / 10))
    );
    if data.is_empty() {
        _ = write!(svg, "<text class=\"label\" x=\"24\" y=\"{}\">There are no values to show.</text>", top + 16);
    } else {
        let below = if plot.lies { Vec::new() } else { labels(&data, &plot.positions, plot_width) };
        let below: Vec<_> = below.into_iter().map(|label| (label, "label-x")).collect();
        _ = write!(
            svg,
            "<svg x=\"{left}\" y=\"{top}\" width=\"{plot_width}\" height=\"{plot_height}\" overflow=\"visible\">{}</svg>",
            drawing(&data, &plot, &below)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// What the chart shows, in a sentence.
fn description(data: &ChartData<'_>) -> String {
    let names: Vec<String> = data.series.iter().take(MOST_SERIES).map(Series::drawn_name).collect();
    let points = match (data.labels.first(), data.labels.last()) {
        (Some(first), Some(last)) if data.labels.len() > 1 => format!(", from {first} to {last}"),
        _ => String::new(),
    };
    format!("{}{points}.", names.join(", "))
}

/// The legend in lines, below the title, and its height.
fn legend(data: &ChartData<'_>, plot: &Plot) -> (String, usize) {
    let mut svg = String::new();
    let (mut x, mut y) = (24, 64);
    for (index, series) in data.series.iter().take(MOST_SERIES).enumerate() {
        let name = shortened(&series.name, 60);
        let width = KEY + name.chars().count() * CHARACTER;
        if x > 24 && x + width > WIDTH - RIGHT {
            (x, y) = (24, y + LINE);
        }
        let path = if plot.kind == PanelKind::Line { ("line", "h22") } else { ("bars", "m0 -5h14v10h-14z") };
        _ = write!(
            svg,
            "<path class=\"{}\" d=\"M{x} {}{}\"/><text class=\"label\" x=\"{}\" y=\"{y}\">{}</text>",
            series_class(path.0, index, data),
            y - 4,
            path.1,
            x + 28,
            escaped(&name)
        );
        x += width;
    }
    (svg, y - 64 + LINE)
}

/// The rules that the drawing needs, with the colours in them.
fn style() -> String {
    let mut css = String::from(
        "text{font-family:system-ui,sans-serif;font-size:12px;fill:#52606d}.title{font-size:20px;font-weight:600;fill:#16212b}\
         .label{font-size:14px;fill:#16212b}.label-x{text-anchor:middle}.label-y{text-anchor:end}.grid{stroke:#dbe2e7}\
         .grid-zero{stroke:#7a8794}.line{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;\
         vector-effect:non-scaling-stroke}.points{fill:none;stroke-width:6;stroke-linecap:round;\
         vector-effect:non-scaling-stroke}.area{fill-opacity:.25}.plot-series{overflow:visible}",
    );
    for (index, (colour, dash)) in COLOURS.iter().zip(DASHES).enumerate() {
        let name = if index + 1 == COLOURS.len() { "others".to_owned() } else { (index + 1).to_string() };
        _ = write!(css, ".bars.series-{name},.area.series-{name}{{fill:{colour}}}");
        _ = write!(css, ".line.series-{name},.points.series-{name}{{stroke:{colour}}}");
        if !dash.is_empty() {
            _ = write!(css, ".line.series-{name}{{stroke-dasharray:{dash}}}");
        }
    }
    format!("<style>{css}</style>")
}
