//! The product's mark.

use leptos::prelude::*;

/// Three rising lines, one for each role, the top one ticked. Decorative: the name is beside it.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
            <rect class="mark-ground" width="24" height="24" rx="6"/>
            <path class="mark-lines" d="M6 17h4M6 12.5h8M6 8l2.2 2.2L12 6.4M15 8h3"/>
        </svg>
    }
}
