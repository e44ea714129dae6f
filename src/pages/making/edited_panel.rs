//! A panel in the editor, with its actions above it.

use leptos::prelude::*;
use rolecall_model::spec::PanelSpec;
use rolecall_routes as routes;

use super::choices::widths;
use super::fields::{hidden, options};
use super::shown::closed_panel;

/// The position of a panel among the others.
#[derive(Clone, Copy)]
pub(super) struct PanelPosition {
    /// The position, from 1.
    pub(super) number: usize,
    /// The number of panels.
    pub(super) count: usize,
}

/// A panel as shown, with its actions.
#[component]
pub(super) fn EditedPanel(
    slug: String,
    version: i64,
    panel: PanelSpec,
    place: PanelPosition,
    /// The HTML of the panel, unless it is closed to the caller.
    html: Option<String>,
) -> impl IntoView {
    let PanelSpec { id, title, width, .. } = panel;
    let width = width.unwrap_or(12);
    // Other panels can be moved past it, but its content is not shown.
    let Some(html) = html else {
        return view! { <div class=format!("edited span-{width}")>{closed_panel()}</div> }.into_any();
    };
    let edit = routes::of_dashboard(routes::DASHBOARD_EDIT, &slug);
    let of = |what: &str| format!("{what} “{title}”");
    // Only the move button needs the position: the browser must send the form whatever the field contains.
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
                // For the pointer only: the buttons do the same.
                <span class="drag-handle by-script" draggable="true" aria-hidden="true" title="Drag to another place">
                    "⠿"
                </span>
                <a class="button" href=routes::dashboard_edit_panel(&slug, &id) aria-label=of("Edit")>
                    "Edit"
                </a>
                // Before the other buttons: Enter in the field presses the first one.
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
                    // With JavaScript, a choice by pointer is sent at once; a choice by keyboard shows the button.
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
