//! The front page: the start page of a signed-in person, or the buttons to sign in.

use std::cmp::Reverse;

use leptos::prelude::*;
use rolecall_model::{AppError, CurrentUser, RoleGrant};
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::badge::RoleBadge;
use rolecall_ui::components::document::PRODUCT;
use rolecall_ui::components::notices::AskFor;
use rolecall_ui::components::sign_in::SignInChoices;
use rolecall_ui::page::{Answer, Asked, Page};
use rolecall_ui::rendered::{Made, rendered};
use serde::Serialize;

use super::cards::{Card, FavouriteForm, Search, SearchForm};
use super::new_browser::new_browser_notices;
use super::news::{News, news_of};
use super::start::{CardSection, Dashboards, StartLists};

/// The number of entries in each list of the page.
const LISTED: usize = 6;

/// # Errors
/// If the dashboards or the sign-ins cannot be read.
pub async fn home(asked: Asked) -> Answer {
    let viewer = &asked.viewer;
    let page = match viewer.user.clone() {
        None => Page::new(PRODUCT, view! { <SignedOutStatus return_to=asked.value("return_to")/> }),
        Some(user) if user.role.is_none() => {
            Page::new(PRODUCT, view! { <NoRoleStatus user ask_for=viewer.ask_for.clone()/> })
        }
        Some(user) => {
            let start = start(&asked).await?;
            let back = asked.here();
            let name = name_of(&user, &start, &back);
            let make = async || Ok(Made::Lasting(view! { <SignedInStatus user start back/> }.to_html()));
            let main = rendered(name, make).await?.to_string();
            Page { title: PRODUCT.into(), main, is_live: false, has_own_script: true }
        }
    };
    Ok(Page { main: new_browser_notices().await? + &page.main, ..page })
}

/// The start page of a person with a role. Everything on it is open to them now.
#[derive(Default, Serialize)]
struct Start {
    search: Search,
    dashboards: Vec<Card>,
    apps: Vec<Card>,
    /// What they looked at, the latest first.
    visited: Vec<Card>,
    news: Vec<News>,
}

async fn start(asked: &Asked) -> Result<Start, AppError> {
    // While the provider does not confirm them, they see only their name.
    let Some(sign_in) = caller::signed_in_or_not() else {
        return Ok(Start { search: Search::of(asked), ..Start::default() });
    };
    let listed = caller::dashboards()?.listed(sign_in.user.role, caller::open_role()).await;
    let listed = listed.map_err(|error| caller::internal(&error))?;
    let marks = caller::marks(&sign_in).await;
    let dashboards: Vec<Card> = listed.iter().map(|listed| Card::of_dashboard(listed, marks.as_deref())).collect();
    let apps: Vec<Card> = asked.viewer.apps.iter().map(|app| Card::of_app(app, marks.as_deref())).collect();
    let now_ms = caller::auth()?.clock().now_ms();
    let news = listed.iter().zip(&dashboards);
    let mut news: Vec<News> =
        news.filter_map(|(listed, card)| news_of(listed, card.mark?, sign_in.user_id, now_ms)).collect();
    news.sort_by_key(|news| Reverse(news.at_ms));
    news.truncate(LISTED);
    let visited = dashboards.iter().chain(&apps).filter(|card| card.visited_at_ms().is_some());
    let mut visited: Vec<Card> = visited.cloned().collect();
    visited.sort_by_key(|card| Reverse(card.visited_at_ms()));
    visited.truncate(LISTED);
    Ok(Start { search: Search::of(asked), dashboards, apps, visited, news })
}

/// The cache key of the page for `user`, which covers everything on it; `None` if it is not cached: search results, and
/// pages without dashboards, which say what to ask for.
fn name_of(user: &CurrentUser, start: &Start, back: &str) -> Option<String> {
    let is_kept = back == routes::HOME && !start.dashboards.is_empty();
    is_kept.then(|| serde_json::to_string(&("start", user, start)).ok()).flatten()
}

/// What Rolecall is, and the buttons to sign in.
#[component]
fn SignedOutStatus(return_to: Option<String>) -> impl IntoView {
    view! {
        <section class="hero">
            <h1>"Your company's dashboards, behind your company's sign-in"</h1>
            <p class="lead">
                "Sign in with your work account to see your dashboards and apps. You need no other password."
            </p>
            <div class="card">
                <p>"You are not signed in."</p>
                <div class="actions">
                    <SignInChoices return_to/>
                </div>
            </div>
        </section>
    }
}

/// The person, a search, and everything that is open to them.
#[component]
fn SignedInStatus(user: CurrentUser, start: Start, back: String) -> impl IntoView {
    let Start { search, dashboards, apps, visited, news } = start;
    let content = if search.is_empty() {
        let (favourites, dashboards): (Vec<Card>, Vec<Card>) = dashboards.into_iter().partition(Card::is_favourite);
        let (favourite_apps, apps): (Vec<Card>, Vec<Card>) = apps.into_iter().partition(Card::is_favourite);
        let has_favourites = !favourites.is_empty();
        let favourites: Vec<Card> = favourites.into_iter().chain(favourite_apps).collect();
        view! {
            <StartLists visited news/>
            <CardSection id="favourites-title" title="Favourites" cards=favourites/>
            <Dashboards dashboards has_favourites/>
            <CardSection id="apps" title="Apps" cards=apps/>
        }
        .into_any()
    } else {
        let found = |cards: Vec<Card>| cards.into_iter().filter(|card| search.finds(card)).collect::<Vec<_>>();
        let (dashboards, apps) = (found(dashboards), found(apps));
        let nothing = dashboards.is_empty() && apps.is_empty();
        view! {
            {nothing.then(|| view! { <p class="muted">"Nothing that you can open has these words in its title or summary."</p> })}
            <CardSection id="dashboards" title="Dashboards" cards=dashboards/>
            <CardSection id="apps" title="Apps" cards=apps/>
        }
        .into_any()
    };
    view! {
        <section class="hero">
            <WhoAmI user/>
        </section>
        <SearchForm action=routes::HOME label="Find a dashboard or an app" search/>
        <FavouriteForm back/>
        {content}
    }
}

/// The person without a role, and what to ask an administrator for.
#[component]
fn NoRoleStatus(user: CurrentUser, ask_for: Option<RoleGrant>) -> impl IntoView {
    view! {
        <section class="hero">
            <WhoAmI user/>
        </section>
        <section class="notice notice-warn" aria-labelledby="no-role">
            <h2 id="no-role">"Your account has no role yet"</h2>
            <p>"You are signed in, but you cannot open anything until your account has a role."</p>
            <AskFor grant=ask_for/>
            <div class="actions">
                <a class="button button-primary" href=routes::ACCOUNT_REQUESTS>
                    "Request access"
                </a>
            </div>
        </section>
    }
}

/// Name, role, address and provider.
#[component]
fn WhoAmI(user: CurrentUser) -> impl IntoView {
    let CurrentUser { name, email, role, provider } = user;

    view! {
        <h1>"Signed in as " <bdi>{name}</bdi></h1>
        <dl class="facts">
            <div>
                <dt>"Role"</dt>
                <dd>
                    <RoleBadge role/>
                </dd>
            </div>
            {email
                .map(|email| {
                    view! {
                        <div>
                            <dt>"E-mail"</dt>
                            <dd dir="auto">{email}</dd>
                        </div>
                    }
                })}
            <div>
                <dt>"Signed in with"</dt>
                <dd dir="auto">{provider}</dd>
            </div>
        </dl>
        <p>
            <a href=routes::ACCOUNT>
                "Your account"
            </a>
        </p>
    }
}
