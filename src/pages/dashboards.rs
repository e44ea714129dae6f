//! The list of dashboards.

use leptos::prelude::*;

use rolecall_model::Role;

use super::page::{Answer, Asked, Page};
use crate::caller;
use crate::components::dashboard_cards::DashboardCards;

/// One card for each dashboard that is open to the viewer.
///
/// # Errors
/// As [`caller::require`] below Read.
pub async fn dashboards(_: Asked) -> Answer {
    let sign_in = caller::require(Role::Read)?;
    let dashboards = caller::dashboards()?.open_to(sign_in.user.role).await;
    let dashboards = dashboards.map_err(|error| caller::internal(&error))?;
    let view = view! {
        <div class="page-head">
            <h1>"Dashboards"</h1>
        </div>
        <DashboardCards dashboards/>
    };
    Ok(Page::new("Dashboards", view))
}
