//! The island of a chart: it shows the values at a point in the legend, and makes the plot a slider over the points.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, EventTarget};

use super::positions::units_of;
use super::reading::Reading;
use crate::components::server_html::ServerHtml;

/// Handles pointer, touch and keys on a chart.
#[island]
pub fn ChartReader(
    /// Legend, plot and values.
    chart: ServerHtml,
) -> impl IntoView {
    let root = NodeRef::<html::Div>::new();
    let reading = move || root.get_untracked().and_then(|root| Reading::within(&root));
    // The index of the current point, under the pointer or with the focus.
    let active = RwSignal::new(None::<usize>);
    let focused = StoredValue::new(false);
    let at_rest = StoredValue::new(Vec::new());

    Effect::new(move |_| {
        if let Some(reading) = root.get().and_then(|root| Reading::within(&root)) {
            reading.become_slider();
            at_rest.set_value(reading.at_rest());
        }
    });
    Effect::new(move |before: Option<Option<usize>>| {
        let point = active.get();
        if before.is_some_and(|before| before != point)
            && let Some(reading) = reading()
        {
            at_rest.with_value(|at_rest| reading.show(point, at_rest));
        }
        point
    });

    // The chart was replaced, possibly with other positions.
    let on_new = move |_: ev::Event| {
        active.set(None);
        if let Some(reading) = reading() {
            reading.become_slider();
            at_rest.set_value(reading.at_rest());
        }
    };
    let on_point = move |event: &ev::PointerEvent| {
        if let (Some(plot), Some(reading)) = (plot_under(event.target()), reading()) {
            active.set(reading.positions().nearest(position_under(event, &plot, reading.lies())));
        }
    };
    // On a touch screen people cannot hover: the first tap on a point shows the values, and the second follows the
    // link.
    let is_first_tap = StoredValue::new(false);
    let on_down = move |event: ev::PointerEvent| {
        let before = active.get_untracked();
        on_point(&event);
        is_first_tap.set_value(event.pointer_type() == "touch" && active.get_untracked() != before);
    };
    let on_click = move |event: ev::MouseEvent| {
        if is_first_tap.get_value() && event.target().and_then(links_over).is_some() {
            event.prevent_default();
        }
        is_first_tap.set_value(false);
    };
    // Touch sends a leave event whenever the finger is lifted, and with the focus the keyboard decides: in both cases
    // the values stay.
    let on_leave = move |event: ev::PointerEvent| {
        if plot_under(event.target()).is_some() && event.pointer_type() != "touch" && !focused.get_value() {
            active.set(None);
        }
    };
    let on_focus = move |event: ev::FocusEvent, has: bool| {
        if plot_of(event.target()).is_some() {
            focused.set_value(has);
            let last = reading().map(|reading| reading.last());
            active.update(|active| *active = if has { active.or(last) } else { None });
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        is_first_tap.set_value(false);
        let (Some(_), Some(reading)) = (plot_of(event.target()), reading()) else { return };
        let at = active.get_untracked().unwrap_or_else(|| reading.last());
        if let Some(point) = reading.positions().after_key(&event.key(), at, reading.lies()) {
            event.prevent_default();
            active.set(Some(point));
        }
    };

    view! {
        <div
            class="chart"
            node_ref=root
            inner_html=chart.html()
            on:renewed=on_new
            on:pointermove=move |event| on_point(&event)
            on:pointerdown=on_down
            on:click=on_click
            on:pointerout=on_leave
            on:keydown=on_key
            on:focusin=move |event| on_focus(event, true)
            on:focusout=move |event| on_focus(event, false)
        ></div>
    }
}

/// The plot, if a pointer event happened on it, on a name in it, or on the links over it.
fn plot_under(target: Option<EventTarget>) -> Option<Element> {
    let target = target?.dyn_into::<Element>().ok()?;
    let within = target.closest(".plot").ok()?;
    within.or_else(|| links_over(target.into())?.parent_element()?.query_selector(".plot").ok()?)
}

/// The links over a plot, if an event happened on one of them.
fn links_over(target: EventTarget) -> Option<Element> {
    target.dyn_into::<Element>().ok()?.closest(".plot-links").ok()?
}

/// The plot, if a keyboard event happened on it.
fn plot_of(target: Option<EventTarget>) -> Option<Element> {
    target?.dyn_into::<Element>().ok().filter(|target| target.class_list().contains("plot"))
}

/// The position of the pointer along the points, in parts of the [side](super::positions::UNITS) of the plot. It is
/// measured from the plot, since the names and links on it are separate elements.
fn position_under(event: &ev::PointerEvent, plot: &Element, lies: bool) -> u32 {
    let plot = plot.get_bounding_client_rect();
    let (at, length) = if lies {
        (f64::from(event.client_y()) - plot.y(), plot.height())
    } else {
        (f64::from(event.client_x()) - plot.x(), plot.width())
    };
    units_of(at / length.max(1.0))
}
