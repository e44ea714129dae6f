//! "There is no such page", for a path that the browser navigated to itself, and for a dashboard that does not exist. For other
//! paths the server sends its own problem page.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::routes;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="There is no such page"/>
        <section class="hero hero-narrow">
            <h1>"There is no such page"</h1>
            <p class="lead">"Check the address. The page may also have moved."</p>
            <p>
                <a class="button button-primary" rel="external" href=routes::HOME>
                    "Go to the front page"
                </a>
            </p>
        </section>
    }
}
