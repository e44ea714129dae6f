//! Step-up: what a person can use only after signing in again.

use leptos::prelude::*;

use super::viewer::use_viewer;
use crate::routes;

/// Says so, with a link to the provider and back. Empty if no step-up is needed.
#[component]
pub fn StepUpNotice(
    /// Path and query of the page.
    here: String,
) -> impl IntoView {
    use_viewer().step_up.clone().map(|step_up| {
        let again = routes::sign_in_again(&step_up.provider, &here);
        view! {
            <div class="notice notice-warn">
                <p>
                    "To use everything that your role " {step_up.role.name()} " opens, sign in again. "
                    "Your last sign-in was too long ago."
                </p>
                <a class="button button-primary" href=again>
                    "Sign in again"
                </a>
            </div>
        }
    })
}
