//! What is closed until a person proves anew who they are.

use leptos::prelude::*;

use super::sign_in::here;
use super::viewer::use_viewer;
use crate::routes;

/// Says so, and leads to the provider and back. Nothing where all is open. Use it inside the router.
#[component]
pub fn StepUpNotice() -> impl IntoView {
    use_viewer().step_up.clone().map(|step_up| {
        view! {
            <div class="notice notice-warn">
                <p>
                    "Some of what your role " {step_up.role.name()}
                    " opens is closed, because it is a while since you proved who you are."
                </p>
                {prove_anew()}
            </div>
        }
    })
}

/// The link to the provider, and back to this page; none where all is open. Call it inside the router.
pub(super) fn prove_anew() -> Option<AnyView> {
    let step_up = use_viewer().step_up.clone()?;
    let path = routes::prove_anew(&step_up.provider, &here());
    // Another document, so that the whole page knows of the sign-in.
    let link = view! {
        <a class="button button-primary" rel="external" href=path>
            "Sign in again"
        </a>
    };
    Some(link.into_any())
}
