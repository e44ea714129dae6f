//! The list of apps.

use leptos::prelude::*;

use super::cards::{Card, Cards, FavouriteForm};
use super::page::{Answer, Asked, Page};
use crate::caller;

/// One card for each app that is open to the viewer.
///
/// # Errors
/// Where it cannot be read what the viewer marked.
pub async fn apps(asked: Asked) -> Answer {
    let sign_in = caller::signed_in()?;
    let marks = caller::bookmarks()?.of(sign_in.user_id).await.map_err(|error| caller::internal(&error))?;
    let cards: Vec<Card> = asked.viewer.apps.iter().map(|app| Card::of_app(app, &marks)).collect();
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
