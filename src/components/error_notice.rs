//! Why an island could not be brought what it asked for, and what to do next.

use leptos::prelude::*;
use rolecall_model::AppError;

use super::viewer::here_in_browser;
use crate::routes;

/// An error in the place of the result. In the browser only.
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
