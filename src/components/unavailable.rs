//! A panel that cannot be shown, with the reasons.

use leptos::prelude::*;

#[component]
pub fn UnavailablePanel(
    /// The id of the panel on the page.
    id: String,
    title: String,
    /// How many of the twelve columns of the page it takes.
    width: u8,
    why: Vec<String>,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();

    view! {
        <section class=format!("panel span-{width}") id=id aria-labelledby=labelled_by>
            <h2 id=heading dir="auto">
                {title}
            </h2>
            <div class="notice notice-warn">
                <p>"This panel cannot be shown: it does not fit its data. Tell whoever made the dashboard."</p>
                <ul>{why.into_iter().map(|why| view! { <li dir="auto">{why}</li> }).collect_view()}</ul>
            </div>
        </section>
    }
}
