//! The parts of the start page: lists of links, and cards with titles.

use leptos::prelude::*;
use rolecall_routes as routes;
use rolecall_ui::components::time::Moment;

use super::cards::{Card, Cards, NoDashboards};
use super::news::News;

/// The number of dashboards with a card here; the page of all dashboards has the others.
const MOST_CARDS: usize = 24;

/// What the person looked at recently, and what is new.
#[component]
pub(super) fn StartLists(visited: Vec<Card>, news: Vec<News>) -> impl IntoView {
    let visited = visited.into_iter().map(|card| {
        let at_ms = card.visited_at_ms().unwrap_or_default();
        view! { <Linked href=card.href title=card.title what="" at_ms/> }.into_any()
    });
    let news = news.into_iter().map(|News { slug, title, what, at_ms }| {
        view! { <Linked href=routes::dashboard(&slug) title what at_ms/> }.into_any()
    });
    let (visited, news) = (visited.collect::<Vec<_>>(), news.collect::<Vec<_>>());
    if visited.is_empty() && news.is_empty() {
        return None;
    }
    let list = |id: &'static str, title: &'static str, entries: Vec<AnyView>| {
        (!entries.is_empty()).then(|| {
            view! {
                <section aria-labelledby=id>
                    <h2 id=id>{title}</h2>
                    <ul class="entries">{entries}</ul>
                </section>
            }
        })
    };
    Some(view! {
        <div class="start-lists">
            {list("visited", "Looked at last", visited)} {list("news", "What is new", news)}
        </div>
    })
}

/// An entry of such a list.
#[component]
fn Linked(href: String, title: String, what: &'static str, at_ms: i64) -> impl IntoView {
    let what = (!what.is_empty()).then(|| format!("{what}, "));
    view! {
        <li class="entry">
            <a href=href>
                <bdi>{title}</bdi>
            </a>
            <span class="muted">{what} <Moment ms=at_ms/></span>
        </li>
    }
}

/// The dashboards that are not favourites, as many as fit.
#[component]
pub(super) fn Dashboards(dashboards: Vec<Card>, has_favourites: bool) -> impl IntoView {
    let (title, count) = (if has_favourites { "More dashboards" } else { "Dashboards" }, dashboards.len());
    if dashboards.is_empty() && has_favourites {
        return None;
    }
    let shown: Vec<Card> = dashboards.into_iter().take(MOST_CARDS).collect();
    let content =
        if shown.is_empty() { view! { <NoDashboards/> }.into_any() } else { view! { <Cards cards=shown/> }.into_any() };
    let all = (count > MOST_CARDS).then(|| {
        view! {
            <p class="more-cards">
                <a href=routes::DASHBOARDS>{format!("{} more dashboards", count - MOST_CARDS)}</a>
            </p>
        }
    });
    Some(view! {
        <section aria-labelledby="dashboards">
            <h2 id="dashboards">{title}</h2>
            {content}
            {all}
        </section>
    })
}

/// Cards below a title, if there are any.
#[component]
pub(super) fn CardSection(id: &'static str, title: &'static str, cards: Vec<Card>) -> impl IntoView {
    (!cards.is_empty()).then(|| {
        view! {
            <section aria-labelledby=id>
                <h2 id=id>{title}</h2>
                <Cards cards/>
            </section>
        }
    })
}
