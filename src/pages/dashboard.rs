//! A dashboard with the panels that the viewer's role opens.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_model::panels::Panel;
use rolecall_model::{AppError, Role};

use super::page::{Answer, Asked, Page};
use super::rendered::rendered;
use crate::caller;
use crate::components::chart::panel::ChartPanel;
use crate::components::fixed_panel::FixedPanel;
use crate::components::note::NotePanel;
use crate::components::sign_ins::SignInsPanel;
use crate::components::step_up::StepUpNotice;
use crate::components::table::TablePanel;
use crate::dashboards::{self, Entry, FoundPanel, PanelEntry};
use crate::panel_html;
use crate::routes;

/// The dashboard that the path names, its table at `?page=`.
///
/// # Errors
/// [`AppError::SignedOut`] or [`AppError::Forbidden`] below Read; [`AppError::NotFound`].
pub async fn dashboard(asked: Asked) -> Answer {
    caller::require(Role::Read)?;
    let role = caller::open_role();
    let slug = asked.parameter.as_deref().unwrap_or_default();
    let entry = dashboards::find(slug, role).ok_or(AppError::NotFound)?;
    let page = asked.value("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let mut panels = String::new();
    for panel in entry.panels.iter().filter(|panel| role >= Some(panel.role)) {
        panels.push_str(&panel_html(entry, panel, role, page).await?);
    }
    Ok(Page::new(entry.title, view! { <DashboardView entry here=asked.here() panels/> }))
}

#[component]
fn DashboardView(
    entry: &'static Entry,
    here: String,
    /// The panels, as HTML.
    panels: String,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <p>
                <a href=routes::DASHBOARDS>"Dashboards"</a>
            </p>
            <h1 dir="auto">{entry.title}</h1>
            <p class="lead" dir="auto">
                {entry.summary}
            </p>
        </div>
        <StepUpNotice here/>
        <div class="panels" inner_html=panels></div>
        <p class="muted source">
            "Source: " <bdi>{entry.source}</bdi>
        </p>
    }
}

/// A panel that `role` opens, a table at `page`. The built-in data never change, and with them what shows nothing else.
async fn panel_html(
    entry: &'static Entry,
    panel: &'static PanelEntry,
    role: Option<Role>,
    page: u32,
) -> Result<Arc<str>, AppError> {
    let make = async || {
        let found = caller::dashboards()?.panel(entry.slug, panel.id, role, page).await;
        match found.map_err(|error| caller::internal(&error))? {
            FoundPanel::Open(data) => Ok(panel_view(data, entry.slug).to_html()),
            FoundPanel::Closed { needed } => Err(AppError::Forbidden { needed }),
            FoundPanel::Nothing => Err(AppError::NotFound),
        }
    };
    match panel.kind {
        "figures" | "chart" => rendered(format!("{}/{}", entry.slug, panel.id), make).await,
        "table" => rendered(format!("{}/{}/{page}", entry.slug, panel.id), make).await,
        _ => make().await.map(Arc::from),
    }
}

fn panel_view(panel: Panel, slug: &'static str) -> AnyView {
    match panel {
        Panel::Figures(figures) => {
            let html = panel_html::figures(&figures);
            view! { <FixedPanel id="figures".to_owned() title="Key figures".to_owned() quiet=true width=12 html/> }
                .into_any()
        }
        Panel::Chart(chart) => {
            let rolecall_panels::Chart { html, unit } = panel_html::chart(&chart);
            view! { <ChartPanel id=chart.id title=chart.title unit width=6 html/> }.into_any()
        }
        Panel::Table(table) => {
            let html = panel_html::table(&table).html;
            let (slug, id) = (slug.to_owned(), panel_html::TABLE.to_owned());
            view! { <TablePanel slug id title="Data".to_owned() width=12 html/> }.into_any()
        }
        Panel::Note(note) => view! { <NotePanel slug=slug.to_owned() note/> }.into_any(),
        Panel::SignIns(figures) => view! { <SignInsPanel figures/> }.into_any(),
    }
}
