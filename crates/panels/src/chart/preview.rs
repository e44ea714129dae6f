//! The preview of a panel as an SVG document: a small picture beside the title of its dashboard, for light and dark
//! pages.

use std::fmt::Write as _;

use chrono_tz::Tz;
use rolecall_model::data::{Cell, QueryResult};
use rolecall_model::spec::PanelSpec;

use super::data::ChartData;
use super::drawing::push_series;
use super::plot::Plot;
use super::style::{DARK, LIGHT, push_colours, push_dashes};
use crate::html::{NO_VALUES, escaped, shortened};
use crate::picture::document_of;

/// The size of the picture, in pixels. Pages stretch charts to the available width.
const WIDTH: usize = 320;
const HEIGHT: usize = 96;
/// The margin around the drawing.
const MARGIN: usize = 4;
/// How many characters of a figure and of its name fit.
const FIGURE_CHARS: usize = 14;
const NAME_CHARS: usize = 36;

/// The preview of the chart of `panel` for the result of its query: the series alone. Times are shown in `zone`.
#[must_use]
pub fn chart_preview(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> String {
    let data = ChartData::of(panel, result, zone);
    if data.is_empty() {
        return text_preview(NO_VALUES);
    }
    let mut svg = begin("none");
    _ = write!(
        svg,
        "<svg x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{}\" height=\"{}\">",
        WIDTH - 2 * MARGIN,
        HEIGHT - 2 * MARGIN
    );
    push_series(&mut svg, &data, &Plot::of(panel, &data));
    svg.push_str("</svg></svg>");
    svg
}

/// The preview of the first figure of `panel`, that of the last step of time where the panel compares. Times are shown
/// in `zone`.
#[must_use]
pub fn figure_preview(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> String {
    let data = ChartData::of(panel, result, zone);
    let figure = data.series.first().and_then(|series| {
        let cell = if panel.compare { series.cells.last() } else { series.cells.first() }?;
        (**cell != Cell::Missing).then(|| (&series.name, series.format.with_unit(cell)))
    });
    let Some((name, figure)) = figure else { return text_preview(NO_VALUES) };
    let mut svg = begin("xMinYMid meet");
    _ = write!(
        svg,
        "<text class=\"figure\" x=\"8\" y=\"50\">{}</text><text x=\"8\" y=\"78\">{}</text></svg>",
        escaped(&shortened(&figure, FIGURE_CHARS)),
        escaped(&shortened(name, NAME_CHARS))
    );
    svg
}

/// A short `text` instead of a preview.
#[must_use]
pub fn text_preview(text: &str) -> String {
    let mut svg = begin("xMinYMid meet");
    _ = write!(svg, "<text x=\"8\" y=\"54\">{}</text></svg>", escaped(&shortened(text, NAME_CHARS)));
    svg
}

/// The beginning of a picture with its style; `keeps` is its `preserveAspectRatio`.
fn begin(keeps: &str) -> String {
    let mut svg = document_of((WIDTH, HEIGHT), &format!("preserveAspectRatio=\"{keeps}\""));
    svg.push_str(
        "<style>text{font:16px system-ui,sans-serif;fill:#52606d}\
         .figure{font-size:34px;font-weight:650;fill:#16212b}.line{fill:none;stroke-width:2;stroke-linejoin:round;\
         vector-effect:non-scaling-stroke}.points{fill:none;stroke-width:4;stroke-linecap:round;\
         vector-effect:non-scaling-stroke}.area{fill-opacity:.25}",
    );
    push_colours(&mut svg, &LIGHT);
    push_dashes(&mut svg);
    svg.push_str("@media(prefers-color-scheme:dark){text{fill:#a5b1bc}.figure{fill:#e7ecf0}");
    push_colours(&mut svg, &DARK);
    svg.push_str("}</style>");
    svg
}
