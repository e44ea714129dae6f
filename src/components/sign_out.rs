//! The way out.

use leptos::prelude::*;

use crate::routes;

/// Signs out by a plain form, since signing out ends with another document.
#[component]
pub fn SignOutButton() -> impl IntoView {
    view! {
        <form method="post" action=routes::API_SIGN_OUT>
            <button class="button" type="submit">
                "Sign out"
            </button>
        </form>
    }
}
