//! The choice of a provider.

use leptos::prelude::*;

use super::page::{Answer, Asked, Page};
use crate::components::sign_in::SignInChoices;

/// One button for each provider. `?return_to=` is passed on unchecked; the server accepts only its own paths.
///
/// # Errors
/// None.
pub async fn sign_in(asked: Asked) -> Answer {
    let return_to = asked.value("return_to");
    let already = asked.viewer.user.clone().map(|user| {
        view! { <p>"You are already signed in as " <bdi>{user.name}</bdi> ". Signing in again replaces this session."</p> }
    });

    let view = view! {
        <section class="hero hero-narrow">
            <h1>"Sign in"</h1>
            <div class="card">
                {already}
                <p>"You sign in on the provider's page, then come back here."</p>
                <div class="actions">
                    <SignInChoices return_to/>
                </div>
            </div>
        </section>
    };
    Ok(Page::new("Sign in", view))
}
