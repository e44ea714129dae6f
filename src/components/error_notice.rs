//! An error: what happened and what to do next.

use leptos::prelude::*;
use rolecall_model::AppError;

use super::ask_for::AskFor;
use super::sign_in::sign_in_and_return;
use super::step_up::ProveAnew;
use super::viewer::use_viewer;
use crate::routes;

/// An error in the place of the result. Use it inside the router.
#[component]
pub fn ErrorNotice(error: AppError) -> impl IntoView {
    view! {
        <div class="notice notice-bad" role="alert">
            <p dir="auto">{error.to_string()}</p>
            {advice(&error)}
        </div>
    }
}

fn advice(error: &AppError) -> AnyView {
    match error {
        AppError::SignedOut => view! {
            // Loads a new document, so that the whole page knows of the sign-in.
            <a class="button button-primary" rel="external" href=sign_in_and_return()>
                "Sign in"
            </a>
        }
        .into_any(),
        AppError::StepUp { provider, .. } => view! { <ProveAnew provider=provider.clone()/> }.into_any(),
        AppError::Forbidden { needed } => {
            let grant = use_viewer().ask_for.clone();
            if grant.is_some() {
                return view! { <AskFor grant/> }.into_any();
            }
            let needed = needed.name();
            view! { <p>"Ask an administrator for the role " {needed} ", then sign out and in again."</p> }.into_any()
        }
        AppError::NotFound => view! {
            <p>
                <a rel="external" href=routes::DASHBOARDS>"Go to the dashboards"</a>
            </p>
        }
        .into_any(),
        _ => view! {
            <p>
                <a rel="external" href="">
                    "Reload this page"
                </a>
            </p>
        }
        .into_any(),
    }
}
