//! The list of apps.

use leptos::prelude::*;
use leptos_meta::Title;
use rolecall_model::AppError;

use crate::components::app_cards::AppCards;
use crate::components::error_notice::ErrorNotice;
use crate::components::viewer::use_viewer;

/// One card for each app that is open to the viewer.
#[component]
pub fn AppsPage() -> impl IntoView {
    let viewer = use_viewer();
    let content = if viewer.user.is_none() {
        view! { <ErrorNotice error=AppError::SignedOut/> }.into_any()
    } else if viewer.apps.is_empty() {
        view! { <p class="muted">"No apps are available to you yet."</p> }.into_any()
    } else {
        view! { <AppCards apps=viewer.apps.clone()/> }.into_any()
    };

    view! {
        <Title text="Apps"/>
        <div class="page-head">
            <h1>"Apps"</h1>
        </div>
        {content}
    }
}
