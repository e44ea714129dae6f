//! A chart as a panel: caption, values at a point, plot, and all values as a table.

use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use leptos::web_sys::Element;
use rolecall_model::panels::Chart;

use super::geometry::Plot;
use super::plot::PlotSvg;
use super::readout::{Readout, spoken};
use super::values::ValuesTable;

#[component]
pub fn ChartPanel(chart: Chart) -> impl IntoView {
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

/// The interactive plot: a slider (WAI-ARIA 1.2, section 5.4) over the points.
#[component]
fn PlotArea(
    chart: Arc<Chart>,
    plot: Plot,
    /// The index of the current point, under the pointer or with the focus.
    active: RwSignal<Option<usize>>,
) -> impl IntoView {
    // Without scripts the plot is a picture, and not focusable.
    let answers = RwSignal::new(false);
    Effect::new(move |_| answers.set(true));
    let focused = StoredValue::new(false);
    let last = chart.points.len().saturating_sub(1);
    let shown = move || active.get().unwrap_or(last);
    let label = chart.title.clone();
    let spoken = {
        let chart = Arc::clone(&chart);
        move || answers.get().then(|| spoken(&chart, shown()))
    };

    let on_point = move |event: ev::PointerEvent| active.set(point_under(&plot, &event));
    // A touch leaves whenever the finger is lifted, and with the focus the keyboard decides: the values stay then.
    let on_leave = move |event: ev::PointerEvent| {
        if event.pointer_type() != "touch" && !focused.get_value() {
            active.set(None);
        }
    };
    let on_focus = move |has: bool| {
        focused.set_value(has);
        active.update(|active| *active = if has { active.or(Some(last)) } else { None });
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if let Some(point) = plot.point_after_key(&event.key(), active.get_untracked().unwrap_or(last)) {
            event.prevent_default();
            active.set(Some(point));
        }
    };

    view! {
        <div class="plot-frame">
            <div
                class="plot"
                class:is-active=move || active.with(Option::is_some)
                role=move || if answers.get() { "slider" } else { "img" }
                aria-label=label
                aria-valuemin=move || answers.get().then_some(1)
                aria-valuemax=move || answers.get().then_some(last + 1)
                aria-valuenow=move || answers.get().then(|| shown() + 1)
                aria-valuetext=spoken
                tabindex=move || answers.get().then_some("0")
                on:pointermove=on_point
                on:pointerdown=on_point
                on:pointerleave=on_leave
                on:keydown=on_key
                on:focus=move |_| on_focus(true)
                on:blur=move |_| on_focus(false)
            >
                <PlotSvg chart plot active/>
            </div>
        </div>
    }
}

/// The point under the pointer. The plot is the target of all events, since its SVG ignores them.
fn point_under(plot: &Plot, event: &ev::PointerEvent) -> Option<usize> {
    let width = event_target::<Element>(event).client_width();
    (width > 0).then(|| plot.point_at(f64::from(event.offset_x()) / f64::from(width))).flatten()
}
