//! The page shown instead of a file when a page of another origin linked here.

use leptos::prelude::*;
use rolecall_routes as routes;
use rolecall_ui::page::{Answer, Asked, Page};

/// Asks whether the person wants the file: the audit must only record what a person did here.
///
/// # Errors
/// None.
pub async fn ask_for_file(asked: Asked) -> Answer {
    let view = view! {
        <section class="hero hero-narrow">
            <h1>"Download this file?"</h1>
            <p class="lead">
                "You came here from another site. The audit records who downloads this file, and with which choices."
            </p>
            <div class="actions">
                <a class="button button-primary" href=asked.here()>
                    "Download"
                </a>
                <a class="button" href=routes::HOME>
                    "To the front page"
                </a>
            </div>
        </section>
    };
    Ok(Page::new("Download this file?", view))
}
