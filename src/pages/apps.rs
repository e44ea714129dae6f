//! The list of apps.

use leptos::prelude::*;

use super::page::{Answer, Asked, Page};
use crate::components::app_cards::AppCards;

/// One card for each app that is open to the viewer.
///
/// # Errors
/// None.
pub async fn apps(asked: Asked) -> Answer {
    let apps = asked.viewer.apps.clone();
    let content = if apps.is_empty() {
        view! { <p class="muted">"No apps are available to you yet."</p> }.into_any()
    } else {
        view! { <AppCards apps/> }.into_any()
    };
    let view = view! {
        <div class="page-head">
            <h1>"Apps"</h1>
        </div>
        {content}
    };
    Ok(Page::new("Apps", view))
}
