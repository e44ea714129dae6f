//! The list of dashboards.

use leptos::prelude::*;
use leptos_meta::Title;
use rolecall_model::AppError;

use crate::components::dashboard_cards::DashboardCards;
use crate::components::error_notice::ErrorNotice;
use crate::components::viewer::use_viewer;

/// One card for each dashboard that is open to the viewer.
#[component]
pub fn DashboardsPage() -> impl IntoView {
    let viewer = use_viewer();
    let content = if viewer.user.is_some() {
        view! { <DashboardCards dashboards=viewer.dashboards.clone()/> }.into_any()
    } else {
        view! { <ErrorNotice error=AppError::SignedOut/> }.into_any()
    };

    view! {
        <Title text="Dashboards"/>
        <div class="page-head">
            <h1>"Dashboards"</h1>
        </div>
        {content}
    }
}
