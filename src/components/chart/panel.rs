//! A chart as a panel: caption, values at a point, plot, and all values as a table.

use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use leptos::web_sys::Element;

use super::geometry::Plot;
use super::plot::PlotSvg;
use super::readout::Readout;
use super::values::ValuesTable;
use crate::panels::Chart;

/// Draws a chart.
#[component]
pub fn ChartPanel(
    /// The chart.
    chart: Chart,
) -> impl IntoView {
    let chart = Arc::new(chart);
    let plot = Plot::of(&chart);
    let active = RwSignal::new(None::<usize>);
    let heading = format!("{}-title", chart.id);
    let labelled_by = heading.clone();

    view! {
        <figure class="panel panel-chart" aria-labelledby=labelled_by>
            <figcaption class="panel-head">
                <h2 id=heading dir="auto">
                    {chart.title.clone()}
                </h2>
                <span class="muted">{chart.unit.clone()}</span>
            </figcaption>
            <Readout chart=Arc::clone(&chart) active/>
            <PlotArea chart=Arc::clone(&chart) plot active/>
            <ValuesTable chart/>
        </figure>
    }
}

/// The plot with its answers to pointer and keyboard.
#[component]
fn PlotArea(
    /// The chart.
    chart: Arc<Chart>,
    /// Its measures.
    plot: Plot,
    /// The point that is looked at.
    active: RwSignal<Option<usize>>,
) -> impl IntoView {
    // Without scripts the plot answers nothing, so it must not be a stop for the keyboard.
    let answers = RwSignal::new(false);
    Effect::new(move |_| answers.set(true));
    let title = chart.title.clone();
    let label = move || {
        if answers.get() { format!("{title}: left and right arrow keys read the values") } else { title.clone() }
    };

    let on_point = move |event: ev::PointerEvent| active.set(point_under(&plot, &event));
    let on_key = move |event: ev::KeyboardEvent| {
        let key = event.key();
        if key == "Escape" {
            active.set(None);
        } else if let Some(point) = plot.point_after_key(&key, active.get_untracked()) {
            event.prevent_default();
            active.set(Some(point));
        }
    };

    view! {
        <div class="plot-frame">
            <div
                class="plot"
                class:is-active=move || active.with(Option::is_some)
                role="group"
                aria-label=label
                tabindex=move || answers.get().then_some("0")
                on:pointermove=on_point
                on:pointerdown=on_point
                on:pointerleave=move |_| active.set(None)
                on:keydown=on_key
                on:blur=move |_| active.set(None)
            >
                <PlotSvg chart plot active/>
            </div>
        </div>
    }
}

/// The point under the pointer. The plot is the target of all its events, since its SVG takes none.
fn point_under(plot: &Plot, event: &ev::PointerEvent) -> Option<usize> {
    let width = event_target::<Element>(event).client_width();
    (width > 0).then(|| plot.point_at(f64::from(event.offset_x()) / f64::from(width))).flatten()
}
