//! Notices for a person who cannot continue: what is wrong, and what to do next.

use leptos::prelude::*;
use rolecall_model::{AppError, RoleGrant};
use rolecall_routes as routes;

use super::viewer::{here_in_browser, use_viewer};

/// Names what a person can use only after signing in again (step-up), with a link to the provider and back. Empty if no
/// step-up is needed.
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

/// Names the app role or group that a person without a role should ask for, with the same words everywhere.
#[component]
pub fn AskFor(grant: Option<RoleGrant>) -> impl IntoView {
    let request = grant.as_ref().map_or("give you a role", RoleGrant::request);
    let values = grant.as_ref().map(RoleGrant::values).unwrap_or_default().to_vec();
    let values = values
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            view! {
                {(index > 0).then_some(", ")}
                <code>{value}</code>
            }
        })
        .collect_view();

    view! { <p>"Ask an administrator to " {request} {values} ", then sign out and in again."</p> }
}

/// Why the data for an island could not be loaded, shown in place of the result. In the browser only.
#[component]
pub fn ErrorNotice(error: AppError) -> impl IntoView {
    let (href, label) = match &error {
        AppError::SignedOut => (routes::sign_in_for(Some(&here_in_browser())), "Sign in"),
        AppError::StepUp { provider, .. } => (routes::sign_in_again(provider, &here_in_browser()), "Sign in again"),
        _ => (here_in_browser(), "Reload this page"),
    };

    view! {
        <div class="notice notice-bad" role="alert">
            <p dir="auto">{error.to_string()}</p>
            <a class="button" href=href>
                {label}
            </a>
        </div>
    }
}
