//! Cards for dashboards.

use leptos::prelude::*;
use rolecall_model::DashboardCard;

use super::ask_for::AskFor;
use super::viewer::use_viewer;
use crate::routes;

/// One card for each dashboard; without any, what to ask an administrator for.
#[component]
pub fn DashboardCards(dashboards: Vec<DashboardCard>) -> impl IntoView {
    if dashboards.is_empty() {
        let grant = use_viewer().ask_for.clone();
        return view! {
            <p class="muted">"No dashboards are available to you yet."</p>
            {grant.map(|grant| view! { <AskFor grant=Some(grant)/> })}
        }
        .into_any();
    }

    let cards = dashboards
        .into_iter()
        .map(|card| {
            view! {
                <li class="card card-link">
                    <a class="card-title" href=routes::dashboard(&card.slug)>
                        <bdi>{card.title}</bdi>
                    </a>
                    <p class="muted" dir="auto">
                        {card.summary}
                    </p>
                </li>
            }
        })
        .collect_view();

    view! { <ul class="cards">{cards}</ul> }.into_any()
}
