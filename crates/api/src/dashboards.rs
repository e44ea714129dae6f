//! The dashboards that the caller's role opens, with their filters and panels.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use rolecall_core::dashboards::{Dashboards, Panel};
use rolecall_model::spec::DashboardFilter;
use rolecall_model::{DashboardCard, Role};
use rolecall_routes as routes;
use rolecall_sign_in::bearer::ApiCaller;
use serde::Serialize;
use utoipa::ToSchema;

use super::panels::open_dashboard;
use super::problem::ApiProblem;
use super::who::RoleName;

/// The dashboards that the caller's role opens.
#[derive(Debug, Serialize, ToSchema)]
pub struct DashboardList {
    /// One entry a dashboard.
    dashboards: Vec<DashboardEntry>,
}

/// A dashboard in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DashboardEntry {
    /// Its name in paths.
    #[schema(example = "weather")]
    slug: String,
    /// The title that people see.
    title: String,
    /// What it shows, in a sentence.
    summary: String,
    /// The path of more about it.
    #[schema(example = "/api/v1/dashboards/weather")]
    href: String,
}

/// A dashboard with the panels that the caller's role opens.
#[derive(Debug, Serialize, ToSchema)]
pub struct DashboardDetail {
    /// Its name in paths.
    #[schema(example = "weather")]
    slug: String,
    /// The title that people see.
    title: String,
    /// What it shows, in a sentence.
    summary: String,
    /// Where the data come from and under which licence.
    source: Option<String>,
    /// What the panels can be filtered by.
    filters: Vec<FilterEntry>,
    /// The panels that are open to the caller.
    panels: Vec<PanelLink>,
}

/// A filter of a dashboard.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilterEntry {
    /// Its name in the addresses of panels: `?city=Seattle`.
    #[schema(example = "city")]
    id: String,
    /// What it is called.
    title: String,
    /// What it takes: `date_range` or `values`.
    #[schema(example = "values")]
    kind: String,
    /// The column that it is about.
    #[schema(example = "location")]
    column: String,
    /// Of a range of dates, the one in force where none is given.
    #[schema(example = "last_30_days")]
    default: Option<String>,
}

/// A panel of a dashboard.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelLink {
    /// Its name in paths.
    #[schema(example = "temperature")]
    id: String,
    /// The title that people see.
    title: String,
    /// How it shows its data: `figure`, `line`, `area`, `bar`, `table`, `text`, `note` or `sign_ins`.
    #[schema(example = "line")]
    kind: String,
    /// The lowest role that opens it.
    role: RoleName,
    /// The path of its data.
    #[schema(example = "/api/v1/dashboards/weather/panels/temperature")]
    href: String,
}

/// The dashboards
///
/// Needs the role Read. Lists those that the caller's role opens.
///
/// # Errors
/// 401 or 403 below Read.
#[utoipa::path(get, path = routes::API_V1_DASHBOARDS, responses(
    (status = 200, description = "The dashboards that are open to the caller", body = DashboardList),
))]
pub async fn dashboards(
    State(dashboards): State<Dashboards>,
    Extension(caller): Extension<ApiCaller>,
) -> Result<Json<DashboardList>, ApiProblem> {
    caller.require(Role::Read)?;
    let dashboards = dashboards.open_to(caller.open_role).await?.into_iter().map(Into::into).collect();
    Ok(Json(DashboardList { dashboards }))
}

/// One dashboard
///
/// Needs the role Read. Names the panels that the caller's role opens.
///
/// # Errors
/// 401 or 403 below Read, and where a person must sign in again for it; 404 where there is no such dashboard.
#[utoipa::path(get, path = routes::API_V1_DASHBOARD,
    params(("slug" = String, Path, description = "The dashboard", example = "weather")),
    responses((status = 200, description = "The dashboard with its panels", body = DashboardDetail)),
)]
pub async fn dashboard(
    State(dashboards): State<Dashboards>,
    Extension(caller): Extension<ApiCaller>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<DashboardDetail>, ApiProblem> {
    caller.require(Role::Read)?;
    let Path(slug) = path?;
    let dashboard = open_dashboard(&dashboards, &caller, &slug).await?;
    caller.require(dashboard.spec.role)?;
    let panels = dashboards.open_panels(&dashboard, caller.open_role).await?;
    let filters = dashboards.filters_for(&dashboard, caller.open_role).await?;
    Ok(Json(DashboardDetail {
        filters: filters.into_iter().map(FilterEntry::of).collect(),
        panels: panels.into_iter().map(|(panel, role)| PanelLink::of(panel, role, &slug)).collect(),
        title: dashboard.spec.title.clone(),
        summary: dashboard.spec.summary.clone(),
        source: dashboard.spec.source.clone(),
        slug,
    }))
}

impl From<DashboardCard> for DashboardEntry {
    fn from(card: DashboardCard) -> Self {
        let href = routes::api_v1_dashboard(&card.slug);
        Self { slug: card.slug, title: card.title, summary: card.summary, href }
    }
}

impl FilterEntry {
    fn of(filter: &DashboardFilter) -> Self {
        Self {
            id: filter.id.clone(),
            title: filter.title().to_owned(),
            kind: filter.kind.to_string(),
            column: filter.column.clone(),
            default: filter.default.map(|preset| preset.to_string()),
        }
    }
}

impl PanelLink {
    fn of(panel: &Panel, role: Role, slug: &str) -> Self {
        Self {
            id: panel.spec.id.clone(),
            title: panel.spec.title.clone(),
            kind: panel.spec.kind.to_string(),
            role: role.into(),
            href: routes::api_v1_panel(slug, &panel.spec.id),
        }
    }
}
