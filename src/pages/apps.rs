//! The list of apps.

use leptos::prelude::*;
use rolecall_ui::caller;
use rolecall_ui::page::{Answer, Asked, Page};

use super::cards::{Card, Cards, FavouriteForm};

/// One card for each app that is open to the viewer.
///
/// # Errors
/// As [`caller::signed_in`].
pub async fn apps(asked: Asked) -> Answer {
    let sign_in = caller::signed_in()?;
    let marks = caller::stars(&sign_in).await;
    let cards: Vec<Card> = asked.viewer.apps.iter().map(|app| Card::of_app(app, marks.as_deref())).collect();
    let content = if cards.is_empty() {
        view! { <p class="muted">"No apps are available to you yet."</p> }.into_any()
    } else {
        view! { <FavouriteForm back=asked.here()/><Cards cards/> }.into_any()
    };
    let view = view! {
        <div class="page-head">
            <h1>"Apps"</h1>
        </div>
        {content}
    };
    Ok(Page::new("Apps", view))
}
