//! Step-up: what a person can use only after signing in again.

use leptos::prelude::*;

use super::sign_in::here;
use super::viewer::use_viewer;
use crate::routes;

/// Says so, with a link to the provider and back. Empty if no step-up is needed. Use it inside the router.
#[component]
pub fn StepUpNotice() -> impl IntoView {
    use_viewer().step_up.clone().map(|step_up| {
        view! {
            <div class="notice notice-warn">
                <p>
                    "To use everything that your role " {step_up.role.name()} " opens, sign in again. "
                    "Your last sign-in was too long ago."
                </p>
                <ProveAnew provider=step_up.provider/>
            </div>
        }
    })
}

/// The link to sign in again and return to this page. Use it inside the router.
#[component]
pub fn ProveAnew(
    /// The id of the provider.
    provider: String,
) -> impl IntoView {
    let path = routes::sign_in_again(&provider, &here());
    // Loads a new document, so that the whole page knows of the sign-in.
    view! {
        <a class="button button-primary" rel="external" href=path>
            "Sign in again"
        </a>
    }
}
