//! The island of a chart: the legend with the values at a point, and the plot as a slider over the points.

use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use leptos::web_sys::Element;
use rolecall_model::panels::ChartKind;

use super::bands::Bands;
use super::geometry::UNITS;
use super::number::percent;
use super::readings::{Readings, series_class};
use crate::components::server_html::ServerHtml;

/// The index of the current point, under the pointer or with the focus.
type Active = RwSignal<Option<usize>>;

/// Answers pointer, touch and keys on a chart.
#[island]
pub fn ChartReader(readings: Readings, drawing: ServerHtml) -> impl IntoView {
    let readings = Arc::new(readings);
    let active: Active = RwSignal::new(None);

    view! {
        {readout(&readings, active)}
        <div class="plot-frame">{plot(&readings, active, &drawing)}</div>
    }
}

/// The legend, with the values at the current point, or at the last one. Assistive technology gets the spoken values instead.
fn readout(readings: &Arc<Readings>, active: Active) -> impl IntoView + use<> {
    let last = readings.points.len().saturating_sub(1);
    let shown = move || active.get().unwrap_or(last);
    let part = match readings.kind {
        ChartKind::Line => "key key-line",
        ChartKind::Bar => "key key-bars",
    };
    let keys = readings
        .series
        .iter()
        .enumerate()
        .map(|(index, series)| {
            let (name, readings) = (series.name.clone(), Arc::clone(readings));
            let value = move || readings.series.get(index).map(|series| series.value(shown()).to_owned());
            view! {
                <span class=series_class(part, index)>
                    <bdi>{name}</bdi>
                    " "
                    <strong>{value}</strong>
                </span>
            }
        })
        .collect_view();
    let readings = Arc::clone(readings);
    let point = move || readings.points.get(shown()).cloned().unwrap_or_default();

    view! {
        <p class="readout">
            <span class="readout-point">{point}</span>
            {keys}
        </p>
    }
}

/// The plot: a slider (WAI-ARIA 1.2, section 5.4) over the points.
fn plot(readings: &Arc<Readings>, active: Active, drawing: &ServerHtml) -> impl IntoView + use<> {
    // Without scripts the plot is a picture, and not focusable.
    let answers = RwSignal::new(false);
    Effect::new(move |_| answers.set(true));
    let focused = StoredValue::new(false);
    let bands = Bands::of(readings.points.len());
    let last = readings.points.len().saturating_sub(1);
    let shown = move || active.get().unwrap_or(last);
    let label = readings.title.clone();
    let spoken = {
        let readings = Arc::clone(readings);
        move || answers.get().then(|| readings.spoken(shown()))
    };

    let on_point = move |event: ev::PointerEvent| active.set(point_under(bands, &event));
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
        if let Some(point) = bands.point_after_key(&event.key(), active.get_untracked().unwrap_or(last)) {
            event.prevent_default();
            active.set(Some(point));
        }
    };

    view! {
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
            <svg class="plot-svg" width="100%" height="100%" aria-hidden="true" focusable="false">
                <g inner_html=drawing.html()></g>
                {cursor(readings, bands, active)}
            </svg>
        </div>
    }
}

/// Marks the current point: a line with a dot on each series, or a band behind the bars.
fn cursor(readings: &Arc<Readings>, bands: Bands, active: Active) -> AnyView {
    if readings.kind == ChartKind::Bar {
        let left = move || active.get().map(|index| percent(bands.left(index)));
        return view! { <rect class="cursor cursor-band" x=left y="0" width=percent(bands.width()) height="100%"/> }
            .into_any();
    }

    let x = move || active.get().map(|index| percent(bands.middle(index)));
    let dots = (0..readings.series.len())
        .map(|series| {
            let readings = Arc::clone(readings);
            let y = move || {
                let height = (*readings.series.get(series)?.dots.get(active.get()?)?)?;
                Some(percent(f64::from(height) / UNITS))
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

/// The point under the pointer. The plot is the target of all events, since its SVG ignores them.
fn point_under(bands: Bands, event: &ev::PointerEvent) -> Option<usize> {
    let width = event_target::<Element>(event).client_width();
    (width > 0).then(|| bands.point_at(f64::from(event.offset_x()) / f64::from(width))).flatten()
}
