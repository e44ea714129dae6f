//! A path without a page, reached within the browser. The server answers such a path with its own problem page.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::routes;

/// Says that there is nothing here.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Not found"/>
        <section class="hero hero-narrow">
            <h1>"There is nothing here"</h1>
            <p class="lead">"The address may be mistyped, or the page may have moved."</p>
            <p>
                <a class="button button-primary" href=routes::HOME>
                    "Go to the front page"
                </a>
            </p>
        </section>
    }
}
