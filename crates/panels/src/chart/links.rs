//! Series and bars that are links.

use std::fmt::Write as _;

use rolecall_model::spec::{PanelKind, PanelSpec};

use super::data::{ChartData, Series};
use super::drawing::percent;
use super::plot::Plot;
use crate::html::escaped;
use crate::links::ValueLinks;

/// How many bars are links at most: more are too narrow to be hit, and too many to be stepped through by keyboard.
const MOST_LINKS: usize = 40;
/// How many of them can be hit on a phone. More are links where there is room.
const MOST_ON_PHONES: usize = 24;

/// The tags around the name of `series`; nothing where it leads nowhere.
pub fn series_link(panel: &PanelSpec, series: &Series<'_>, links: Option<ValueLinks<'_>>) -> (String, &'static str) {
    let open = links
        .zip(series.value)
        .zip(panel.split.as_ref())
        .and_then(|((links, value), split)| links.open(panel, &split.column, value, &series.drawn_name()));
    open.map_or((String::new(), ""), |open| (open, "</a>"))
}

/// What lies over a plot of bars: a link for each point, as wide as its band and as high as the plot with its labels. A picture
/// and a slider can hold no links, so it stands beside them.
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
            // It lies over the name, which can be cut.
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
