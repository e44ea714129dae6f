//! The way out.

use leptos::prelude::*;

use crate::routes;

/// Signs out by a plain form, since signing out ends with another document.
#[component]
pub fn SignOutButton(
    /// Where the form goes.
    #[prop(default = routes::API_SIGN_OUT)]
    action: &'static str,
) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <button class="button" type="submit">
                "Sign out"
            </button>
        </form>
    }
}
