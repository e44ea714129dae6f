//! The drawing of a chart. Texts and gridlines are placed by percentages, so they keep their size; the series are in an
//! inner SVG that is stretched to the plot.

use std::fmt::Write as _;

use rolecall_model::spec::PanelKind;

use super::data::{ChartData, MOST_SERIES};
use super::labels::{Label, Name};
use super::path::{Paths, paths};
use super::plot::Plot;
use crate::direction::direction_attribute;
use crate::html::escaped;

/// The number of colours and dashes that the style sheet has for series.
pub const STYLES: usize = 12;

/// The attributes of an SVG that fills the available space, with paths in parts of 10,000.
pub const STRETCHED: &str = "viewBox=\"0 0 10000 10000\" preserveAspectRatio=\"none\"";

/// One of the paths of a series.
type Part = fn(&Paths) -> &String;

/// The gridlines with their values, `beside` as the names of horizontal bars, `below` as the labels below the plot, and
/// the series.
pub fn drawing(data: &ChartData<'_>, plot: &Plot, beside: &[Name<'_>], below: &[(Label, &str)]) -> String {
    let mut svg = String::new();
    gridlines(&mut svg, plot);
    for Name { label, whole, class } in beside {
        push_label(&mut svg, class, ("-8", &percent(label.at)), 4, (&label.text, whole));
    }
    for (label, class) in below {
        push_label(&mut svg, class, (&percent(label.at), "100%"), 20, (&label.text, &label.text));
    }
    push_series(&mut svg, data, plot);
    svg
}

/// Appends the name of a point at `(x, y)`, moved down by `dy` pixels. Where the name is cut, its tooltip is the
/// `whole` name.
fn push_label(svg: &mut String, class: &str, (x, y): (&str, &str), dy: u8, (text, whole): (&str, &str)) {
    let title = if text == whole { String::new() } else { format!("<title>{}</title>", escaped(whole)) };
    let (direction, text) = (direction_attribute(text), escaped(text));
    _ = write!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" dy=\"{dy}\"{direction}>{title}{text}</text>");
}

/// Appends the series, stretched to the containing element.
pub fn push_series(svg: &mut String, data: &ChartData<'_>, plot: &Plot) {
    _ = write!(svg, "<svg class=\"plot-series\" width=\"100%\" height=\"100%\" {STRETCHED}>");
    // Areas are drawn behind all lines.
    let paths: Vec<Paths> = (0..plot.reaches.len()).map(|index| paths(plot, index)).collect();
    let filled = if plot.kind == PanelKind::Bar { "bars" } else { "area" };
    let parts: [(&str, Part); 3] =
        [(filled, |paths| &paths.filled), ("line", |paths| &paths.line), ("points", |paths| &paths.points)];
    for (part, path) in parts {
        for (index, paths) in paths.iter().enumerate() {
            let path = path(paths);
            if !path.is_empty() {
                _ = write!(svg, "<path class=\"{}\" d=\"{path}\"/>", series_class(part, index, data));
            }
        }
    }
    svg.push_str("</svg>");
}

/// A line for each tick, with its value beside it. The line at zero is stronger.
fn gridlines(svg: &mut String, plot: &Plot) {
    let ticks = plot.ticks();
    let last = ticks.len().saturating_sub(1);
    for (index, tick) in ticks.into_iter().enumerate() {
        let class = if tick.is_zero { "grid grid-zero" } else { "grid" };
        let label = escaped(&tick.label);
        if plot.lies {
            let x = percent(tick.fraction);
            // A narrow plot shows about every second of many ticks, and always both ends.
            let is_left_out = last > 2 && index > 0 && (index == 1 || (last - index) % 2 == 1);
            let narrow = if is_left_out { " label-wide" } else { "" };
            _ = write!(
                svg,
                "<line class=\"{class}\" x1=\"{x}\" x2=\"{x}\" y1=\"0\" y2=\"100%\"/>\
                 <text class=\"label-x{narrow}\" x=\"{x}\" y=\"100%\" dy=\"20\">{label}</text>"
            );
        } else {
            let y = percent(1.0 - tick.fraction);
            _ = write!(
                svg,
                "<line class=\"{class}\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>\
                 <text class=\"label-y\" x=\"-8\" y=\"{y}\" dy=\"4\">{label}</text>"
            );
        }
    }
}

/// The classes of a part of the series at `index`.
pub fn series_class(part: &str, index: usize, data: &ChartData<'_>) -> String {
    match data.series.get(index) {
        Some(series) if series.is_others => format!("{part} series-others"),
        _ => format!("{part} series-{}", index % STYLES + 1),
    }
}

/// The number of series of `data` that are drawn.
pub fn drawn_series(data: &ChartData<'_>) -> usize {
    data.series.len().min(MOST_SERIES)
}

/// A fraction of a length as an SVG percentage with two decimals: `0.125` is `12.50%`.
pub fn percent(fraction: f64) -> String {
    format!("{:.2}%", fraction.clamp(0.0, 1.0) * 100.0)
}
