//! The button to sign out.

use leptos::prelude::*;

use crate::routes;

/// Signs out by a plain form, because signing out ends with a new document.
#[component]
pub fn SignOutButton(#[prop(default = routes::API_SIGN_OUT)] action: &'static str) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <button class="button" type="submit">
                "Sign out"
            </button>
        </form>
    }
}
