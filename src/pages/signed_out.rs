//! The page after signing out.

use leptos::prelude::*;

use super::page::{Answer, Asked, Page};
use crate::components::sign_in::SignInChoices;
use crate::routes;

/// Says that the person is signed out or still signed in, and offers to sign in again.
///
/// # Errors
/// None.
pub async fn signed_out(asked: Asked) -> Answer {
    let (title, content) = match asked.viewer.user.clone() {
        None => {
            let content = view! {
                <h1>"You are signed out"</h1>
                <p class="lead">"Your session here has ended. On a shared computer, also close the browser."</p>
                <div class="actions">
                    <SignInChoices return_to=None/>
                </div>
            };
            ("Signed out", content.into_any())
        }
        // Reached by its address, not by signing out.
        Some(user) => {
            let content = view! {
                <h1>"You are still signed in"</h1>
                <p class="lead">"This browser is signed in as " <bdi>{user.name}</bdi> "."</p>
                <p>
                    <a class="button button-primary" href=routes::HOME>
                        "Go to the front page"
                    </a>
                </p>
            };
            ("Still signed in", content.into_any())
        }
    };
    Ok(Page::new(title, view! { <section class="hero hero-narrow">{content}</section> }))
}
