//! Cards for apps behind Rolecall.

use leptos::prelude::*;

use rolecall_model::AppCard;

/// One card for each app. The links are external for the router, because an app is not one of our pages.
#[component]
pub fn AppCards(apps: Vec<AppCard>) -> impl IntoView {
    let cards = apps
        .into_iter()
        .map(|card| {
            view! {
                <li class="card card-link">
                    <a class="card-title" href=card.href>
                        <bdi>{card.title}</bdi>
                    </a>
                    {card
                        .summary
                        .map(|summary| {
                            view! {
                                <p class="muted" dir="auto">
                                    {summary}
                                </p>
                            }
                        })}
                </li>
            }
        })
        .collect_view();

    view! { <ul class="cards">{cards}</ul> }
}
