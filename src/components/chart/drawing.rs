//! The drawing. It is hidden from assistive technology, which gets the spoken values and the table.
//!
//! Texts and gridlines are placed by percentages, so they keep their size. The series are in an inner SVG that is stretched to
//! the plot.

use leptos::prelude::*;
use rolecall_model::panels::{Chart, ChartKind};

use super::geometry::Plot;
use super::number::{percent, short};
use super::readings::series_class;

/// Gridlines with their values, labels of points, and the series.
#[must_use]
pub fn drawing(chart: &Chart, plot: Plot) -> String {
    let labels = plot
        .labelled()
        .filter_map(|index| Some((index, chart.points.get(index)?.clone())))
        .map(|(index, label)| {
            view! {
                <text class="label-x" x=percent(plot.bands().middle(index)) y="100%" dy="20">
                    {label}
                </text>
            }
        })
        .collect_view();

    view! {
        {gridlines(plot)}
        {labels}
        <svg class="plot-series" width="100%" height="100%" viewBox="0 0 10000 10000" preserveAspectRatio="none">
            {series_paths(chart, plot)}
        </svg>
    }
    .to_html()
}

/// A line for each tick, with its value to the left. Zero is drawn stronger.
fn gridlines(plot: Plot) -> impl IntoView {
    plot.ticks()
        .map(|value| {
            let y = percent(plot.height(value));
            let label = short(value);
            let class = if label == "0" { "grid grid-zero" } else { "grid" };
            view! {
                <line class=class x1="0" x2="100%" y1=y.clone() y2=y.clone()/>
                <text class="label-y" x="-8" y=y dy="4">
                    {label}
                </text>
            }
        })
        .collect_view()
}

/// One path for each series.
fn series_paths(chart: &Chart, plot: Plot) -> impl IntoView + use<> {
    let slots = chart.series.len();
    chart
        .series
        .iter()
        .enumerate()
        .map(|(index, series)| {
            let (part, path) = match chart.kind {
                ChartKind::Line => ("line", plot.line(&series.values)),
                ChartKind::Bar => ("bars", plot.bars(&series.values, index, slots)),
            };
            view! { <path class=series_class(part, index) d=path/> }
        })
        .collect_view()
}
