//! A dashboard with the panels that the viewer's role opens.

use std::sync::Arc;

use futures_util::future::try_join_all;
use leptos::prelude::*;
use rolecall_model::spec::DashboardSpec;
use rolecall_model::{AppError, Role};

use super::page::{Answer, Asked, Page};
use super::panel::panel_html;
use crate::caller;
use crate::components::step_up::StepUpNotice;
use crate::dashboards::{FoundPanel, Person};
use crate::routes;

/// The dashboard that the path names, each table at the page that the address names.
///
/// # Errors
/// [`AppError::SignedOut`] or [`AppError::Forbidden`] below Read; [`AppError::NotFound`].
pub async fn dashboard(asked: Asked) -> Answer {
    let sign_in = caller::require(Role::Read)?;
    let person = Person::SignedIn(&sign_in, caller::open_role());
    let dashboards = caller::dashboards()?;
    let slug = asked.parameter.as_deref().unwrap_or_default();
    let dashboard = dashboards.find(slug, caller::open_role()).ok_or(AppError::NotFound)?;
    let panels = dashboard.panels.iter().map(async |panel| {
        let id = &panel.spec.id;
        let found = dashboards.panel(slug, id, person).await.map_err(|error| caller::internal(&error))?;
        let page = asked.value(&routes::page_parameter(id)).and_then(|page| page.parse().ok()).unwrap_or(1);
        match found {
            FoundPanel::Open(panel) => panel_html(slug, &panel, page).await.map(Some),
            FoundPanel::Closed { .. } | FoundPanel::Nothing => Ok(None),
        }
    });
    let panels: Vec<Arc<str>> = try_join_all(panels).await?.into_iter().flatten().collect();
    let spec = &dashboard.spec;
    let (title, summary) = (spec.title.clone(), spec.summary.clone());
    let head = view! { <Head title summary here=asked.here()/> }.to_html();
    Ok(Page { title: spec.title.clone().into(), main: put_together(&head, &panels, spec) })
}

/// The whole page. Panels are long, so each is copied only once.
fn put_together(head: &str, panels: &[Arc<str>], spec: &DashboardSpec) -> String {
    let source = spec.source.clone().map(|source| {
        view! {
            <p class="muted source">
                "Source: " <bdi>{source}</bdi>
            </p>
        }
        .to_html()
    });
    let source = source.unwrap_or_default();
    let (open, close) = ("<div class=\"panels\">", "</div>");
    let bytes = panels.iter().map(|panel| panel.len()).sum::<usize>();
    let mut main = String::with_capacity(head.len() + open.len() + bytes + close.len() + source.len());
    main.push_str(head);
    main.push_str(open);
    for panel in panels {
        main.push_str(panel);
    }
    main.push_str(close);
    main.push_str(&source);
    main
}

/// Title and summary, and a notice where the person has to sign in again.
#[component]
fn Head(title: String, summary: String, here: String) -> impl IntoView {
    view! {
        <div class="page-head">
            <p>
                <a href=routes::DASHBOARDS>"Dashboards"</a>
            </p>
            <h1 dir="auto">{title}</h1>
            <p class="lead" dir="auto">
                {summary}
            </p>
        </div>
        <StepUpNotice here/>
    }
}
