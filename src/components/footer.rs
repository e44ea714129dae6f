//! The footer of every page.

use leptos::prelude::*;

use super::document::PRODUCT;
use crate::routes;

/// Product and version, where programs find what they need, and in which time zone all times are.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <p>{PRODUCT} " " {env!("CARGO_PKG_VERSION")}</p>
            <p>
                <a rel="external" href=routes::DEVELOPERS>"API"</a>
            </p>
            <p>"All times are in UTC."</p>
        </footer>
    }
}
