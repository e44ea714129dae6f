//! The footer of every page.

use leptos::prelude::*;

use super::document::PRODUCT;
use crate::routes;

/// Product, version, a link to the API, and the time zone.
#[component]
pub fn Footer(
    /// Our origin, on the host of an app; empty on our own.
    #[prop(optional)]
    origin: String,
) -> impl IntoView {
    let api = origin + routes::DEVELOPERS;

    view! {
        <footer class="site-footer">
            <p>{PRODUCT} " " {env!("CARGO_PKG_VERSION")}</p>
            <p>
                <a href=api>"API"</a>
            </p>
            <p>"All times are in UTC."</p>
        </footer>
    }
}
