//! Dashboards as cards.

use leptos::prelude::*;

use crate::identity::DashboardCard;
use crate::routes;

/// One card for each dashboard, or a sentence where there is none.
#[component]
pub fn DashboardCards(
    /// The dashboards that are open to the viewer.
    dashboards: Vec<DashboardCard>,
) -> impl IntoView {
    if dashboards.is_empty() {
        return view! { <p class="muted">"No dashboard is open to you yet."</p> }.into_any();
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
