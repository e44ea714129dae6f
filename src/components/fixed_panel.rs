//! A panel that nothing in the browser changes: figures, a text.

use leptos::prelude::*;

use super::panel_menu::{PanelMenu, PanelPlace};

#[component]
pub fn FixedPanel(
    /// The id of the panel on the page.
    id: String,
    title: String,
    /// Whether the title is for assistive technology alone, because what is in the panel speaks for itself.
    #[prop(default = false)]
    quiet: bool,
    /// How many of the twelve columns of the page it takes.
    width: u8,
    /// What it holds, as `rolecall_panels` makes it.
    html: String,
    /// What can be done with it, where that is something.
    #[prop(optional_no_strip)]
    menu: Option<PanelPlace>,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();

    view! {
        <section class=format!("panel span-{width}") id=id aria-labelledby=labelled_by>
            <h2 class=quiet.then_some("visually-hidden") id=heading dir="auto">
                {title}
            </h2>
            {menu.map(|of| view! { <PanelMenu of/> })}
            <div inner_html=html></div>
        </section>
    }
}
