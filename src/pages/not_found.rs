//! A page that does not exist: a path without a page, reached within the browser, or a dashboard that there is not. The
//! server answers a path without a page with its own problem page.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::routes;

/// Says that there is no such page.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="There is no such page"/>
        <section class="hero hero-narrow">
            <h1>"There is no such page"</h1>
            <p class="lead">"The address may be mistyped, or the page may have moved."</p>
            <p>
                <a class="button button-primary" rel="external" href=routes::HOME>
                    "Go to the front page"
                </a>
            </p>
        </section>
    }
}
