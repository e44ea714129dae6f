//! A panel that nothing in the browser changes: figures, a text.

use leptos::prelude::*;

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
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();

    view! {
        <section class=format!("panel span-{width}") id=id aria-labelledby=labelled_by>
            <h2 class=quiet.then_some("visually-hidden") id=heading dir="auto">
                {title}
            </h2>
            <div inner_html=html></div>
        </section>
    }
}
