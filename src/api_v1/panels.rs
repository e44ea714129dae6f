//! The data of a panel.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use rolecall_model::Role;
use rolecall_panels::chart_svg;
use rolecall_sign_in::Denied;
use rolecall_sign_in::bearer::ApiCaller;
use serde::Deserialize;
use utoipa::IntoParams;

use super::panel_data::PanelData;
use super::problem::ApiProblem;
use crate::dashboards::{Content, Dashboards, FoundPanel, OpenPanel, PanelData as Found, Person};
use crate::routes;

/// Which page of a table.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The page of a table, from 1, which is also the default. Other panels have one page.
    #[param(minimum = 1, maximum = 4_294_967_295_u32)]
    page: Option<u32>,
}

/// The data of a panel
///
/// Needs the role that the panel names. Tables come a page at a time.
///
/// # Errors
/// 400 for a page that is no number from 1, 401 or 403 below the panel's role, 404 where there is no such dashboard, panel or
/// page.
#[utoipa::path(get, path = routes::API_V1_PANEL,
    params(
        ("slug" = String, Path, description = "The dashboard", example = "weather"),
        ("panel" = String, Path, description = "The panel", example = "temperature"),
        PageQuery,
    ),
    responses((status = 200, description = "The data", body = PanelData)),
)]
pub async fn panel(
    State(dashboards): State<Dashboards>,
    Extension(caller): Extension<ApiCaller>,
    path: Result<Path<(String, String)>, PathRejection>,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Json<PanelData>, ApiProblem> {
    caller.require(Role::Read)?;
    let Path((slug, id)) = path?;
    let page = query?.page.unwrap_or(1);
    if page == 0 {
        return Err(ApiProblem::bad_request("Pages are counted from 1."));
    }
    let panel = found(&dashboards, &caller, &slug, &id).await?;
    let data = panel.data(page).await?;
    if page_of(&data) != page {
        return Err(ApiProblem::not_found());
    }
    PanelData::of(&panel.panel().spec, data, panel.zone()).map(Json).ok_or(ApiProblem::without_data())
}

/// The picture of a chart
///
/// Needs the role that the panel names. The SVG stands for itself: it has its own colours, a title and a description.
///
/// # Errors
/// 401 or 403 below the panel's role, 404 where there is no such chart.
#[utoipa::path(get, path = routes::API_V1_PANEL_SVG,
    params(
        ("slug" = String, Path, description = "The dashboard", example = "weather"),
        ("panel" = String, Path, description = "The panel", example = "temperature"),
    ),
    responses((status = 200, description = "The picture", body = String, content_type = "image/svg+xml")),
)]
pub async fn picture(
    State(dashboards): State<Dashboards>,
    Extension(caller): Extension<ApiCaller>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<impl IntoResponse, ApiProblem> {
    caller.require(Role::Read)?;
    let Path((slug, id)) = path?;
    let panel = found(&dashboards, &caller, &slug, &id).await?;
    if !matches!(panel.panel().content, Content::Chart(_)) {
        return Err(ApiProblem::not_found());
    }
    match panel.data(1).await? {
        Found::Chart(result) => {
            let svg = chart_svg(&panel.panel().spec, &result, panel.zone());
            Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg))
        }
        _ => Err(ApiProblem::without_data()),
    }
}

/// The panel `id` of the dashboard `slug`, if it is open to `caller`.
async fn found<'a>(
    dashboards: &'a Dashboards,
    caller: &ApiCaller,
    slug: &str,
    id: &str,
) -> Result<OpenPanel<'a>, ApiProblem> {
    match dashboards.panel(slug, id, Person::Api(caller)).await? {
        FoundPanel::Nothing => Err(ApiProblem::not_found()),
        FoundPanel::Closed { needed } => Err(caller.require(needed).err().unwrap_or(Denied::Role { needed }).into()),
        FoundPanel::Open(panel) => Ok(panel),
    }
}

/// Which page of the panel it is: beyond the last one of a table comes the last.
const fn page_of(data: &Found) -> u32 {
    match data {
        Found::Table(table) => table.page,
        _ => 1,
    }
}
