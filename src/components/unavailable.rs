//! A panel that cannot be shown.

use leptos::prelude::*;

#[component]
pub fn UnavailablePanel(
    /// The id of the panel on the page.
    id: String,
    title: String,
    /// How many of the twelve columns of the page it takes.
    width: u8,
    /// What everybody is told.
    text: String,
    /// What exactly is wrong, for administrators; for others nothing.
    details: Vec<String>,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();

    view! {
        <section class=format!("panel span-{width}") id=id aria-labelledby=labelled_by>
            <h2 id=heading dir="auto">
                {title}
            </h2>
            <div class="notice notice-warn">
                <p dir="auto">{text}</p>
                {(!details.is_empty())
                    .then(|| {
                        view! {
                            <ul>
                                {details.into_iter().map(|detail| view! { <li dir="auto">{detail}</li> }).collect_view()}
                            </ul>
                        }
                    })}
            </div>
        </section>
    }
}
