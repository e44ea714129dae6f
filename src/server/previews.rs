//! The preview of a dashboard, for lists of them: a panel as the person sees it, under the same checks and row rules as the panel itself.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use rolecall_core::dashboards::{AskedFilters, DashboardsError, OpenPanel, PanelData, Person, TableRequest};
use rolecall_model::spec::PanelSpec;
use rolecall_model::{AppError, Role};
use rolecall_panels::{Compared, chart_preview, figure_preview, text_preview};

use super::problem;
use super::state::AppState;
use crate::caller::{self, Asker};
use crate::pages::rendered::Made;

/// The route of the picture, an SVG document.
pub fn preview() -> MethodRouter<AppState> {
    get(async |State(state): State<AppState>, Path(slug): Path<String>, request: Request| {
        let (parts, _) = request.into_parts();
        match picture(&state, &parts, &slug).await {
            Ok(svg) => answer(&svg),
            Err(error) => problem::refuse(&state.problem_pages, &Request::from_parts(parts, Body::empty()), &error),
        }
    })
}

async fn picture(state: &AppState, parts: &Parts, slug: &str) -> Result<Arc<str>, AppError> {
    let asker = Asker::of(&state.auth, &parts.extensions);
    let sign_in = asker.require(Role::Read)?;
    let internal = |error: DashboardsError| caller::internal(&error);
    let found = state.dashboards.find(slug, sign_in.user.role).await.map_err(internal)?;
    let dashboard = found.ok_or(AppError::NotFound)?;
    asker.require(dashboard.spec.role)?;
    let person = Person::SignedIn(&sign_in, asker.open_role());
    let panel = state.dashboards.preview(&dashboard, person).await.map_err(internal)?.ok_or(AppError::NotFound)?;
    // As the dashboard is when nobody has chosen anything.
    let filters = state.dashboards.filters(&dashboard, &AskedFilters::default(), person).await.map_err(internal)?;
    let panel = panel.filtered_by(&filters);
    let key = panel.key(&TableRequest::default()).map(|key| format!("preview/{key}"));
    state.rendered.html(key, async || made(&panel).await).await
}

async fn made(panel: &OpenPanel<'_>) -> Result<Made, AppError> {
    let (spec, zone) = (&panel.panel().spec, panel.zone());
    Ok(match panel.data(&TableRequest::default()).await.map_err(|error| caller::internal(&error))? {
        PanelData::Chart(result) => Made::Lasting(chart_preview(spec, &result, zone)),
        PanelData::Figures(_, Compared::Days { result, .. }) => {
            let spec = PanelSpec { by: None, ..spec.clone() };
            Made::Lasting(figure_preview(&spec, &result, zone))
        }
        PanelData::Figures(result, _) => Made::Lasting(figure_preview(spec, &result, zone)),
        _ => Made::Passing(text_preview("Not available right now.")),
    })
}

fn answer(svg: &str) -> Response {
    // Firefox asks the policy of the picture itself for its style.
    const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CONTENT_SECURITY_POLICY, POLICY)], svg.to_owned())
        .into_response()
}
