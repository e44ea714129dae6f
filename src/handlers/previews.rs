//! The preview of a dashboard, for lists: a panel as the person may see it, with the same checks and row rules as the
//! panel itself.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use rolecall_core::dashboards::{
    AskedFilters, Dashboards, DashboardsError, OpenPanel, PanelData, Person, TableRequest,
};
use rolecall_model::spec::PanelSpec;
use rolecall_model::{AppError, Role};
use rolecall_panels::{Compared, chart_preview, figure_preview, text_preview};
use rolecall_server::problem::{self, ProblemPages};
use rolecall_server::state::AppState;
use rolecall_sign_in::Auth;
use rolecall_ui::caller::{self, Asker};
use rolecall_ui::rendered::{Made, Rendered};

/// The route of the picture, an SVG document.
pub fn preview() -> MethodRouter<AppState> {
    get(send)
}

async fn send(
    State(auth): State<Auth>,
    State(dashboards): State<Dashboards>,
    State(rendered): State<Rendered>,
    State(problem_pages): State<ProblemPages>,
    Path(slug): Path<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let asker = Asker::of(&auth, &parts.extensions);
    match picture(&dashboards, &rendered, &asker, &slug).await {
        Ok(svg) => answer(&svg),
        Err(error) => problem::refuse(&problem_pages, &Request::from_parts(parts, Body::empty()), &error),
    }
}

async fn picture(
    dashboards: &Dashboards,
    rendered: &Rendered,
    asker: &Asker<'_>,
    slug: &str,
) -> Result<Arc<str>, AppError> {
    let sign_in = asker.require(Role::Read)?;
    let internal = |error: DashboardsError| caller::internal(&error);
    let found = dashboards.find(slug, sign_in.user.role).await.map_err(internal)?;
    let dashboard = found.ok_or(AppError::NotFound)?;
    asker.require(dashboard.spec.role)?;
    let person = Person::SignedIn(&sign_in, asker.open_role());
    let panel = dashboards.preview(&dashboard, person).await.map_err(internal)?.ok_or(AppError::NotFound)?;
    // As the dashboard is when nobody has chosen anything.
    let filters = dashboards.filters(&dashboard, &AskedFilters::default(), person).await.map_err(internal)?;
    let panel = panel.filtered_by(&filters);
    let key = panel.key(&TableRequest::default()).map(|key| format!("preview/{key}"));
    rendered.html(key, async || made(&panel).await).await
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
    // Firefox applies the picture's own policy to its styles.
    const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CONTENT_SECURITY_POLICY, POLICY)], svg.to_owned())
        .into_response()
}
