//! The drawing. It is hidden from assistive technology, which gets the spoken values and the table.
//!
//! Texts, gridlines and the cursor are placed by percentages, so they keep their size. The series are in an inner SVG that is
//! stretched to the plot.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_model::panels::{Chart, ChartKind};

use super::geometry::Plot;
use super::number::{percent, short};

/// How many colours and dashes the style sheet has for series.
const STYLES: usize = 4;

/// The classes of the parts that belong to the series at `index`.
#[must_use]
pub fn series_class(part: &str, index: usize) -> String {
    format!("{part} series-{}", index % STYLES + 1)
}

/// Gridlines with their values, labels of points, the series, and the cursor.
#[component]
pub fn PlotSvg(
    chart: Arc<Chart>,
    plot: Plot,
    /// The index of the current point, under the pointer or with the focus.
    active: RwSignal<Option<usize>>,
) -> impl IntoView {
    let labels = plot
        .labelled()
        .filter_map(|index| Some((index, chart.points.get(index)?.clone())))
        .map(|(index, label)| {
            view! {
                <text class="label-x" x=percent(plot.middle(index)) y="100%" dy="20">
                    {label}
                </text>
            }
        })
        .collect_view();

    view! {
        <svg class="plot-svg" width="100%" height="100%" aria-hidden="true" focusable="false">
            {gridlines(plot)}
            {labels}
            <svg
                class="plot-series"
                width="100%"
                height="100%"
                viewBox="0 0 10000 10000"
                preserveAspectRatio="none"
            >
                {series_paths(&chart, plot)}
            </svg>
            {cursor(&chart, plot, active)}
        </svg>
    }
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

/// Marks the current point: a line with a dot on each series, or a band behind the bars.
fn cursor(chart: &Arc<Chart>, plot: Plot, active: RwSignal<Option<usize>>) -> AnyView {
    if chart.kind == ChartKind::Bar {
        let left = move || active.get().map(|index| percent(plot.left(index)));
        return view! { <rect class="cursor cursor-band" x=left y="0" width=percent(plot.band()) height="100%"/> }
            .into_any();
    }

    let x = move || active.get().map(|index| percent(plot.middle(index)));
    let dots = (0..chart.series.len())
        .map(|series| {
            let chart = Arc::clone(chart);
            let y = move || {
                let value = *chart.series.get(series)?.values.get(active.get()?)?;
                Some(percent(plot.height(value)))
            };
            view! { <circle class=series_class("cursor dot", series) r="4" cx=x cy=y/> }
        })
        .collect_view();

    view! {
        <line class="cursor cursor-line" x1=x x2=x y1="0" y2="100%"/>
        {dots}
    }
    .into_any()
}
