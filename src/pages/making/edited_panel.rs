//! A panel in the editor: as it is shown, with what can be done with it above.

use leptos::prelude::*;
use rolecall_model::spec::PanelSpec;
use rolecall_routes as routes;

use super::choices::widths;
use super::fields::{hidden, options};
use super::shown::closed_panel;

/// Where a panel stands among the others.
#[derive(Clone, Copy)]
pub(super) struct PanelPosition {
    /// Counted from 1.
    pub(super) number: usize,
    /// How many there are.
    pub(super) count: usize,
}

/// A panel as it is shown, with what can be done with it.
#[component]
pub(super) fn EditedPanel(
    slug: String,
    version: i64,
    panel: PanelSpec,
    place: PanelPosition,
    /// The panel, unless it is closed to the caller.
    html: Option<String>,
) -> impl IntoView {
    let PanelSpec { id, title, width, .. } = panel;
    let width = width.unwrap_or(12);
    // Others can be moved past it; what it is stays unsaid.
    let Some(html) = html else {
        return view! { <div class=format!("edited span-{width}")>{closed_panel()}</div> }.into_any();
    };
    let edit = routes::of_dashboard(routes::DASHBOARD_EDIT, &slug);
    let of = |what: &str| format!("{what} “{title}”");
    // The place matters to the button that moves alone: whatever stands there, the browser sends the others.
    let button = |key: &'static str, text: &'static str, is_off: bool| {
        let is_unasked = key != "move";
        view! {
            <button
                class="button"
                type="submit"
                name="do"
                value=key
                aria-label=of(text)
                disabled=is_off
                formnovalidate=is_unasked
            >
                {text}
            </button>
        }
    };
    let chosen = width.to_string();
    view! {
        <div class=format!("edited span-{width}") id=format!("edit-{id}")>
            <form class="edit-bar" method="post" action=edit aria-label=of("Panel")>
                {hidden("version", version)}
                {hidden("panel", &id)}
                // For the pointer alone: the buttons do the same.
                <span class="drag-handle by-script" draggable="true" aria-hidden="true" title="Drag to another place">
                    "⠿"
                </span>
                <a class="button" href=routes::dashboard_edit_panel(&slug, &id) aria-label=of("Edit")>
                    "Edit"
                </a>
                // Before the other buttons: Enter in the field is a click on the first one.
                <label class="place-choice">
                    "Place"
                    <input
                        type="number"
                        name="to"
                        min="1"
                        max=place.count
                        value=place.number
                        required
                        aria-label=of("Place of")
                    />
                </label>
                {button("move", "Move", false)}
                {button("earlier", "Earlier", place.number == 1)}
                {button("later", "Later", place.number == place.count)}
                <span class="width-choice">
                    // With a script it is set as soon as it is chosen by a pointer, and keys bring the button up.
                    <select name="width" aria-label=of("Width of") data-submits="width">
                        {options(widths(&chosen), std::slice::from_ref(&chosen))}
                    </select>
                    <span class="without-script">{button("width", "Set width", false)}</span>
                </span>
                {button("duplicate", "Duplicate", false)}
                {button("delete", "Delete", false)}
            </form>
            <div inner_html=html></div>
        </div>
    }
    .into_any()
}
