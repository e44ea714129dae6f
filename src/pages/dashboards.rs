//! The list of dashboards.

use leptos::prelude::*;

use super::page::{Answer, Asked, Page};
use crate::components::dashboard_cards::DashboardCards;

/// One card for each dashboard that is open to the viewer.
///
/// # Errors
/// None.
pub async fn dashboards(asked: Asked) -> Answer {
    let dashboards = asked.viewer.dashboards.clone();
    let view = view! {
        <div class="page-head">
            <h1>"Dashboards"</h1>
        </div>
        <DashboardCards dashboards/>
    };
    Ok(Page::new("Dashboards", view))
}
