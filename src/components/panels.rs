//! Panels, and filters, that the page did not wait for.

use leptos::prelude::*;

#[component]
pub fn LatePanel(
    /// The id of the panel on the page.
    id: String,
    title: String,
    /// How many of the twelve columns of the page it takes.
    width: u8,
    /// The page of the panel alone, which waits for it; a panel without values has none.
    alone: Option<String>,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    let alone = alone.map(|alone| {
        view! {
            <noscript>
                <p>
                    <a href=alone>"Open it alone"</a>
                    " to wait for it."
                </p>
            </noscript>
        }
    });

    view! {
        <section class=format!("panel span-{width}") id=id aria-labelledby=labelled_by aria-busy="true">
            <h2 id=heading dir="auto">
                {title}
            </h2>
            <p class="muted">"This takes longer than usual. It is shown here as soon as it is ready."</p>
            {alone}
        </section>
    }
}

/// The same for the filters over all panels.
#[component]
pub fn LateFilters(
    /// The address of the page.
    here: String,
) -> impl IntoView {
    view! {
        <section class="filters" aria-label="Filters" aria-busy="true">
            <p class="muted">"The filters take longer than usual. They are shown here as soon as they are ready."</p>
            <noscript>
                <p>
                    <a href=here>"Load the page again"</a>
                    " to wait for them once more."
                </p>
            </noscript>
        </section>
    }
}
