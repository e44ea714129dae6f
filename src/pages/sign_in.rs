//! The choice of a provider, and the page after signing out.

use leptos::prelude::*;
use rolecall_routes as routes;
use rolecall_ui::components::sign_in::SignInChoices;
use rolecall_ui::page::{Answer, Asked, Page};

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
        // The page was opened by its address, without signing out.
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
