//! The footer of every page.

use leptos::prelude::*;

use super::document::PRODUCT;

/// Product and version, and in which time zone all times are.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <p>{PRODUCT} " " {env!("CARGO_PKG_VERSION")}</p>
            <p>"All times are in UTC."</p>
        </footer>
    }
}
