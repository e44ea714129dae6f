//! A chart as a panel.

use leptos::prelude::*;

use super::reader::ChartReader;
use crate::components::panel_menu::{PanelMenu, PanelPlace};

#[component]
pub fn ChartPanel(
    /// The id of the panel on the page.
    id: String,
    title: String,
    /// The unit of all its values, or nothing.
    unit: String,
    /// How many of the twelve columns of the page it takes.
    width: u8,
    /// Legend, plot and values, as `rolecall_panels::chart` makes them.
    html: String,
    /// What can be done with it, where that is something.
    menu: Option<PanelPlace>,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();

    view! {
        <figure class=format!("panel panel-chart span-{width}") id=id aria-labelledby=labelled_by>
            <figcaption class="panel-head">
                <h2 id=heading dir="auto">
                    {title}
                </h2>
                <span class="muted">{unit}</span>
            </figcaption>
            {menu.map(|of| view! { <PanelMenu of/> })}
            <ChartReader chart=html.into()/>
        </figure>
    }
}
