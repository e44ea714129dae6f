//! The panels of a dashboard on pages other than its own.

use futures_util::future::try_join_all;
use leptos::prelude::*;
use rolecall_core::dashboards::{AskedFilters, Dashboard, Dashboards, Filters, FoundPanel, Person, TableRequest};
use rolecall_model::AppError;
use rolecall_panels::{OTHER_FIELDS, SORT_FIELDS};
use rolecall_ui::caller;

use crate::pages::panel::panel_html;

/// The text instead of a panel that is closed to the viewer.
pub(super) const CLOSED: &str = "A panel that is not open to you.";

/// A placeholder for such a panel.
pub(super) fn closed_panel() -> impl IntoView {
    view! {
        <section class="panel">
            <p class="muted">{CLOSED}</p>
        </section>
    }
}

/// The HTML of each panel of `dashboard`, in order and without any filters chosen; `None` for panels that are closed to
/// `person`.
///
/// # Errors
/// If the data cannot be read.
pub(super) async fn panels_of(
    dashboards: &Dashboards,
    dashboard: &Dashboard,
    person: Person<'_>,
) -> Result<Vec<Option<String>>, AppError> {
    let filters = dashboards.filters(dashboard, &AskedFilters::default(), person).await;
    panels_filtered(dashboards, dashboard, person, &filters.map_err(|error| caller::internal(&error))?).await
}

/// The same with `filters`.
///
/// # Errors
/// If the data cannot be read.
pub(super) async fn panels_filtered(
    dashboards: &Dashboards,
    dashboard: &Dashboard,
    person: Person<'_>,
    filters: &Filters<'_>,
) -> Result<Vec<Option<String>>, AppError> {
    let catalogue = dashboards.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let html = dashboard.panels.iter().map(async |panel| {
        let found = dashboards.panel_by(&catalogue, dashboard, panel, person).await;
        match found.map_err(|error| caller::internal(&error))? {
            FoundPanel::Open(panel) => {
                let panel = panel.filtered_by(filters);
                let html = panel_html(&dashboard.slug, &panel, &TableRequest::default()).await?;
                Ok(Some(html.replace([OTHER_FIELDS, SORT_FIELDS], "")))
            }
            FoundPanel::Closed { .. } | FoundPanel::Nothing => Ok(None),
        }
    });
    try_join_all(html).await
}
