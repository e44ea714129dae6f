//! The choice of a provider.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::components::sign_in::SignInChoices;
use crate::components::viewer::use_viewer;

/// One button for each provider. `?return_to=` is passed on unchecked; the server accepts only its own paths.
#[component]
pub fn SignInPage() -> impl IntoView {
    let viewer = use_viewer();
    let return_to = use_query_map().with_untracked(|query| query.get("return_to"));
    let already = viewer.user.clone().map(|user| {
        view! { <p>"You are already signed in as " <bdi>{user.name}</bdi> ". Signing in again replaces this session."</p> }
    });

    view! {
        <Title text="Sign in"/>
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
    }
}
