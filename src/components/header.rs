//! The header of every page.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_model::{CurrentUser, Viewer};

use super::badge::RoleBadge;
use super::brand::Mark;
use super::document::PRODUCT;
use super::sign_in::sign_in_from;
use super::sign_out::SignOutButton;
use crate::routes;

/// The id of the menu, for its button.
const MENU: &str = "site-menu";

/// Skip link, demonstration banner, product, navigation, person.
///
/// Its links load whole pages, so that the server checks again who looks at them.
#[component]
pub fn Header(
    viewer: Arc<Viewer>,
    /// The path of the page, to mark the current link. Left out if no link is current.
    #[prop(optional_no_strip)]
    path: Option<String>,
    /// The path and query of the page, if a sign-in can come back to it.
    #[prop(optional_no_strip)]
    here: Option<String>,
) -> impl IntoView {
    let signed_in = viewer.user.is_some();
    let has_apps = !viewer.apps.is_empty();
    let sign_in = sign_in_from(&viewer, here.as_deref());
    let current = move |href| path.as_deref().and_then(|path| current_kind(href, path));
    let person = match viewer.user.clone() {
        Some(user) => view! { <Person user/> }.into_any(),
        None => view! { <a class="button" href=sign_in>"Sign in"</a> }.into_any(),
    };

    view! {
        <header class="site-header">
            <a class="skip-link" href="#content">
                "Skip to content"
            </a>
            {viewer.demonstration.then(|| view! { <DemonstrationBanner/> })}
            <div class="site-bar">
                <a class="brand" href=routes::HOME>
                    <Mark/>
                    <span>{PRODUCT}</span>
                </a>
                {signed_in.then(|| view! { <MenuButton/> })}
                // On wide screens it is part of the row; on a phone the button opens it.
                <div class="site-menu" id=MENU popover=signed_in.then_some("auto")>
                    <nav class="site-nav" aria-label="Main">
                        <ul>
                            <NavLink href=routes::HOME label="Home" current=current(routes::HOME)/>
                            {signed_in
                                .then(|| {
                                    view! {
                                        <NavLink href=routes::DASHBOARDS label="Dashboards" current=current(routes::DASHBOARDS)/>
                                        {has_apps.then(|| view! { <NavLink href=routes::APPS label="Apps" current=current(routes::APPS)/> })}
                                        <NavLink href=routes::ACCOUNT_TOKEN label="Your token" current=current(routes::ACCOUNT_TOKEN)/>
                                    }
                                })}
                        </ul>
                    </nav>
                    <div class="site-person">{person}</div>
                </div>
            </div>
        </header>
    }
}

/// The header of our pages on the host of an app. Its links lead to our own host.
#[component]
pub fn AppHostHeader(
    /// The URL of our front page.
    home: String,
) -> impl IntoView {
    view! {
        <header class="site-header">
            <div class="site-bar">
                <a class="brand" href=home>
                    <Mark/>
                    <span>{PRODUCT}</span>
                </a>
            </div>
        </header>
    }
}

/// Opens and closes the menu on a phone, with script or without (HTML, the attribute `popover`).
#[component]
fn MenuButton() -> impl IntoView {
    view! {
        <button class="button site-menu-button" type="button" popovertarget=MENU>
            "Menu"
        </button>
    }
}

#[component]
fn DemonstrationBanner() -> impl IntoView {
    view! {
        <p class="banner">
            <strong>"Demonstration: "</strong>
            "anyone who can open this page can sign in as anyone. Configure a provider before you use it for real."
        </p>
    }
}

#[component]
fn NavLink(href: &'static str, label: &'static str, current: Option<&'static str>) -> impl IntoView {
    view! {
        <li>
            <a href=href aria-current=current>
                {label}
            </a>
        </li>
    }
}

/// The person's name and role, and the button to sign out.
#[component]
fn Person(user: CurrentUser) -> impl IntoView {
    view! {
        <a class="person-name" href=routes::ACCOUNT title="Your account">
            <bdi>{user.name}</bdi>
        </a>
        <RoleBadge role=user.role/>
        <SignOutButton/>
    }
}

/// The value of `aria-current` (WAI-ARIA 1.2, section 6.6) for a link to `href` on the page at `path`.
fn current_kind(href: &str, path: &str) -> Option<&'static str> {
    if path == href {
        Some("page")
    } else if href != routes::HOME && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')) {
        Some("true")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::current_kind;
    use crate::routes;

    #[test]
    fn the_link_of_the_page_and_of_its_section_are_current() {
        assert_eq!(current_kind(routes::DASHBOARDS, "/dashboards"), Some("page"));
        assert_eq!(current_kind(routes::DASHBOARDS, "/dashboards/weather"), Some("true"));
    }

    #[test]
    fn other_links_are_not_current() {
        assert_eq!(current_kind(routes::HOME, "/dashboards"), None);
        assert_eq!(current_kind(routes::DASHBOARDS, "/dashboards-of-old"), None);
    }
}
