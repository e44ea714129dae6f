//! The ways in: forms and links that begin a sign-in.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::location::Url;

use crate::identity::ProviderChoice;
use crate::routes;

/// One link for each provider, or a sentence where none is configured.
#[component]
pub fn SignInChoices(
    /// The providers, in the order of their links.
    providers: Vec<ProviderChoice>,
    /// Where to go once signed in; the server accepts only a path of its own.
    return_to: Option<String>,
) -> impl IntoView {
    if providers.is_empty() {
        return view! {
            <p class="notice notice-warn">
                "No provider is configured yet, so nobody can sign in. "
                "An administrator has to name one in the configuration."
            </p>
        }
        .into_any();
    }

    providers
        .into_iter()
        .map(|provider| view! { <SignInLink provider return_to=return_to.clone()/> })
        .collect_view()
        .into_any()
}

/// Begins a sign-in by a link: where providers send the browser on to others, a form may not follow (Content Security
/// Policy Level 3, `form-action`).
#[component]
fn SignInLink(
    /// The provider.
    provider: ProviderChoice,
    /// Where to go once signed in.
    return_to: Option<String>,
) -> impl IntoView {
    view! {
        <a class="button button-primary" rel="external" href=routes::login_for(&provider.id, return_to.as_deref())>
            "Sign in with "
            <bdi>{provider.name}</bdi>
        </a>
    }
}

/// Begins a sign-in by a plain form, which a browser sends only when a person presses its button.
#[component]
pub fn SignInForm(
    /// The id of the provider.
    provider: String,
    /// The name of the provider.
    name: String,
    /// Where to go once signed in.
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

/// The path of the sign-in page that comes back to this page. Call it inside the router.
#[must_use]
pub fn sign_in_and_return() -> String {
    let mut path = String::from(routes::SIGN_IN);
    path.push_str("?return_to=");
    path.push_str(&Url::escape(&here()));
    path
}

/// The path and query of this page. Call it inside the router.
pub(super) fn here() -> String {
    let location = use_location();
    let mut here = location.pathname.get_untracked();
    location.search.with_untracked(|search| {
        if !search.is_empty() {
            here.push('?');
            here.push_str(search);
        }
    });
    here
}
