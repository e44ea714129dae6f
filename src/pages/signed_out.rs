//! The page after signing out.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::sign_in::SignInChoices;
use crate::components::viewer::use_viewer;
use crate::routes;

/// Says that the person is signed out or still signed in, and offers to sign in again.
#[component]
pub fn SignedOutPage() -> impl IntoView {
    let viewer = use_viewer();
    let content = match viewer.user.clone() {
        None => view! {
            <Title text="Signed out"/>
            <h1>"You are signed out"</h1>
            <p class="lead">"Your session here has ended. On a shared computer, also close the browser."</p>
            <div class="actions">
                <SignInChoices return_to=None/>
            </div>
        }
        .into_any(),
        // Reached by its address, not by signing out.
        Some(user) => view! {
            <Title text="Still signed in"/>
            <h1>"You are still signed in"</h1>
            <p class="lead">"This browser is signed in as " <bdi>{user.name}</bdi> "."</p>
            <p>
                <a class="button button-primary" rel="external" href=routes::HOME>
                    "Go to the front page"
                </a>
            </p>
        }
        .into_any(),
    };

    view! { <section class="hero hero-narrow">{content}</section> }
}
