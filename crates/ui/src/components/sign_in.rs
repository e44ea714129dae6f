//! Links and forms that begin a sign-in, and the button that ends it.

use leptos::prelude::*;
use rolecall_model::{ProviderChoice, Viewer};
use rolecall_routes as routes;

use super::viewer::use_viewer;

/// One link for each provider, or a notice if none is configured.
#[component]
pub fn SignInChoices(
    /// The page to return to. The server accepts only its own paths.
    return_to: Option<String>,
) -> impl IntoView {
    let viewer = use_viewer();
    if viewer.providers.is_empty() {
        return view! {
            <p class="notice notice-warn">
                "No provider is configured yet, so nobody can sign in. "
                "An administrator has to configure one."
            </p>
        }
        .into_any();
    }

    viewer
        .providers
        .iter()
        .map(|provider| {
            let href = sign_in_link(&viewer, provider, return_to.as_deref());
            view! { <SignInLink name=provider.name.clone() href/> }
        })
        .collect_view()
        .into_any()
}

/// A link that begins a sign-in. A form could be blocked by `form-action` (Content Security Policy Level 3) if the
/// provider redirects to other hosts.
#[component]
fn SignInLink(name: String, href: String) -> impl IntoView {
    view! {
        <a class="button button-primary" href=href>
            "Sign in with "
            <bdi>{name}</bdi>
        </a>
    }
}

/// The path that begins a sign-in of `viewer` at `provider` and returns to `return_to`, one of our paths.
fn sign_in_link(viewer: &Viewer, provider: &ProviderChoice, return_to: Option<&str>) -> String {
    routes::login_for(&provider.id, return_to, viewer.signed_out.as_deref())
}

/// A form that begins a sign-in, which browsers only send when a person presses its button.
#[component]
pub fn SignInForm(
    /// The id of the provider.
    provider: String,
    name: String,
    return_to: Option<String>,
) -> impl IntoView {
    view! {
        <form method="post" action=routes::API_BEGIN_SIGN_IN>
            <input type="hidden" name="provider" value=provider/>
            {return_to.map(|path| view! { <input type="hidden" name="return_to" value=path/> })}
            <button class="button button-primary" type="submit">
                "Sign in with "
                <bdi>{name}</bdi>
            </button>
        </form>
    }
}

/// The path of a sign-in of `viewer` that returns to `return_to`: directly at the provider if there is only one,
/// otherwise the page with the choice.
pub fn sign_in_from(viewer: &Viewer, return_to: Option<&str>) -> String {
    match viewer.providers.as_slice() {
        [only] => sign_in_link(viewer, only, return_to),
        _ => routes::sign_in_for(return_to),
    }
}

/// A plain form that signs out, because signing out ends with a new document.
#[component]
pub fn SignOutButton(#[prop(default = routes::API_SIGN_OUT)] action: &'static str) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <button class="button" type="submit">
                "Sign out"
            </button>
        </form>
    }
}
