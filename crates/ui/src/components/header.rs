//! The header of every page.

use leptos::prelude::*;
use rolecall_model::Role;
use rolecall_routes as routes;

use super::badge::RoleBadge;
use super::document::{Mark, PRODUCT};
use super::sign_in::SignOutButton;

/// The id of the menu, which its button refers to.
const MENU: &str = "site-menu";

/// The link in the navigation that is marked as current, with its `aria-current` (WAI-ARIA 1.2, section 6.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CurrentLink {
    href: &'static str,
    kind: &'static str,
}

impl CurrentLink {
    /// The link to the page at `path`, or to the section that contains it.
    #[must_use]
    pub fn on(path: &str) -> Option<Self> {
        const LINKS: [&str; 8] = [
            routes::HOME,
            routes::DASHBOARDS,
            routes::DATASETS,
            routes::APPS,
            routes::ADMIN,
            routes::ACCOUNT_SESSIONS,
            routes::ACCOUNT_TOKEN,
            routes::ACCOUNT,
        ];
        let marked = LINKS.into_iter().find_map(|href| current_kind(href, path).map(|kind| Self { href, kind }));
        // Uploads belong to the data pages.
        let of_data = || current_kind(routes::UPLOADS, path).map(|_| Self { href: routes::DATASETS, kind: "true" });
        marked.or_else(of_data)
    }
}

/// The skip link, demonstration banner, product, navigation and person.
///
/// Its links load whole pages, so that the server checks access again.
#[component]
pub fn Header(
    /// Whether the demonstration provider is in use.
    demonstration: bool,
    /// The lower role that an administrator is viewing Rolecall with.
    view_as: Option<Role>,
    /// Name and role of the signed-in person.
    person: Option<(String, Option<Role>)>,
    /// Whether the person may use any apps.
    has_apps: bool,
    current: Option<CurrentLink>,
    /// The target of the link "Sign in".
    sign_in: String,
) -> impl IntoView {
    let signed_in = person.is_some();
    let has_data = person.as_ref().is_some_and(|(_, role)| *role >= Some(Role::Write));
    let is_admin = person.as_ref().is_some_and(|(_, role)| *role >= Some(Role::Admin));
    let person = match person {
        Some((name, role)) => view! { <PersonMenu name role current/> }.into_any(),
        None => view! { <a class="button" href=sign_in>"Sign in"</a> }.into_any(),
    };

    view! {
        <header class="site-header">
            <a class="skip-link" href="#content">
                "Skip to content"
            </a>
            {demonstration.then(|| view! { <DemonstrationBanner/> })}
            {view_as.map(|role| view! { <ViewAsBanner role/> })}
            <div class="site-bar">
                <a class="brand" href=routes::HOME>
                    <Mark/>
                    <span>{PRODUCT}</span>
                </a>
                {signed_in.then(|| view! { <MenuButton/> })}
                // Part of the row on wide screens; opened by the button on a phone.
                <div class="site-menu" id=MENU popover=signed_in.then_some("auto")>
                    <nav class="site-nav" aria-label="Main">
                        <ul>
                            <NavLink href=routes::HOME label="Home" current=current_at(current, routes::HOME)/>
                            {signed_in
                                .then(|| {
                                    view! {
                                        <NavLink href=routes::DASHBOARDS label="Dashboards" current=current_at(current, routes::DASHBOARDS)/>
                                        {has_data.then(|| view! { <NavLink href=routes::DATASETS label="Data" current=current_at(current, routes::DATASETS)/> })}
                                        {has_apps.then(|| view! { <NavLink href=routes::APPS label="Apps" current=current_at(current, routes::APPS)/> })}
                                        {is_admin.then(|| view! { <NavLink href=routes::ADMIN label="Admin" current=current_at(current, routes::ADMIN)/> })}
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

/// The header of our pages on the host of an app. Its links point to our own host.
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

/// The button that opens and closes the menu on a phone, with or without JavaScript (HTML, the attribute `popover`).
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

/// A banner while an administrator views Rolecall with a lower role, with a button to stop.
#[component]
fn ViewAsBanner(role: Role) -> impl IntoView {
    view! {
        <form class="banner" method="post" action=routes::API_END_VIEW_AS>
            <p>
                "You see Rolecall as somebody with the role " <strong>{role.name()}</strong>
                " does. That ends by itself after 30 minutes."
            </p>
            <button class="button" type="submit">
                "See everything again"
            </button>
        </form>
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

/// The person's name and role, which open the person's menu, and the button to sign out.
#[component]
fn PersonMenu(name: String, role: Option<Role>, current: Option<CurrentLink>) -> impl IntoView {
    let link = |href, label| view! { <NavLink href label current=current_at(current, href)/> };

    view! {
        <details class="person-menu">
            <summary>
                <span class="visually-hidden">"Menu of "</span>
                <bdi class="person-name">{name}</bdi>
                <RoleBadge role/>
            </summary>
            <ul>
                {link(routes::ACCOUNT, "Your account")} {link(routes::ACCOUNT_SESSIONS, "Your sessions")}
                {link(routes::ACCOUNT_TOKEN, "Your token")} <li>
                    <SignOutButton/>
                </li>
            </ul>
        </details>
    }
}

/// The `aria-current` of a link to `href`, if `current` marks it.
fn current_at(current: Option<CurrentLink>, href: &str) -> Option<&'static str> {
    current.filter(|link| link.href == href).map(|link| link.kind)
}

/// The value of `aria-current` for a link to `href` on the page at `path`.
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
    use super::{CurrentLink, current_kind};
    use rolecall_routes as routes;

    #[test]
    fn the_link_of_the_page_and_of_its_section_are_current() {
        assert_eq!(current_kind(routes::DASHBOARDS, "/dashboards"), Some("page"));
        assert_eq!(current_kind(routes::DASHBOARDS, "/dashboards/weather"), Some("true"));
    }

    #[test]
    fn an_upload_belongs_to_the_data() {
        let marked = |path| CurrentLink::on(path).map(|link| (link.href, link.kind));
        assert_eq!(marked("/uploads"), Some((routes::DATASETS, "true")));
        assert_eq!(marked("/uploads/7"), Some((routes::DATASETS, "true")));
    }

    #[test]
    fn the_nearest_page_of_an_account_is_current() {
        let marked = |path| CurrentLink::on(path).map(|link| (link.href, link.kind));
        assert_eq!(marked("/account/sessions"), Some((routes::ACCOUNT_SESSIONS, "page")));
        assert_eq!(marked("/account/token"), Some((routes::ACCOUNT_TOKEN, "page")));
        assert_eq!(marked("/account"), Some((routes::ACCOUNT, "page")));
    }

    #[test]
    fn other_links_are_not_current() {
        assert_eq!(current_kind(routes::HOME, "/dashboards"), None);
        assert_eq!(current_kind(routes::DASHBOARDS, "/dashboards-of-old"), None);
    }
}
