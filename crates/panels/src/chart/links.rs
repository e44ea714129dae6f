//! Series and bars as links.

use std::fmt::Write as _;

use rolecall_model::spec::{PanelKind, PanelSpec};

use super::data::{ChartData, Series};
use super::drawing::percent;
use super::plot::Plot;
use crate::html::escaped;
use crate::links::ValueLinks;

/// The maximum number of bars that are links: more would be too narrow to click, and too many to step through by
/// keyboard.
const MOST_LINKS: usize = 40;
/// The maximum number of links on a phone. More than this are links on wider screens only.
const MOST_ON_PHONES: usize = 24;

/// The tags around the name of `series`; empty where it has no link.
pub fn series_link(panel: &PanelSpec, series: &Series<'_>, links: Option<ValueLinks<'_>>) -> (String, &'static str) {
    let open = links
        .zip(series.value)
        .zip(panel.split.as_ref())
        .and_then(|((links, value), split)| links.open(panel, &split.column, value, &series.drawn_name()));
    open.map_or((String::new(), ""), |open| (open, "</a>"))
}

/// The links over a plot of bars: one for each point, as wide as its band and as high as the plot with its labels. They
/// are placed next to the picture, since neither a picture nor a slider may contain links.
pub fn bar_links(panel: &PanelSpec, data: &ChartData<'_>, plot: &Plot, links: ValueLinks<'_>) -> String {
    let Some(by) = panel.by.as_ref().filter(|_| plot.kind == PanelKind::Bar) else { return String::new() };
    let count = plot.positions.count();
    if count > MOST_LINKS {
        return String::new();
    }
    let mut svg = String::new();
    let band = plot.positions.band();
    for (at, (point, label)) in data.points.iter().zip(&data.labels).enumerate().take(count) {
        let Some(open) = links.open(panel, &by.column, point, label) else { continue };
        let (start, length) = (percent(plot.positions.middle(at) - band / 2.0), percent(band));
        let rect = if plot.lies {
            // The link covers the name, which may be cut, so its tooltip has the whole label.
            let title = escaped(label);
            format!("<rect x=\"0\" y=\"{start}\" width=\"100%\" height=\"{length}\"><title>{title}</title></rect>")
        } else {
            format!("<rect x=\"{start}\" y=\"0\" width=\"{length}\" height=\"100%\"/>")
        };
        // Writing to a string does not fail.
        _ = write!(svg, "{open}{rect}</a>");
    }
    let narrow = if count > MOST_ON_PHONES && !plot.lies { " plot-links-narrow" } else { "" };
    if svg.is_empty() { svg } else { format!("<svg class=\"plot-links{narrow}\">{svg}</svg>") }
}
